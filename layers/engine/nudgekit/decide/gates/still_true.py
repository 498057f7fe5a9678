"""Is what made the rule ask still so?"""

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.catalogue import Product
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def still_true(case: Case, _rung: Rung) -> Verdict:
    """The person has not done what the rule waits for, is no longer active, and could still act.

    `unless` is met by any of its events at or after the latest start event, with the same key or with none. Activity
    younger than `within` makes the run wait out the remainder.
    """
    active_at = case.active_at
    done_at = case.last_time(case.trigger.stop_events)
    seen = (("active_at", active_at), ("done_at", done_at), ("within", case.trigger.within))
    if done_at is not None and done_at >= active_at:
        return Verdict("skip", Reason.UNLESS_MET, None, seen)
    if case.now < active_at + case.trigger.within:
        return Verdict("wait", Reason.STILL_ACTIVE, active_at + case.trigger.within, seen)
    return _could_act(case) or Verdict("pass", None, None, seen)


def _could_act(case: Case) -> Verdict | None:
    if case.trigger.per != "cart_id":
        return _on_sale(case, case.run.items)
    if not case.cart.lines:
        return Verdict("skip", Reason.CART_EMPTY, None, (("cart.size", 0),))
    return _on_sale(case, tuple(line.product_id for line in case.cart.lines))


def _on_sale(case: Case, product_ids: tuple[str, ...]) -> Verdict | None:
    if product_ids and all(_is_sold_out(case.products.get(each)) for each in product_ids):
        return Verdict("skip", Reason.OUT_OF_STOCK, None, (("sold_out", len(product_ids)),))
    return None


def _is_sold_out(product: Product | None) -> bool:
    return product is not None and product.sold_out

"""Is what made the rule ask still so?"""

from collections.abc import Iterable

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import Verdict, passed
from nudgekit.model.reasons import Reason


def still_true(case: Case, _rung: Rung) -> Verdict:
    """The person has not done what the rule waits for, is no longer active, and could still act.

    `unless` is met by any of its events at or after the latest start event, with the same key or with none; one that
    must be `.of` the same product counts for that alone. Activity younger than `within` makes the run wait out the
    remainder. What `only_while` asks for still holds.
    """
    active_at, within = case.active_at, case.trigger.within
    done_at = case.stopped_at()
    seen = (("active_at", active_at), ("done_at", done_at), ("within", within))
    if done_at is not None and done_at >= active_at:
        return Verdict("skip", Reason.UNLESS_MET, None, seen)
    quiet_at = active_at + within
    if case.now < quiet_at:
        return Verdict("wait", Reason.STILL_ACTIVE, quiet_at, seen)
    return _could_act(case) or _rests_on(case) or passed(*seen)


def _rests_on(case: Case) -> Verdict | None:
    """What the rule says must hold for the message to make sense: unlike the audience, at every rung."""
    if case.trigger.only_while is None:
        return None
    held, seen = case.trigger.only_while.told(case.scope)
    return None if held else Verdict("skip", Reason.NO_LONGER_TRUE, None, seen)


def _could_act(case: Case) -> Verdict | None:
    """Why they could not.

    A message that recommends is about what it recommends, and a run of the person as a whole is about no product, even
    if what began it named one: what their messages show is asked of the written message.
    """
    if case.trigger.picks is not None or case.trigger.per == "person":
        return None
    if case.trigger.per != "cart_id":
        return _on_sale(case, case.run.items)
    if not case.cart.lines:
        return Verdict("skip", Reason.CART_EMPTY, None, (("cart.size", 0),))
    return _on_sale(case, (line.product_id for line in case.cart.lines))


def _on_sale(case: Case, product_ids: Iterable[str]) -> Verdict | None:
    sold_out = 0
    for each in product_ids:
        product = case.products.get(each)
        if product is None or product.available:
            return None
        sold_out += 1
    return Verdict("skip", Reason.OUT_OF_STOCK, None, (("sold_out", sold_out),)) if sold_out else None

"""Can everything that the message shows still be had, for no more than it says?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.message import Shown
from nudgekit.model.reasons import Reason


def as_shown(case: Case, _rung: Rung) -> Verdict:
    """No product of the written message is gone, and none has become dearer since its price was read.

    A message that is held back for this is written anew from what the catalogue says then.
    """
    shown = case.content.shown if case.content is not None else ()
    gone = sum(1 for each in shown if each.product in case.products and not case.products[each.product].available)
    if gone:
        return Verdict("skip", Reason.OUT_OF_STOCK, None, (("shown", len(shown)), ("gone", gone)))
    dearer = sum(1 for each in shown if _rose(case, each))
    if dearer:
        return Verdict("skip", Reason.PRICE_ROSE, None, (("shown", len(shown)), ("dearer", dearer)))
    return Verdict("pass", None, None, (("shown", len(shown)),)) if shown else PASS


def _rose(case: Case, shown: Shown) -> bool:
    """Whether the catalogue says more than the message, in words younger than those the message was written by."""
    product = case.products.get(shown.product)
    if product is None or product.price is None or shown.price is None or product.priced_at <= shown.as_of:
        return False
    return product.price > shown.price and (product.currency or case.policy.currency) == shown.currency

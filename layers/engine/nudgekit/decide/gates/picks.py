"""Is there anything to recommend?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def picks(case: Case, _rung: Rung) -> Verdict:
    """Of the ways to find products that the rule names, one has found enough that can be bought.

    It is the last of the person's gates: it is the one that must read, and nothing is read for who gets no message.
    """
    if case.trigger.picks is None:
        return PASS
    shown = tuple(product.product_id for product in case.picks)
    seen = (("picks", shown),)
    return passed(*seen) if shown else Verdict("skip", Reason.NOTHING_TO_RECOMMEND, None, seen)

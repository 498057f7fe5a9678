"""Does the code in the message still count?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def offer_stands(case: Case, _rung: Rung) -> Verdict:
    """What the message promises has not ended on the way; else it is written anew, without it."""
    if case.promise is None:
        return PASS
    seen = (("ends", case.promise.ends),)
    return passed(*seen) if case.now < case.promise.ends else Verdict("skip", Reason.OFFER_ENDED, None, seen)

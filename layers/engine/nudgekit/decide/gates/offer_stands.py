"""Does the code in the message still count?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.language.offer import Terms
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def offer_stands(case: Case, _rung: Rung) -> Verdict:
    """What the message promises has not ended on the way; else it is written anew, without it.

    As long as no message of the run may have reached the person, they must still be one whom the offer is for.
    """
    if case.promise is None:
        return PASS
    seen = (("ends", case.promise.ends),)
    if case.now >= case.promise.ends:
        return Verdict("skip", Reason.OFFER_ENDED, None, seen)
    terms = case.trigger.offer
    if case.run.handed_off or not isinstance(terms, Terms):
        return passed(*seen)
    held, told = terms.to.told(case.scope)
    return passed(*seen, *told) if held else Verdict("skip", Reason.OFFER_ENDED, None, (*seen, *told))

"""Does the rule mean this person?"""

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def audience(case: Case, _rung: Rung) -> Verdict:
    """The rule's audience holds; the trace has every term with the value it saw.

    Once a message of the run is out, the run goes on: a ladder does not change its mind about whom it is for.
    """
    if case.trigger.audience is None or case.run.rung >= 0:
        return PASS
    held, seen = case.trigger.audience.told(case.scope)
    if held:
        return passed(*seen)
    return Verdict("skip", Reason.NOT_IN_AUDIENCE, None, seen)

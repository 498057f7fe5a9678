"""Does the rule mean this person?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def audience(case: Case, _rung: Rung) -> Verdict:
    """The shop does not leave the person out, and the rule's audience holds; the trace has every term with its value.

    Once a message of the run is out, the run goes on: a ladder does not change its mind about whom it is for.
    """
    left_out, meant = case.policy.left_out(case.trigger.purpose), case.trigger.audience
    if case.run.rung >= 0 or (left_out is None and meant is None):
        return PASS
    scope = case.scope
    out, why = left_out.told(scope) if left_out is not None else (False, ())
    if out:
        return Verdict("skip", Reason.NOT_IN_AUDIENCE, None, why)
    held, seen = meant.told(scope) if meant is not None else (True, ())
    return passed(*why, *seen) if held else Verdict("skip", Reason.NOT_IN_AUDIENCE, None, (*why, *seen))

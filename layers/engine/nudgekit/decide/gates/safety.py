"""Does the trigger reach far more people than it should?"""

from nudgekit.decide.case import Case
from nudgekit.decide.pauses import ask_again
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def safety(case: Case, _rung: Rung) -> Verdict:
    """The trigger has reached fewer people lately than its limit; else the run waits until somebody has looked."""
    limit = case.policy.safety_limit(case.trigger.id)
    if limit is None:
        return PASS
    seen = (("reached", case.reached), ("people", limit.people), ("per", limit.per))
    if case.reached < limit.people:
        return passed(*seen)
    return Verdict("wait", Reason.SAFETY_LIMIT, ask_again(case, case.now), seen)

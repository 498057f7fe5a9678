"""Does the rule mean this person?"""

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def audience(case: Case, _rung: Rung) -> Verdict:
    """The rule's audience holds; the trace has every term with the value it saw.

    Once a message of the run is out, the run goes on: a ladder does not change its mind about whom it is for. A path
    is asked again before each of its messages: what comes after `until="never"` is a message of its own.
    """
    if case.trigger.audience is None or _is_climbing(case):
        return PASS
    held, seen = case.trigger.audience.told(case.scope)
    if held:
        return passed(*seen)
    return Verdict("skip", Reason.NOT_IN_AUDIENCE, None, seen)


def _is_climbing(case: Case) -> bool:
    """Whether the next message says the same as the last one, on another channel."""
    return case.run.rung >= 0 and case.trigger.ladder[case.run.rung].until != "never"

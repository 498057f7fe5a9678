"""Does the channel's provider work?"""

from nudgekit.decide.case import Case
from nudgekit.decide.pauses import ask_again
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.reasons import Reason


def provider(case: Case, rung: Rung) -> Verdict:
    """The provider was not found down, or its rest is over and it may be tried.

    The next rung has its turn meanwhile; where there is none, the run waits for the end of the rest, and not all runs
    for the same moment.
    """
    breaker = case.operation.breakers and case.operation.breakers.get(rung.channel)
    if not breaker:
        return PASS
    seen = (("down_since", breaker.opened_at), ("tried_again_at", breaker.until), ("trips", breaker.trips))
    if breaker.rests(case.now):
        return Verdict("skip", Reason.PROVIDER_DOWN, max(breaker.until, ask_again(case, breaker.opened_at)), seen)
    return Verdict("pass", None, None, seen)

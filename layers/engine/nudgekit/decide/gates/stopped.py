"""Did somebody stop it?"""

from nudgekit.decide.case import Case
from nudgekit.decide.pauses import ask_again
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.operation import SAFETY, Stop
from nudgekit.model.reasons import Reason


def stopped(case: Case, _rung: Rung) -> Verdict:
    """Neither everything nor this trigger is stopped; a run waits for it to go on, as long as it is of use."""
    stop = case.operation.stops and case.operation.stopped(case.trigger.id)
    if not stop:
        return PASS
    reason = Reason.SAFETY_LIMIT if stop.by == SAFETY else Reason.STOPPED
    return Verdict("wait", reason, ask_again(case, stop.at), _seen(stop))


def channel_stopped(case: Case, rung: Rung) -> Verdict:
    """The rung's channel is not stopped; the next rung has its turn while it is."""
    stop = case.operation.stops and case.operation.channel_stopped(rung.channel)
    if not stop:
        return PASS
    return Verdict("skip", Reason.STOPPED, ask_again(case, stop.at), _seen(stop))


def _seen(stop: Stop) -> tuple[tuple[str, object], ...]:
    return (("by", stop.by), ("why", stop.why), ("at", stop.at))

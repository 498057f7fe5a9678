"""Did somebody stop it?"""

from nudgekit.decide.case import Case
from nudgekit.decide.pauses import ask_again
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import Verdict
from nudgekit.model.operation import Stop
from nudgekit.model.reasons import Reason


def stopped(case: Case, _rung: Rung) -> Verdict:
    """Neither everything nor this trigger is stopped; a run waits for it to go on, as long as it is of use."""
    stop = case.operation.stopped(case.trigger.id)
    if stop is None:
        return Verdict()
    return Verdict("wait", Reason.STOPPED, ask_again(case, stop.at), _seen(stop))


def channel_stopped(case: Case, rung: Rung) -> Verdict:
    """The rung's channel is not stopped; the next rung has its turn while it is."""
    stop = case.operation.channel_stopped(rung.channel)
    if stop is None:
        return Verdict()
    return Verdict("skip", Reason.STOPPED, ask_again(case, stop.at), _seen(stop))


def _seen(stop: Stop) -> tuple[tuple[str, object], ...]:
    return (("by", stop.by), ("why", stop.why), ("at", stop.at))

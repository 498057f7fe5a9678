"""A wake-up makes a run decide."""

from nudgekit.model.message import MessageStatus
from nudgekit.model.run import Run
from nudgekit.runs.plan import Plan
from nudgekit.runs.ports import MessageRef, WakeUp
from nudgekit.runs.reports import Report, run_mark


def is_current(wake_up: WakeUp, run: Run | None) -> bool:
    """Whether the wake-up is for this life of the run, which is not over, and for a step not yet taken."""
    if run is None or run.outcome is not None:
        return False
    return run.occurrence == wake_up.occurrence and wake_up.step >= run.step


def plan_stale(wake_up: WakeUp, run: Run | None) -> Plan:
    """What a wake-up brings about that comes late or again.

    It changes nothing, but a message whose fate is not known yet is queued once more: the process that claimed it may
    have died before it could. So is one that was held back, for the bus to hear of. The channel's function tells a
    repeat by the message's row.
    """
    mark = run_mark(wake_up.person, wake_up.trigger, wake_up.key, wake_up.occurrence)
    report = Report("ignored", wake_up.trigger, mark, "stale" if run else "unknown_run")
    if run is None or run.occurrence != wake_up.occurrence or not run.attempts:
        return Plan(report)
    last = run.attempts[-1]
    if last.status is not (MessageStatus.CLAIMED if run.outcome is None else MessageStatus.HELD_OUT):
        return Plan(report)
    return Plan(report, messages=(MessageRef(last.message, run.person, run.trigger, run.key, last.channel, run.items),))

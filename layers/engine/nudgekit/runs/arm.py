"""A start event arms a run: one wake-up when it is due, one row, nothing else."""

from datetime import datetime, timedelta
from typing import NamedTuple

from nudgekit.decide.release import let_go
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import to_ms
from nudgekit.model.event import CALENDAR, Event
from nudgekit.model.run import Outcome, Run
from nudgekit.runs.documents import Stored
from nudgekit.runs.plan import Plan
from nudgekit.runs.reports import Report, run_mark
from nudgekit.runs.step import put_run, wake_up_of

MAX_ITEMS = 10
"""Products of a start event whose stock the decision will look at."""


MAX_OVERTAKEN = 20
"""Wake-ups for earlier times that a run remembers, so that they can be taken back when its person is erased."""

OVERDUE = timedelta(hours=1)
"""How late a wake-up may be before the next start event asks for another."""


def plan_start(  # noqa: PLR0913, PLR0917  # the event, what it meets, and by which rules
    trigger: Trigger,
    event: Event,
    stored: Stored,
    now: datetime,
    own: Trigger | None = None,
    spread: timedelta = timedelta(),
) -> Plan:
    """What a start event brings about.

    A repeat, or more of the same activity while the run lives, changes nothing: the decision asks the facts anyway. A
    run whose wake-up is long overdue is woken: it must have been lost.
    A wake-up that is due already is asked for anew: an earlier one may have come before there was a run to wake.
    A run that is over begins another life when the event is younger than everything its last life knew of, and than
    the messages of that life.

    Args:
        trigger: the rule in force.
        event: the start event.
        stored: the run of its key, if there is one.
        now: the moment.
        own: the rule by which that run was armed and is decided about; the one in force unless told otherwise.
        spread: over how long the runs of many people that are due at one moment are let go.
    """
    before: Run | None = stored.value
    if before is not None and (after := moved(own or trigger, event, before, spread)) is not None:
        return _plan_moved(before, after, stored.version, now)
    if before is not None and (before.outcome is None or _is_covered(event, before)):
        overdue = before.outcome is None and now > before.due_at + OVERDUE
        return Plan(_report("repeated", before), ((wake_up_of(before), now),) if overdue else ())
    if times_of(trigger, event) is None:
        return Plan(_unarmed(trigger, event, "no_time"))
    run = arm(trigger, event, spread)
    if run.expires_at <= now:
        return Plan(_report("ignored", run, reason="expired"))
    return Plan(
        _report("armed", run), ((wake_up_of(run), max(run.due_at, now)),), (put_run(run, stored.version, "armed"),)
    )


def moved(rule: Trigger, event: Event, run: Run, spread: timedelta = timedelta()) -> Run | None:
    """The live run once a later event has named its time anew, as when a sale is prolonged; None: it stays as it is.

    What was said last counts, in whatever order it is heard; of two times said at one moment, the later. When a message
    may have reached the person, only what ends the run moves.
    """
    times = times_of(rule, event) if rule.at is not None and run.outcome is None else None
    named = rule.at.of(run.about) if rule.at is not None else None
    if times is None or named is None or (event.at, times.due) <= (run.active_at, named):
        return None
    heard = run.model_copy(update={"active_at": event.at, "about": event.about, "expires_at": times.expires})
    if run.handed_off or times == Times(named, run.expires_at):
        return heard
    overtaken = (*run.overtaken, (run.step, run.due_at))[-MAX_OVERTAKEN:]
    due_at = _due_at(rule, event, times, spread)
    given = {"step": run.step + 1, "due_at": due_at, "waiting": None, "overtaken": overtaken}
    return heard.model_copy(update=given)


def _plan_moved(before: Run, after: Run, version: int, now: datetime) -> Plan:
    """A wake-up for the earlier time finds that the run has gone a step further, and changes nothing."""
    put = put_run(after, version, "armed" if not after.attempts else "climbing")
    if after.step == before.step:
        return Plan(_report("repeated", after), puts=(put,))
    return Plan(_report("armed", after, reason="moved"), ((wake_up_of(after), max(after.due_at, now)),), (put,))


def _is_covered(event: Event, over: Run) -> bool:
    """Whether a run that is over was about `event` too: coming late, or again, it must not bring the ladder anew.

    An hour of the calendar comes once for each person, even if they travel on to where it comes later.
    """
    if event.name == CALENDAR and event.about == over.about:
        return True
    last = over.ended_at if over.outcome is Outcome.SENT and over.ended_at is not None else over.active_at
    return event.at <= max(last, over.active_at)


def arm(trigger: Trigger, event: Event, spread: timedelta = timedelta()) -> Run:
    """The run that `event` arms: due, and of use, until when `times_of` says.

    Many people may be due at one moment: each is let go a little later, see `_due_at`.
    """
    times = times_of(trigger, event)
    if times is None:
        raise AssertionError("nothing is armed by an event that does not name the time")
    due_at = _due_at(trigger, event, times, spread)
    return Run(
        trigger=trigger.id,
        version=trigger.version,
        digest=trigger.digest,
        person=event.person,
        key=event.key(trigger.per),
        occurrence=to_ms(event.at),
        active_at=event.at,
        due_at=due_at,
        first_due=due_at if due_at != times.due else None,
        expires_at=times.expires,
        items=event.keys.get("product_id", ())[:MAX_ITEMS],
        about=event.about,
        of_shop=event.of_shop,
    )


class Times(NamedTuple):
    """When a run is due, and from when on its message makes no sense."""

    due: datetime
    expires: datetime


def _due_at(trigger: Trigger, event: Event, times: Times, spread: timedelta) -> datetime:
    """When the run is due: at its time; of a time that many people may have in common, their share of `spread` later.

    Such is a time counted from what the shop or the calendar did, and one that lies so long before a time that the
    event names. A time that the person's own event names is kept to the second: somebody asked for it. So do
    transactional messages; and who needs no time at all is asked at the pace of the policy instead. The share is the
    one by which a person is let go after quiet hours.
    """
    is_shared = event.of_shop or (trigger.at is not None and trigger.at.deadline(event.about) is not None)
    if not is_shared or trigger.decides_at_once or trigger.purpose == "transactional":
        return times.due
    return let_go(times.due, spread, times.expires, event.person)


def times_of(trigger: Trigger, event: Event) -> Times | None:
    """The times of the run that `event` arms; None when it does not name the time that the trigger needs.

    It is due `within` after the event and of use until `expires_after` after it; or due at the time that the event
    names, and of use for so long from that. What the event says it ends with is in any case the end: the time that
    `until` names, or the one before which it is due.
    """
    due = trigger.at.of(event.about) if trigger.at else event.at + trigger.within
    if due is None:
        return None
    expires = (due if trigger.at else event.at) + trigger.expires_after
    deadline = trigger.at.deadline(event.about) if trigger.at else None
    end = trigger.until.end(event.about) if trigger.until else None
    return Times(due, min(each for each in (expires, deadline, end) if each is not None))


def _report(outcome: str, run: Run, reason: str = "") -> Report:
    return Report(outcome, run.trigger, run_mark(run.person, run.trigger, run.key, run.occurrence), reason)  # type: ignore[arg-type]


def _unarmed(trigger: Trigger, event: Event, reason: str) -> Report:
    mark = run_mark(event.person, trigger.id, event.key(trigger.per), to_ms(event.at))
    return Report("ignored", trigger.id, mark, reason)

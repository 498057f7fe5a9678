"""A run whose person turned out to be somebody else ends there and goes on under the survivor."""

from datetime import datetime
from typing import NamedTuple

from nudgekit.model.ledger import Ledger
from nudgekit.model.offer import Lease
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome, Run
from nudgekit.runs.climb import after_loss, is_loss
from nudgekit.runs.documents import Check, Kind, Ref, Stored, Write, run_ref
from nudgekit.runs.kin import survivor
from nudgekit.runs.offers import put_back
from nudgekit.runs.places import put_ledger
from nudgekit.runs.plan import Plan
from nudgekit.runs.ports import WakeUp
from nudgekit.runs.signals import News
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import end, put_run, wake_up_of


class Found(NamedTuple):
    """A run as read, and at which version."""

    run: Run
    version: int


def has_moved(run: Run | None) -> bool:
    """Whether the run goes on under somebody else."""
    return run is not None and run.reason is Reason.MERGED


def plan_move(signal: WakeUp | News, found: Found, snapshot: Snapshot, now: datetime) -> Plan:
    """What follows when a run is touched whose person was merged away.

    It ends as merged. Unless the survivor has a run for the same key that knows of the same activity or of later one,
    it goes on under the survivor, with the messages it has sent, and is woken at once to decide by what is known of
    both.
    """
    run = after_loss(signal, found.run) if isinstance(signal, News) and is_loss(signal) else found.run
    person = survivor(run.person, snapshot)
    there = snapshot.get(run_ref(person, run.trigger, run.key))
    over = end(run, found.version, Outcome.SENT if run.handed_off else Outcome.SKIPPED, Reason.MERGED, now)
    if _lives_there(run, there):
        return over._replace(puts=(*over.puts, *_returned(signal, run, person, snapshot, now, ends=True)))
    returned = _returned(signal, run, person, snapshot, now)
    moved = moved_to(person, run, now)
    puts = (*over.puts, *returned, put_run(moved, there.version, "armed"), _still(person, snapshot))
    return over._replace(puts=puts, wake_ups=((wake_up_of(moved), now),))


def moved_to(person: str, run: Run, now: datetime) -> Run:
    """The run as it goes on under `person`; it remembers under whom its messages stand."""
    under = {attempt.message: run.person for attempt in run.attempts}
    return run.model_copy(update={"person": person, "due_at": now, "under": {**under, **run.under}})


def _lives_there(run: Run, there: Stored) -> bool:
    before: Run | None = there.value
    return before is not None and (before.outcome is None or run.active_at <= before.active_at)


def _returned(  # noqa: PLR0913  # the signal, its run, whose it is now, and when
    signal: WakeUp | News, run: Run, person: str, snapshot: Snapshot, now: datetime, *, ends: bool = False
) -> tuple[Write, ...]:
    """A lost message counts against no cap of the survivor either; nor is a code theirs that nobody saw.

    Args:
        signal: what touched the run.
        run: the run as it was.
        person: the survivor.
        snapshot: where the survivor's ledger is read.
        now: the moment.
        ends: whether the run does not go on under the survivor, so that it shows its code to nobody any more.
    """
    ref = Ref(Kind.LEDGER, person)
    before = snapshot.get(ref)
    if before.value is None:
        return ()
    ledger: Ledger = before.value
    lease: Lease | None = None
    if isinstance(signal, News) and is_loss(signal):
        ledger = ledger.returned(signal.message, "" if run.handed_off else run.id)
    if ends and run.offer is not None and not run.handed_off:
        ledger, lease = ledger.unleased(run.offer, run.id)
    if ledger == before.value:
        return ()
    return (put_ledger(person, ledger, before.version, now), *(put_back(lease, snapshot) if lease else ()))


def _still(person: str, snapshot: Snapshot) -> Check:
    """Nothing is written of a survivor who is merged or erased meanwhile."""
    ref = Ref(Kind.FACTS, person)
    return Check(ref, snapshot.get(ref).version)

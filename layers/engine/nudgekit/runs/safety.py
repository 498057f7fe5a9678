"""The safety limit at work: counts whom a trigger reaches, once a batch, and stops the trigger that reaches too many.

A batch is judged by what was counted when it was read and by what it claimed itself. Batches at work at the same moment
do not see each other's claims, so the limit can be passed by what they may claim together: with W batches of at most B
messages at once, no more than `people + (W - 1) x B` people are reached before the trigger stands still. A process that
dies before it has counted leaves out the people of its one batch.
"""

from datetime import datetime

from nudgekit.language.durations import brief
from nudgekit.language.policy import SafetyLimit
from nudgekit.model.base import MILLISECOND
from nudgekit.model.operation import SAFETY, Operation, Stop, scope_of
from nudgekit.model.reasons import Reason
from nudgekit.model.tally import Tally, slice_at
from nudgekit.runs.documents import OPERATION, Count, Kind, Ref
from nudgekit.runs.operation import change
from nudgekit.runs.reports import Report
from nudgekit.runs.snapshot import Snapshot


class Safety:
    """Counts for one trigger, a batch at a time.

    Args:
        trigger: the trigger's id.
        limit: its limit; None: nothing is counted.
    """

    def __init__(self, trigger: str, limit: SafetyLimit | None) -> None:
        self.trigger, self.limit = trigger, limit
        self.claimed: set[str] = set()
        self.over = self.stopped = False

    @property
    def refs(self) -> tuple[Ref, ...]:
        """What a batch must read to be judged."""
        return (self._ref,) if self.limit else ()

    @property
    def _ref(self) -> Ref:
        return Ref(Kind.TALLY, self.trigger)

    def begin(self) -> None:
        """A new batch: it has claimed nothing yet."""
        self.claimed = set()
        self.over = self.stopped = False

    def reached(self, snapshot: Snapshot, now: datetime) -> int:
        """How many people the trigger has reached lately, as far as this batch can know."""
        if self.limit is None:
            return 0
        tally: Tally = snapshot.get(self._ref).value or Tally()
        return tally.within(now, self.limit.per, _counted_from(snapshot, self.trigger)) + len(self.claimed)

    def note(self, person: str, report: Report) -> None:
        """Take note of what was done for a person."""
        if report.outcome == "claimed":
            self.claimed.add(person)
        self.over = self.over or (report.outcome == "waited" and report.reason == Reason.SAFETY_LIMIT)

    def stop(self, snapshot: Snapshot, now: datetime) -> None:
        """Stop the trigger if it went over its limit and is not stopped already. The count begins anew from here."""
        if self.limit is None or not self.over or _operation(snapshot).stopped(self.trigger):
            return
        why = f"it reached {self.limit.people} people within {brief(self.limit.per)}"
        scope, stop = scope_of("trigger", self.trigger), Stop(by=SAFETY, why=why, at=now)
        after = now + MILLISECOND  # what was counted up to this moment does not count again

        def stopped(before: Operation) -> Operation:  # of all that go over the limit at once, one writes it
            return before if before.stopped(self.trigger) else before.with_stop(scope, stop).anew(self.trigger, after)

        change(snapshot.store, stopped)
        snapshot.refresh((OPERATION,))
        self.stopped = True

    def count(self, snapshot: Snapshot, now: datetime) -> tuple[Report, ...]:
        """Write down how many people the batch reached, in one write however many they are; what must be told of it.

        It is added to what others count at the same moment, so none of them has to try again. A count that cannot be
        written is told, not raised: the messages have been claimed and must not come again.
        """
        if self.stopped:  # all it claimed was before the stop, from which on the count begins anew
            return (Report("tripped", self.trigger, reason=Reason.SAFETY_LIMIT),)
        if self.limit is None or not self.claimed:
            return ()
        try:
            snapshot.commit((self._count(snapshot, now, self.limit),))
        except Exception:  # whatever it is
            return (Report("uncounted", self.trigger),)
        return ()

    def _count(self, snapshot: Snapshot, now: datetime, limit: SafetyLimit) -> Count:
        tally: Tally = snapshot.get(self._ref).value or Tally()
        start = slice_at(now, limit.per, _counted_from(snapshot, self.trigger))
        return Count(self._ref, {start: len(self.claimed)}, tally.over(now, limit.per), now + 2 * limit.per)


def _counted_from(snapshot: Snapshot, trigger: str) -> datetime | None:
    return _operation(snapshot).counted_from.get(trigger)


def _operation(snapshot: Snapshot) -> Operation:
    return snapshot.get(OPERATION).value or Operation()

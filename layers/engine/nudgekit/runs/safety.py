"""The safety limit at work: counts whom a trigger reaches, once a batch, and stops the trigger that reaches too many.

A batch is judged by what was counted when it was read and by what it claimed itself. Batches at work at the same moment
do not see each other's claims, so the limit can be passed by what they may claim together: with W batches of at most B
messages at once, no more than `people + (W - 1) x B` people are reached before the trigger stands still. A process that
dies before it has counted leaves out the people of its one batch.
"""

from datetime import datetime
from typing import Final

from nudgekit.errors import Conflict, Throttled
from nudgekit.language.durations import brief
from nudgekit.language.policy import SafetyLimit
from nudgekit.model.base import MILLISECOND, fingerprint
from nudgekit.model.operation import SAFETY, Operation, Stop, scope_of
from nudgekit.model.reasons import Reason
from nudgekit.model.tally import SHARDS, Tally
from nudgekit.runs.documents import OPERATION, Kind, Put, Ref
from nudgekit.runs.operation import change
from nudgekit.runs.reports import Report
from nudgekit.runs.snapshot import Snapshot

TRIES: Final = 6 * SHARDS
"""How often a count that lost against another one is made anew, on the next shard. With 150 functions two of three
tries lose: after eight of them 7 of 500 batches had given up (docs/performance.md)."""


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
        return tuple(map(self._ref, range(SHARDS))) if self.limit else ()

    def _ref(self, shard: int) -> Ref:
        return Ref(Kind.TALLY, self.trigger, str(shard % SHARDS))

    def begin(self) -> None:
        """A new batch: it has claimed nothing yet."""
        self.claimed = set()
        self.over = self.stopped = False

    def reached(self, snapshot: Snapshot, now: datetime) -> int:
        """How many people the trigger has reached lately, as far as this batch can know."""
        if self.limit is None:
            return 0
        since = _counted_from(snapshot, self.trigger)
        tallies = (snapshot.get(ref).value or Tally() for ref in self.refs)
        return sum(each.within(now, self.limit.per, since) for each in tallies) + len(self.claimed)

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
        change(snapshot.store, lambda before: before.with_stop(scope, stop).anew(self.trigger, after))
        snapshot.refresh((OPERATION,))
        self.stopped = True

    def count(self, snapshot: Snapshot, now: datetime) -> tuple[Report, ...]:
        """Write down how many people the batch reached, in one write however many they are; what must be told of it.

        A count that cannot be written is told, not raised: the messages have been claimed and must not come again.
        """
        if self.stopped:  # all it claimed was before the stop, from which on the count begins anew
            return (Report("tripped", self.trigger, reason=Reason.SAFETY_LIMIT),)
        if self.limit is None or not self.claimed:
            return ()
        first = int(fingerprint(self.trigger, min(self.claimed), str(now), size=2), 16)
        for shard in range(first, first + TRIES):
            try:
                self._add(self._ref(shard), snapshot, now, self.limit)
            except (Conflict, Throttled):
                snapshot.refresh((self._ref(shard + 1),))
                continue
            return ()
        return (Report("uncounted", self.trigger),)

    def _add(self, ref: Ref, snapshot: Snapshot, now: datetime, limit: SafetyLimit) -> None:
        stored = snapshot.get(ref)
        tally: Tally = stored.value or Tally()
        after = tally.reached(len(self.claimed), now, limit.per, _counted_from(snapshot, self.trigger))
        snapshot.commit((Put(ref, after, stored.version, None, now + 2 * limit.per),))


def _counted_from(snapshot: Snapshot, trigger: str) -> datetime | None:
    return _operation(snapshot).counted_from.get(trigger)


def _operation(snapshot: Snapshot) -> Operation:
    return snapshot.get(OPERATION).value or Operation()

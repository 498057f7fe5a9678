"""How many people a trigger reached lately, counted in shards, each by slices of time."""

from datetime import datetime, timedelta
from typing import Final

from nudgekit.model.base import MILLISECOND, Model, to_ms

SHARDS: Final = 4
"""So many documents share the counting of one trigger, so that batches at work at once seldom write the same one."""

SLICES: Final = 10
"""A limit's stretch of time is counted in so many slices."""


class Tally(Model):
    """One shard's count.

    Attributes:
        people: the slice's beginning (ms since 1970 UTC) -> how many people were reached in it.
    """

    people: dict[int, int] = {}

    def within(self, now: datetime, per: timedelta, since: datetime | None) -> int:
        """How many people were reached in the last `per`, or up to one slice longer, counted anew from `since` on."""
        first = to_ms(now) - per // MILLISECOND - _slice(per)
        anew = to_ms(since) if since else 0
        return sum(count for start, count in self.people.items() if start > first and start >= anew)

    def reached(self, people: int, now: datetime, per: timedelta, since: datetime | None) -> "Tally":
        """The tally with so many more people reached now; slices that no longer count are forgotten."""
        start = max(to_ms(now) // _slice(per) * _slice(per), to_ms(since) if since else 0)
        first = to_ms(now) - per // MILLISECOND - _slice(per)
        kept = {each: count for each, count in self.people.items() if each > first}
        return Tally(people={**kept, start: kept.get(start, 0) + people})


def _slice(per: timedelta) -> int:
    return per // MILLISECOND // SLICES

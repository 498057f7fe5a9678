"""How many people a trigger reached lately, counted by slices of time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from nudgekit.model.base import MILLISECOND, Model, to_ms

SLICES: Final = 10
"""A limit's stretch of time is counted in so many slices."""


class Tally(Model):
    """One trigger's count.

    Attributes:
        people: the slice's beginning (ms since 1970 UTC) -> how many people were reached in it.
    """

    people: dict[int, int] = {}

    def within(self, now: datetime, per: timedelta, since: datetime | None) -> int:
        """How many people were reached in the last `per`, or up to one slice longer, counted anew from `since` on."""
        first, anew = _first(now, per), to_ms(since) if since else 0
        return sum(count for start, count in self.people.items() if start > first and start >= anew)

    def over(self, now: datetime, per: timedelta) -> tuple[int, ...]:
        """The slices that no longer count."""
        return tuple(start for start in self.people if start <= _first(now, per))

    def counted(self, more: Mapping[int, int], over: tuple[int, ...]) -> "Tally":
        """The tally with so many more people in each slice of `more`, and without the slices `over`."""
        sums = {start: self.people.get(start, 0) + count for start, count in more.items()}
        return Tally(people={start: n for start, n in {**self.people, **sums}.items() if start not in over})


def slice_at(now: datetime, per: timedelta, since: datetime | None) -> int:
    """The beginning (ms since 1970 UTC) of the slice that `now` lies in; no slice begins before `since`."""
    return max(to_ms(now) // _length(per) * _length(per), to_ms(since) if since else 0)


def _first(now: datetime, per: timedelta) -> int:
    return to_ms(now) - per // MILLISECOND - _length(per)


def _length(per: timedelta) -> int:
    return per // MILLISECOND // SLICES

"""What waits for a person on the shop's own page."""

from datetime import datetime
from typing import Final, NamedTuple

from nudgekit.model.base import Model, from_ms, to_ms

MOST_POSTED: Final = 20
"""More than any page shows; of more than these the least important falls out, and its run hears that nobody came."""


class Posted(NamedTuple):
    """A message that waits. Times are ms since 1970 UTC.

    Attributes:
        message: its id.
        trigger, key: whose run it is of.
        items: the products that decide whether it still makes sense.
        priority: the trigger's.
        at: since when it waits.
        until: until when it may be fetched.
    """

    message: str
    trigger: str
    key: str
    items: tuple[str, ...]
    priority: int
    at: int
    until: int

    @property
    def rank(self) -> tuple[int, int, str]:
        """Whose turn comes first: the higher priority; among equals, what has waited longer."""
        return (-self.priority, self.at, self.message)


class Inbox(Model):
    """The messages that wait for one person, the best first."""

    posted: tuple[Posted, ...] = ()

    def waiting(self, now: datetime) -> tuple[Posted, ...]:
        """Those that may be fetched at `now`."""
        return tuple(each for each in self.posted if to_ms(now) < each.until)

    def receive(self, posted: Posted, now: datetime) -> "Inbox":
        """The inbox with one more message, which takes the place of an earlier one of its run."""
        others = (each for each in self.waiting(now) if (each.trigger, each.key) != (posted.trigger, posted.key))
        return Inbox(posted=tuple(sorted((*others, posted), key=_rank)[:MOST_POSTED]))

    def without(self, message: str) -> "Inbox":
        """The inbox once a message was fetched."""
        return Inbox(posted=tuple(each for each in self.posted if each.message != message))

    @property
    def ends_at(self) -> datetime | None:
        """When the last of them can be fetched no longer; None: nothing waits."""
        return from_ms(max(each.until for each in self.posted)) if self.posted else None


def _rank(posted: Posted) -> tuple[int, int, str]:
    return posted.rank

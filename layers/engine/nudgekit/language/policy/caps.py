"""How much is enough."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final, Literal, get_args

from nudgekit.language.durations import brief
from nudgekit.language.names import PURPOSES, is_trigger_id
from nudgekit.language.policy.checks import as_channel, mistake
from nudgekit.model.base import Channel, Purpose
from nudgekit.model.ledger import MAX_ENTRIES

LONGEST_CAP: Final = timedelta(days=30)
"""The longest window of a cap: ledgers look back no further."""

Window = Literal["rolling", "calendar"]

CALENDAR: Final = (timedelta(days=1), timedelta(days=7))
"""A day from midnight to midnight, and a week from Monday to Sunday."""


@dataclass(frozen=True)
class Cap:
    """At most `limit` messages of `purpose` in a window of length `per`, over `channels` together.

    Without `channels` it counts all of them but `onsite`: what waits on the shop's own page disturbs nobody, so it
    takes no place from messages that go out, and falls only under a cap that names it.

    A rolling window is any stretch of that length; a calendar window is a day or a week by the person's own calendar.
    With `trigger`, the messages of that trigger alone count, and it alone is bound. A limit of 1 is a minimum gap.
    """

    purpose: Purpose
    limit: int
    per: timedelta
    channels: tuple[str, ...] | None = None
    trigger: str | None = None
    window: Window = "rolling"

    def __post_init__(self) -> None:
        if self.channels is not None:
            channels = tuple(sorted(as_channel(each, "channels") for each in self.channels))
            object.__setattr__(self, "channels", channels)
        if self.purpose not in PURPOSES:
            mistake("purpose", f"{self.purpose!r} is not a purpose", f"one of {', '.join(PURPOSES)}")
        if type(self.limit) is not int or not 1 <= self.limit <= MAX_ENTRIES:
            mistake("limit", f"{self.limit!r} is not a limit", f"write a whole number from 1 to {MAX_ENTRIES}")
        if not isinstance(self.per, timedelta) or not timedelta() < self.per <= LONGEST_CAP:
            mistake("per", "the cap has no window", "write a length of time up to days(30)")
        if self.trigger is not None and not is_trigger_id(self.trigger):
            mistake("trigger", f"{self.trigger!r} cannot be a trigger", "name its folder, or leave it out for all")
        self._check_window()

    def _check_window(self) -> None:
        if self.window not in get_args(Window):
            mistake("window", f"{self.window!r} is not a window", 'write window="rolling" or window="calendar"')
        elif self.window == "calendar" and self.per not in CALENDAR:
            mistake("per", "a calendar window is a day or a week", "write per=days(1) or per=days(7)")

    def binds(self, purpose: str, channel: str, trigger: str) -> bool:
        """Whether a message of `trigger` for `purpose` on `channel` falls under it."""
        if self.purpose != purpose or self.trigger not in {None, trigger}:
            return False
        return channel in self.channels if self.channels is not None else channel != Channel.ONSITE

    @cached_property
    def text(self) -> str:
        """The cap in a few words, for traces."""
        window = f"at most {self.limit} in {brief(self.per)}" + (" by calendar" if self.window == "calendar" else "")
        on = f" on {', '.join(self.channels)}" if self.channels else ""
        return window + on + (f" of {self.trigger}" if self.trigger else "")

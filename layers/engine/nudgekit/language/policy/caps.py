"""How much is enough."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from nudgekit.language.policy.checks import as_channel, mistake
from nudgekit.language.trigger import PURPOSES
from nudgekit.model.base import Purpose

LONGEST_CAP: Final = timedelta(days=30)
"""The longest window of a cap: ledgers look back no further."""


@dataclass(frozen=True)
class Cap:
    """At most `limit` messages of `purpose` in any window of length `per`, over `channels` together (None: all)."""

    purpose: Purpose
    limit: int
    per: timedelta
    channels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.channels is not None:
            channels = tuple(sorted(as_channel(each, "channels") for each in self.channels))
            object.__setattr__(self, "channels", channels)
        if self.purpose not in PURPOSES:
            mistake("purpose", f"{self.purpose!r} is not a purpose", f"one of {', '.join(PURPOSES)}")
        if type(self.limit) is not int or self.limit < 1:
            mistake("limit", f"{self.limit!r} is not a limit", "write a whole number above 0")
        if not isinstance(self.per, timedelta) or not timedelta() < self.per <= LONGEST_CAP:
            mistake("per", "the cap has no window", "write a length of time up to days(30)")

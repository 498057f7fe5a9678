"""When promotional messages wait."""

from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any, Final

from nudgekit.language.policy.checks import as_channel, mistake

REMEDY: Final = "write two times, as in time(21, 0), time(8, 0)"


@dataclass(frozen=True)
class QuietHours:
    """When promotional messages on `channel` wait, in the person's zone: from `start` up to, not including, `end`."""

    channel: str
    start: time
    end: time

    @cached_property
    def seen(self) -> tuple[tuple[str, Any], ...]:
        """The two times, for traces."""
        return ("from", self.start), ("to", self.end)

    def __post_init__(self) -> None:
        object.__setattr__(self, "channel", as_channel(self.channel, "channel"))
        if not isinstance(self.start, time) or not isinstance(self.end, time) or self.start == self.end:
            mistake("start", "the quiet hours have no length", REMEDY)
        elif any(each.microsecond or each.tzinfo for each in (self.start, self.end)):
            mistake(
                "start",
                "the quiet hours name a zone or parts of a second: they are read off the person's clock",
                REMEDY,
            )

"""The channels of a trigger, one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal, Self, TypeGuard, get_args

from nudgekit.language.durations import seconds
from nudgekit.language.mistakes import Mistake, nearest, report
from nudgekit.language.names import is_trigger_id
from nudgekit.model.base import Channel

Until = Literal["delivered", "engaged", "never"]
"""What ends a ladder at a rung: the message arrived, the person opened or clicked it, or nothing that became of it."""

CHANNELS = tuple(Channel)


@dataclass(frozen=True)
class Rung:
    """One channel of a ladder.

    Attributes:
        channel: how the person is reached.
        wait: how long the message gets before the next rung; None on the last rung.
        until: what, within the wait, makes the next rung needless.
        message: which of several messages for the channel it sends; empty: the one that has no name.
    """

    channel: Channel
    wait: timedelta | None = None
    until: Until = "engaged"
    message: str = ""

    @property
    def name(self) -> str:
        """The name of its message's file, `<channel>` or `<channel>.<message>`."""
        return f"{self.channel}.{self.message}" if self.message else str(self.channel)

    def to_data(self) -> dict[str, Any]:
        """The rung as plain JSON values; the wait in seconds."""
        wait = seconds(self.wait) if self.wait is not None else None
        named = {"message": self.message} if self.message else {}
        return {"channel": str(self.channel), "wait": wait, "until": self.until, **named}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The rung that `to_data` wrote."""
        wait = timedelta(seconds=data["wait"]) if data["wait"] is not None else None
        return cls(Channel(data["channel"]), wait, data["until"], data.get("message", ""))


def rung(channel: str, wait: timedelta | None = None, until: Until = "engaged", message: str = "") -> Rung:
    """One rung of a ladder; see `Rung`."""
    known = channel in CHANNELS
    if not known:
        report(f"{channel!r} is not a channel", nearest(str(channel), CHANNELS))
    if wait is not None and not isinstance(wait, timedelta):
        report(f"wait={wait!r} is not a length of time", "write it as in wait=hours(2)")
        wait = None
    if until not in get_args(Until):
        report(f"until={until!r} is not known", 'write until="engaged", until="delivered" or until="never"')
    if message and not is_trigger_id(message):
        report(f"message={message!r} cannot be a name", 'use lower-case letters, digits and _, as in message="care"')
    return Rung(Channel(channel) if known else channel, wait, until, message)  # type: ignore[arg-type]


def is_ladder(given: object) -> TypeGuard[tuple[Rung, ...]]:
    """Whether it consists of rungs."""
    return isinstance(given, tuple) and all(isinstance(each, Rung) for each in given)


def ladder_mistakes(ladder: Sequence[Rung]) -> Iterator[Mistake]:
    """What cannot work in a ladder."""
    if not ladder:
        yield Mistake("ladder", "the ladder has no rung", 'add one, as in rung("email")')
    for index, each in enumerate(ladder):
        if each.name in [before.name for before in ladder[:index]]:
            remedy = 'keep one of them, or give it a message of its own, as in message="care"'
            yield Mistake("ladder", f'"{each.name}" stands in the ladder twice', remedy, index)
    for index, (each, _) in enumerate(pairwise(ladder)):
        if each.wait is None:
            yield Mistake("ladder", f'the rung "{each.channel}" has no wait', "say when the next may follow", index)
    if ladder and ladder[-1].wait is not None:
        yield Mistake(
            "ladder", f'the last rung "{ladder[-1].channel}" waits for nothing', "take its wait away", len(ladder) - 1
        )

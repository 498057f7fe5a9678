"""A person's recent messages: what caps and repeats are judged by."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nudgekit.model.base import Channel, Model, Purpose, to_ms

KEPT: Final = timedelta(days=31)
MAX_ENTRIES: Final = 200
MAX_TRIGGERS: Final = 100


class Entry(NamedTuple):
    """One message: when it was claimed (ms since 1970 UTC), on which channel, for which purpose."""

    at: int
    message: str
    trigger: str
    channel: Channel
    purpose: Purpose


class Asked(NamedTuple):
    """When a trigger last asked (ms since 1970 UTC), in which life of which run."""

    at: int
    run: str


class Ledger(Model):
    """Entries in order of time, and each trigger's last asking, which is kept longer than the entries."""

    entries: tuple[Entry, ...] = ()
    asked: dict[str, Asked] = {}

    def claimed(self, entry: Entry, run: str) -> "Ledger":
        """The ledger with one more message of `run`."""
        horizon = entry.at - KEPT // timedelta(milliseconds=1)
        entries = sorted((*(each for each in self.entries if each.at >= horizon), entry))[-MAX_ENTRIES:]
        asked = {**self.asked, entry.trigger: Asked(entry.at, run)}
        recent = sorted(asked.items(), key=lambda item: item[1], reverse=True)[:MAX_TRIGGERS]
        return Ledger.model_construct(entries=tuple(entries), asked=dict(recent))

    def returned(self, message: str) -> "Ledger":
        """The ledger without a message that never reached the person, so that it counts against no cap."""
        return Ledger.model_construct(
            entries=tuple(entry for entry in self.entries if entry.message != message), asked=self.asked
        )

    def merged(self, other: "Ledger") -> "Ledger":
        """The ledger of a person who was taken for two: the messages of both count."""
        entries = sorted({*self.entries, *other.entries})[-MAX_ENTRIES:]
        asked = {
            trigger: max(each for each in (self.asked.get(trigger), other.asked.get(trigger)) if each is not None)
            for trigger in {**self.asked, **other.asked}
        }
        recent = sorted(asked.items(), key=lambda item: item[1], reverse=True)[:MAX_TRIGGERS]
        return Ledger.model_construct(entries=tuple(entries), asked=dict(recent))

    def times(self, purpose: Purpose, channels: tuple[str, ...] | None, since: datetime) -> list[int]:
        """When messages of `purpose` went out on `channels` (None: all) after `since`: milliseconds, in order."""
        first = to_ms(since)
        return [
            entry.at
            for entry in self.entries
            if entry.at > first and entry.purpose == purpose and (channels is None or entry.channel in channels)
        ]

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
        """The ledger without a message that never reached the person: it counts against no cap, and asked nobody."""
        entries = tuple(entry for entry in self.entries if entry.message != message)
        asked = dict(self.asked)
        for lost in self.entries:
            if lost.message == message and asked.get(lost.trigger, Asked(0, "")).at == lost.at:
                last = asked.pop(lost.trigger)
                before = [entry.at for entry in entries if entry.trigger == lost.trigger]
                asked |= {lost.trigger: last._replace(at=max(before))} if before else {}
        return Ledger.model_construct(entries=entries, asked=asked)

    def moved(self, message: str, at: int) -> "Ledger":
        """The ledger with a message that goes out later than it was decided on: at `at`, ms since 1970 UTC."""
        entries, asked = self.entries, self.asked
        for entry in self.entries:
            if entry.message == message and entry.at < at:
                entries = tuple(sorted(entry._replace(at=at) if each is entry else each for each in entries))
                last = asked.get(entry.trigger)
                asked = {**asked, entry.trigger: last._replace(at=at)} if last and last.at == entry.at else asked
        return Ledger.model_construct(entries=entries, asked=asked)

    def times(self, purpose: Purpose, channels: tuple[str, ...] | None, since: datetime) -> list[int]:
        """When messages of `purpose` went out on `channels` (None: all) after `since`: milliseconds, in order."""
        first = to_ms(since)
        return [
            entry.at
            for entry in self.entries
            if entry.at > first and entry.purpose == purpose and (channels is None or entry.channel in channels)
        ]

"""The ports in memory: for tests, situations and any run against a virtual clock."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from nudgekit.errors import BadInput, Conflict
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.runs.documents import ABSENT, Delete, Kind, Put, Ref, Stored, Write, codec
from nudgekit.runs.ports import Accepted, MessageRef, Refused, WakeUp

PERSONAL = frozenset(Kind) - {
    Kind.ALIAS, Kind.PRODUCT, Kind.OPERATION, Kind.SUPPRESSION, Kind.FOLLOWER, Kind.POPULARITY,
}  # fmt: skip
"""The kinds of documents that stand under a person's id."""


class MemoryStore:
    """Documents kept as the JSON they would be stored as, so that whatever is read has made the round trip."""

    def __init__(self) -> None:
        self.rows: dict[Ref, tuple[bytes, int]] = {}

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        """See `ports.Store`."""
        return {ref: self._stored(ref) for ref in refs if ref in self.rows}

    def _stored(self, ref: Ref) -> Stored:
        body, version = self.rows[ref]
        return Stored(codec(ref.kind).validate_json(body), version)

    def get(self, ref: Ref) -> Stored:
        """One document, or `ABSENT`."""
        return self._stored(ref) if ref in self.rows else ABSENT

    def commit(self, puts: Sequence[Write]) -> None:
        """See `ports.Store`."""
        if len({put.ref for put in puts}) < len(puts):
            raise BadInput("one document twice in a transaction", "commit", "write each once, as DynamoDB wants it")
        for put in puts:
            if self.rows.get(put.ref, (b"", 0))[1] != put.expect:
                raise Conflict(put.ref.kind)
        for put in puts:
            if isinstance(put, Put):
                self.rows[put.ref] = (codec(put.ref.kind).dump_json(put.value), put.expect + 1)
            elif isinstance(put, Delete):
                self.rows.pop(put.ref, None)

    def of(self, person: str) -> dict[Ref, Stored]:
        """See `ports.People`."""
        return {ref: self._stored(ref) for ref in self.rows if ref.kind in PERSONAL and ref.owner == person}


class MemoryTimer:
    """Wake-ups in order of time; asking twice for the same one changes nothing."""

    def __init__(self) -> None:
        self.queue: list[tuple[datetime, WakeUp]] = []
        self.asked: set[tuple[datetime, WakeUp]] = set()

    def wake(self, wake_up: WakeUp, at: datetime) -> None:
        """See `ports.Timer`."""
        if (at, wake_up) not in self.asked:
            self.asked.add((at, wake_up))
            heapq.heappush(self.queue, (at, wake_up))

    def waits(self, wake_up: WakeUp, at: datetime) -> bool:
        """See `ports.Alarms`."""
        return (at, wake_up) in self.queue

    def forget(self, wake_up: WakeUp, at: datetime) -> None:
        """See `ports.Alarms`."""
        self.queue = [each for each in self.queue if each != (at, wake_up)]
        heapq.heapify(self.queue)

    def due(self, now: datetime) -> list[WakeUp]:
        """Takes out every wake-up whose time has come."""
        found = []
        while self.queue and self.queue[0][0] <= now:
            found.append(heapq.heappop(self.queue)[1])
        return found


class MemoryOutbox:
    """Messages waiting for their channel's function."""

    def __init__(self) -> None:
        self.messages: list[MessageRef] = []

    def enqueue(self, message: MessageRef) -> None:
        """See `ports.Outbox`."""
        self.messages.append(message)

    def take(self) -> list[MessageRef]:
        """Takes out all that wait."""
        taken, self.messages = self.messages, []
        return taken


class MemoryBus:
    """Events that were published."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []

    def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        """See `ports.Bus`."""
        self.events.extend(events)

    def take(self) -> list[Mapping[str, Any]]:
        """Takes out all that were published."""
        taken, self.events = self.events, []
        return taken


class MemoryProvider:
    """Records what it is given and answers as it was told to, by address; it accepts by default."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.sent: list[tuple[Message, str]] = []
        self.answers: dict[str, Refused | Exception] = {}

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:  # noqa: ARG002
        """See `ports.Provider`."""
        answer = self.answers.get(address)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        self.sent.append((message, address))
        return Accepted(f"memory-{len(self.sent)}")

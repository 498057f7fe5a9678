"""The ports in memory: for tests, situations and any run against a virtual clock."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from nudgekit.adapters.item_keys import PERSONAL
from nudgekit.errors import BadInput, Conflict
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.model.tally import Tally
from nudgekit.runs.cohorts import place_of
from nudgekit.runs.documents import ABSENT, Count, Delete, InCohort, Kind, Put, Ref, Stored, Write, alone, codec
from nudgekit.runs.ports import Accepted, MessageRef, Page, Refused, WakeUp


class MemoryStore:
    """Documents kept as the JSON they would be stored as, so that whatever is read has made the round trip."""

    def __init__(self) -> None:
        self.rows: dict[Ref, tuple[bytes, int]] = {}
        self.places: dict[Ref, InCohort] = {}

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
        if (count := alone(puts)) is not None:
            self._add(count)
            return
        for put in puts:
            if not isinstance(put, Count) and self.rows.get(put.ref, (b"", 0))[1] != put.expect:
                raise Conflict(put.ref.kind)
        for put in puts:
            if isinstance(put, Put):
                self.rows[put.ref] = (codec(put.ref.kind).dump_json(put.value), put.expect + 1)
                self._place(put)
            elif isinstance(put, Delete):
                self.rows.pop(put.ref, None)
                self.places.pop(put.ref, None)

    def _add(self, count: Count) -> None:
        before = self.get(count.ref)
        after = (before.value or Tally()).counted(count.more, count.over)
        self.rows[count.ref] = (codec(count.ref.kind).dump_json(after), before.version + 1)

    def _place(self, put: Put) -> None:
        found = place_of(put)
        if found is None:
            self.places.pop(put.ref, None)
        else:
            self.places[put.ref] = found

    def page(self, kind: Kind, part: str, after: str, limit: int) -> Page:
        """See `ports.Cohorts`."""
        placed = ((place.rank, ref) for ref, place in self.places.items() if (ref.kind, place.part) == (kind, part))
        behind = sorted(each for each in placed if each[0] > after)
        page = behind[:limit]
        ranks = tuple(rank for rank, _ in page)
        people = tuple(ref.name if kind is Kind.FOLLOWER else ref.owner for _, ref in page)
        return Page(people, ranks[-1] if len(behind) > limit else "", ranks)

    def of(self, person: str) -> dict[Ref, Stored]:
        """See `ports.People`."""
        return {ref: self._stored(ref) for ref in self.rows if ref.kind in PERSONAL and ref.owner == person}

    def waves(self, triggers: Iterable[str]) -> dict[Ref, Stored]:
        """See `ports.People`."""
        known = set(triggers)
        return {ref: self._stored(ref) for ref in self.rows if ref.kind is Kind.WAVE and ref.owner in known}


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
        return any(_alarm(*each) == _alarm(at, wake_up) for each in self.queue)

    def forget(self, wake_up: WakeUp, at: datetime) -> None:
        """See `ports.Alarms`."""
        self.queue = [each for each in self.queue if _alarm(*each) != _alarm(at, wake_up)]
        heapq.heapify(self.queue)

    def due(self, now: datetime) -> list[WakeUp]:
        """Takes out every wake-up whose time has come."""
        found = []
        while self.queue and self.queue[0][0] <= now:
            found.append(heapq.heappop(self.queue)[1])
        return found


def _alarm(at: datetime, wake_up: WakeUp) -> tuple[object, ...]:
    """What tells one schedule from another: what a wake-up carries besides is no part of its name."""
    return at, wake_up.trigger, wake_up.person, wake_up.key, wake_up.occurrence, wake_up.step


class MemoryOwnQueue:
    """A trigger's own queue: messages in order of time."""

    def __init__(self) -> None:
        self.queue: list[tuple[datetime, int, Mapping[str, Any]]] = []
        self.number = count()

    def put(self, bodies: Sequence[Mapping[str, Any]], at: datetime | None = None) -> None:
        """See `ports.OwnQueue`."""
        for body in bodies:
            heapq.heappush(self.queue, (at or _AT_ONCE, next(self.number), body))

    def due(self, now: datetime) -> list[Mapping[str, Any]]:
        """Takes out every message whose time has come."""
        found = []
        while self.queue and self.queue[0][0] <= now:
            found.append(heapq.heappop(self.queue)[2])
        return found

    def holds(self, now: datetime) -> bool:
        """Whether a message's time has come."""
        return bool(self.queue) and self.queue[0][0] <= now


_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


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

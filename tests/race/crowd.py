"""Many workers at once on shared queues, made to meet between reading and writing."""

import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from nudgekit.errors import Conflict
from nudgekit.lambdas import wiring
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind, Ref, Stored, Write
from nudgekit.runs.ports import Store
from nudgekit.runs.signals import wake_up_body
from tests.race.backends import MakeStore
from tests.yard import Yard

PATIENCE = 0.02
"""Seconds for which a worker that has read waits for others who have."""

MOST_TRIES = 60
"""Deliveries of one record after which a crowd is stuck."""

Task = tuple[str, str]
"""A function and a body for it."""


class Meeting:
    """Lets workers who have read go on together, so that they write against each other."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.active = self.waiting = self.round = 0

    def enter(self) -> None:
        with self.changed:
            self.active += 1

    def leave(self) -> None:
        with self.changed:
            self.active -= 1
            self._open_if_all_are_here()

    def wait(self) -> None:
        with self.changed:
            self.waiting += 1
            mine = self.round
            self._open_if_all_are_here()
            if not self.changed.wait_for(lambda: self.round != mine, PATIENCE):
                self.waiting -= 1

    def _open_if_all_are_here(self) -> None:
        if self.waiting >= self.active > 0:
            self.round, self.waiting = self.round + 1, 0
            self.changed.notify_all()


class Tally:
    """What really happened."""

    def __init__(self) -> None:
        self.lock, self.conflicts, self.commits, self.most_tries = threading.Lock(), 0, 0, 0

    def add(self, **given: int) -> None:
        with self.lock:
            for name, more in given.items():
                setattr(self, name, getattr(self, name) + more)

    def tried(self, tries: int) -> None:
        with self.lock:
            self.most_tries = max(self.most_tries, tries)


class Crowded:
    """A worker's own store: it meets the others after each reading, and counts the races it loses."""

    def __init__(self, store: Store, meeting: Meeting, tally: Tally) -> None:
        self.store, self.meeting, self.tally = store, meeting, tally

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        found = self.store.read(refs)
        self.meeting.wait()
        return found

    def commit(self, puts: Sequence[Write]) -> None:
        try:
            self.store.commit(puts)
        except Conflict:
            self.tally.add(conflicts=1)
            raise
        self.tally.add(commits=1)


class Crowd:
    """The functions, served by `size` workers each with a store of its own.

    Attributes:
        yard: the functions and what stands behind their other ports.
        refs: every document that was ever written, for looking at the end.
    """

    def __init__(self, yard: Yard, make: MakeStore, size: int, patch: pytest.MonkeyPatch) -> None:
        self.yard, self.size, self.tally, self.meeting = yard, size, Tally(), Meeting()
        self.own = threading.local()
        self.stores = [make() for _ in range(size)]
        self.plain = make()
        self.refs: set[Ref] = set()
        self.sequence = count(1)
        yard.wire(patch)
        patch.setattr(wiring, "store", self._store)
        patch.setattr(wiring, "cohorts", lambda: getattr(self.own, "people", self.plain))
        for name in ("conductor", "hand_off"):
            patch.setattr(wiring, name, getattr(wiring, name).__wrapped__)

    def _store(self) -> Any:
        return getattr(self.own, "store", None) or self._noting(self.plain)

    def _noting(self, store: Any) -> Any:
        crowd = self

        class Noting:
            def read(self, refs: Iterable[Ref]) -> Any:
                return store.read(refs)

            def commit(self, puts: Sequence[Write]) -> None:
                store.commit(puts)
                crowd.refs.update(put.ref for put in puts)

        return Noting()

    def work(self, tasks: Iterable[Task], copies: int = 1) -> None:
        """Let the workers do all `tasks`, each delivered `copies` times, whatever comes again included."""
        queue = deque((task, 1) for task in tasks for _ in range(copies))
        troubles: list[BaseException] = []

        def serve(store: Store) -> None:
            self.own.people = store
            self.own.store = self._noting(Crowded(store, self.meeting, self.tally))
            try:
                while queue and not troubles:
                    self._one(queue)
            except BaseException as trouble:
                troubles.append(trouble)
            finally:
                self.meeting.leave()

        workers = [threading.Thread(target=serve, args=(store,)) for store in self.stores]
        for _ in workers:
            self.meeting.enter()
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        if troubles:
            raise troubles[0]

    def _one(self, queue: "deque[tuple[Task, int]]") -> None:
        try:
            (function, body), tries = queue.popleft()
        except IndexError:
            return
        self.tally.tried(tries)
        assert tries <= MOST_TRIES, f"{function} never gets done: {self.yard.failures[-3:]}"
        self.own.began = next(self.sequence)
        if self.yard.invoke(function, body):
            queue.append(((function, body), tries + 1))

    def travel(self, copies: int = 1) -> None:
        """Let messages, news and wake-ups that are due travel until all is quiet at this moment."""
        while tasks := self.arrived():
            self.work(tasks, copies)

    def arrived(self) -> list[Task]:
        """What waits on the queues now."""
        tasks = [(wake_up.trigger, json.dumps(wake_up_body(wake_up))) for wake_up in self.yard.timer.due(self.yard.now)]
        own = [(self._asks(body), json.dumps(body)) for body in self.yard.own_queue.due(self.yard.now)]
        tasks += dict.fromkeys(own)  # steps that are the same come once here, or `copies` of copies would grow and grow
        tasks += [
            (f"deliver_{each.channel}", json.dumps({"message": each._asdict()})) for each in self.yard.outbox.take()
        ]
        for event in self.yard.bus.take():
            tasks += [(function, json.dumps(event)) for function in self.yard.listeners(event)]
        return tasks

    def _asks(self, body: Mapping[str, Any]) -> str:
        """The trigger whose own queue the message stood on: the one that it names, or the one that is started so."""
        named = [each["trigger"] for each in body.values() if isinstance(each, Mapping) and "trigger" in each]
        started = (
            name for name, rules in self.yard.rules.items() if body.get("detail-type") in rules.trigger.start_events
        )
        return str(named[0]) if named else next(started)

    def live(self, until: datetime, copies: int = 1) -> None:
        """Let time pass until `until`, with every wake-up and every step of a wave on the way."""
        self.travel(copies)
        while (at := self._next_at()) is not None and at <= until:
            self.yard.now = max(self.yard.now, at)
            self.travel(copies)
        self.yard.now = until

    def _next_at(self) -> datetime | None:
        return min((queue[0][0] for queue in (self.yard.timer.queue, self.yard.own_queue.queue) if queue), default=None)

    def publish(self, *events: dict[str, Any], copies: int = 1) -> None:
        """Put events on the bus and let them be worked on."""
        self.work([(name, json.dumps(event)) for event in events for name in self.yard.listeners(event)], copies)

    def documents(self, kind: Kind) -> list[Any]:
        """Every document of a kind."""
        refs = [ref for ref in self.refs if ref.kind is kind]
        found = {} if not refs else self.plain.read(refs)
        return [stored.value for stored in found.values()]

    def document(self, kind: Kind, owner: str) -> Any:
        """One document."""
        return self.plain.read([Ref(kind, owner)])[Ref(kind, owner)].value

    @property
    def runs(self) -> list[Run]:
        """Every run."""
        return self.documents(Kind.RUN)

    @property
    def messages(self) -> list[Message]:
        """Every message."""
        return self.documents(Kind.MESSAGE)


def event(number: int, name: str, at: datetime, person: str, **properties: Any) -> dict[str, Any]:
    """An event as the bus has it."""
    detail = {"message_id": f"e{number}", "user_id": person, "timestamp": at.isoformat(), "properties": properties}
    return {"source": "shop", "detail-type": name, "detail": detail}


def introduced(person: str, at: datetime) -> list[dict[str, Any]]:
    """Somebody who can be reached everywhere and allows it."""
    earlier = at - timedelta(hours=1)
    profile = {
        "email": f"{person}@example.com",
        "phone": "+4930123450",
        "timezone": "Europe/Berlin",
        "push": [{"endpoint": f"device-{person}", "platform": "fcm"}],
    }
    said = [
        event(hash((person, channel)), "Consent Updated", earlier, person, channel=channel, status="granted")
        for channel in Channel
    ]
    return [event(hash(person), "Profile Updated", earlier, person, **profile), *said]

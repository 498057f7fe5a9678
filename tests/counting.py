"""Counts what goes through the ports, and plays each step of a run's life once so that its calls can be read off."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nudgekit.adapters.memory import MemoryBus, MemoryOutbox, MemoryProvider, MemoryStore, MemoryTimer
from nudgekit.book import load_book
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.model.message import Message, MessageStatus
from nudgekit.runs import feedback
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.feedback import MessageNotice
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.operation import fold_to
from nudgekit.runs.ports import MessageRef, Ports, WakeUp
from nudgekit.runs.project import project
from nudgekit.runs.receipts import Receipt
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import Signal
from tests.builders import NOON, make_event

RULES = Path(__file__).parents[1] / "rules"
DUE = NOON + timedelta(minutes=30)
SENT = DUE + timedelta(minutes=10)
"""When the run decides after all: ten minutes after it was due, because the person was active again."""

Calls = Counter[str]
"""How often each method of a port was called."""


class Counted:
    """A port that counts the calls of its methods."""

    def __init__(self, port: Any, calls: Calls) -> None:
        self._port, self._calls = port, calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*arguments: Any) -> Any:
            self._calls[name] += 1
            return method(*arguments)

        return call


class Desk:
    """The engine on counted memory: one person at a time, one step at a time."""

    def __init__(self, trigger: str = "cart_abandonment") -> None:
        self.calls: Calls = Counter()
        self.rules = Rulebook(load_book(RULES), trigger)
        self.memory, self.timer, self.outbox = MemoryStore(), MemoryTimer(), MemoryOutbox()
        self.store: Any = Counted(self.memory, self.calls)
        self.bus: Any = Counted(MemoryBus(), self.calls)
        ports: Any = (self.store, Counted(self.timer, self.calls), Counted(self.outbox, self.calls))
        self.conductor = Conductor(self.rules, Ports(*ports))

    @contextmanager
    def counting(self) -> Iterator[Calls]:
        """Only what happens inside is counted."""
        self.calls.clear()
        yield self.calls

    def introduce(self, person: str) -> None:
        """Somebody who can be reached by mail and allows it."""
        written = NOON - timedelta(days=1)
        told = make_event("Profile Updated", written, {"email": f"{person}@example.com", "name": "Ada"}, person=person)
        consent = {"channel": "email", "status": "granted"}
        project([told, make_event("Consent Updated", written, consent, person=person)], self.memory, NOON)

    def fold(self, event: Event) -> None:
        """Fold one event as the projecting function does."""
        project([event], self.store, NOON)

    def signal(self, signals: Sequence[Signal], now: datetime) -> None:
        """Conduct a batch of signals as a trigger's function does."""
        fold_to(self.memory, now)
        snapshot = self.conductor.read(signals)
        for each in signals:
            self.conductor.conduct(each, snapshot, now)
        self.conductor.finish(snapshot, now)

    def wake_ups(self) -> list[WakeUp]:
        """Every wake-up that was asked for, whenever it is due."""
        return self.timer.due(NOON + timedelta(days=30))

    def hand_off(self, refs: Sequence[MessageRef]) -> None:
        """Hand a batch of messages over as a channel's function does."""
        fold_to(self.memory, SENT)
        provider: Any = Counted(MemoryProvider(Channel.EMAIL), self.calls)
        handing = HandOff(lambda _: self.rules, self.store, provider, timedelta(minutes=1))
        snapshot = handing.read(refs)
        self.bus.publish([event for ref in refs for event in handing.hand_off(ref, snapshot, SENT).events])

    def hear(self, messages: Sequence[MessageRef]) -> None:
        """Hear that messages were opened, as the feedback function does."""
        notices = [MessageNotice(Receipt(each.person, each.id), MessageStatus.OPENED, SENT) for each in messages]
        snapshot = feedback.read(notices, self.store)
        self.bus.publish([event for each in notices for event in feedback.receive(each, snapshot).events])

    def message(self, ref: MessageRef) -> Message:
        """A message's row."""
        found: Message = self.memory.get(Ref(Kind.MESSAGE, ref.person, ref.id)).value
        return found


PERSON = next(f"u{number}" for number in range(100) if place_of("cart_abandonment", f"u{number}") >= 0.05)
"""Somebody who is not in the holdout."""


def life() -> dict[str, Calls]:
    """The calls of each step in the life of one run."""
    desk, steps = Desk(), dict[str, Calls]()

    def step(name: str, work: Callable[[], None]) -> None:
        with desk.counting() as calls:
            work()
        steps[name] = Counter(calls)

    start = make_event(person=PERSON)
    desk.introduce(PERSON)
    step("an event is folded", lambda: desk.fold(start))
    step("the same event is folded again", lambda: desk.fold(start))
    step("a start event arms a run", lambda: desk.signal([start], NOON))
    step("the start event comes again", lambda: desk.signal([start], NOON))
    active = make_event(person=PERSON, at=NOON + timedelta(minutes=10))
    project([active], desk.memory, active.at)
    step("a wake-up waits", lambda: desk.signal(desk.wake_ups(), DUE))
    step("a wake-up sends", lambda: desk.signal(desk.wake_ups(), SENT))
    messages = desk.outbox.take()
    step("a message is handed off", lambda: desk.hand_off(messages))
    step("the message is queued again", lambda: desk.hand_off(messages))
    step("a receipt is heard", lambda: desk.hear(messages))
    return steps

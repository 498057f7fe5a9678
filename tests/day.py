"""Every trigger of the shop at work in memory, while the sample's people and the shop do what their stories tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from nudgekit.book import Book
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.model.event import Event, parse_event
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.onsite import Page, waiting
from nudgekit.runs.ports import MessageRef, Ports
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import News, Signal, Tick, read_signal
from tests.world import LEASE, World, _posted

TICK = timedelta(minutes=15)


class Day(World):
    """All triggers of a book, everybody, and a clock of the calendar."""

    def __init__(self, book: Book, now: datetime) -> None:
        self.books = {each: Rulebook(book, each) for each in book.ids}
        super().__init__(next(iter(self.books.values())), now)
        ports = Ports(self.store, self.timer, self.outbox, self.store, self.own_queue)
        self.conductors = {each: Conductor(rules, ports) for each, rules in self.books.items()}

    def happen(self, raw: Mapping[str, Any]) -> None:
        """Put one event on the bus, at its time or now."""
        event = parse_event(raw, self.now)
        self.fold(event)
        for trigger, rules in self.books.items():
            if event.name in rules.trigger.start_events:
                self.hand(event, trigger)
        if event.name == "Page Viewed" and self.now - event.at < TICK:
            self.come_by(event.person)

    def signal(self, signal: Signal) -> Report:
        """Hand a wake-up, news or a wave's step to its trigger."""
        assert not isinstance(signal, Event | Tick)
        return self.hand(signal, signal.trigger)

    def hand(self, signal: Signal, trigger: str) -> Report:
        """Hand one signal to `trigger`, then let messages and their news travel."""
        self.conductor, self.rules = self.conductors[trigger], self.books[trigger]
        return super().signal(signal)

    def deliver(self, ref: MessageRef) -> None:
        """Hand one message over and publish what becomes of it."""
        handing = HandOff(self.books.__getitem__, self.store, self.providers[ref.channel], LEASE)
        delivery = handing.hand_off(ref, handing.read([ref]), self.now)
        self.note(delivery.report)
        self.bus.publish(delivery.events)

    def come_by(self, person: str) -> None:
        """Somebody opens a page, which shows them the best of what waits."""
        found = waiting(person, self.store, self.now)
        if found:
            claim = Page(self.books.__getitem__, self.store).claim(_posted(person, found[0]), self.now)
            self.note(claim.report)
            self.hear(claim.events)
            self.settle()

    def settle(self) -> None:
        """Let messages reach their providers, news and starts their triggers, until all is quiet."""
        while (messages := self.outbox.take()) or self.own_queue.holds(self.now):
            for message in messages:
                self.deliver(message)
            self.hear(self.bus.take())
            for body in self.own_queue.due(self.now):
                signal = read_signal(body, self.now)
                if isinstance(signal, Event):
                    for trigger, rules in self.books.items():
                        if self._asks(signal, trigger, rules):
                            self.hand(signal, trigger)
                else:
                    self.signal(signal)

    def _asks(self, event: Event, trigger: str, rules: Rulebook) -> bool:
        if event.name == "Calendar Reached":
            return event.id.startswith(f"{trigger}@")
        return event.name in rules.trigger.start_events

    def hear(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Let the bus tell its events to all who listen."""
        for raw in events:
            event = parse_event(raw, self.now)
            self.fold(event)
            if event.of_shop:
                for trigger, rules in self.books.items():
                    if event.name in rules.trigger.start_events:
                        self.hand(event, trigger)
                continue
            signal = read_signal(raw, self.now)
            if isinstance(signal, News):
                self.signal(signal)

    def tick(self) -> None:
        """Let every trigger with a calendar look at the clock."""
        for trigger, rules in self.books.items():
            if rules.trigger.every is not None:
                self.hand(Tick(), trigger)

    def engagement(self) -> Engagement:
        """Everything that was decided, as the tables would tell it."""
        rows = [(ref, self.store.get(ref).value) for ref in list(self.store.rows)]
        decisions = [(ref.owner, value) for ref, value in rows if ref.kind is Kind.TRACE]
        return Engagement(
            runs=[value for ref, value in rows if ref.kind is Kind.RUN],
            messages=[value for ref, value in rows if ref.kind is Kind.MESSAGE],
            decisions=sorted(decisions, key=lambda pair: pair[1].at),
        )

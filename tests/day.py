"""Every trigger of the shop at work in memory, while the sample's people and the shop do what their stories tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from nudgekit.adapters.memory import MemoryProvider
from nudgekit.book import Book
from nudgekit.cli.incidents import FACTS
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.sink.failures import failure_of
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.model.event import Event, parse_event
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind
from nudgekit.runs.erase import Eraser
from nudgekit.runs.feedback import MessageNotice, read, receive
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.onsite import Page, waiting
from nudgekit.runs.ports import Accepted, MessageRef, Ports, Refused
from nudgekit.runs.receipts import Receipt
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import News, Signal, Tick, read_signal
from nudgekit.runs.suppression import Suppression
from tests.world import LEASE, World, _posted

TICK = timedelta(minutes=15)
KEY = b"of a stack in memory, by which it knows the erased"
LOST = {
    "TEXT_UNREACHABLE": (Reason.UNDELIVERED, False),
    "131026": (Reason.UNDELIVERED, False),
    "131049": (Reason.HELD_BACK, False),
    "Permanent": (Reason.BOUNCED, True),
    "Complaint": (Reason.COMPLAINED, False),
}
"""What the sink's failures mean, as the readers of receipts have it."""


class Fallible(MemoryProvider):
    """A provider that may be down, and that refuses what the local sink refuses."""

    works = True

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        """See `ports.Provider`."""
        if not self.works:
            raise ConnectionError
        return super().send(message, address, receipt)


class Day(World):
    """All triggers of a book, everybody, and a clock of the calendar."""

    def __init__(self, book: Book, now: datetime) -> None:
        self.book, self.books = book, {each: Rulebook(book, each) for each in book.ids}
        suppression = Suppression(KEY)
        super().__init__(next(iter(self.books.values())), now, suppression)
        ports = Ports(self.store, self.timer, self.outbox, self.store, self.own_queue)
        self.conductors = {each: Conductor(rules, ports, suppression=suppression) for each, rules in self.books.items()}
        self.fallible = {channel: Fallible(channel) for channel in Channel}
        self.providers = dict[Channel, MemoryProvider](self.fallible)
        self.doors = {
            channel: HandOff(self.books.__getitem__, self.store, provider, LEASE)
            for channel, provider in self.fallible.items()
        }
        self.halted: set[str] = set()
        self.kept: list[MessageRef] = []

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
        if ref.channel in self.halted:
            self.kept.append(ref)
            return
        handing = self.doors[ref.channel]
        try:
            delivery = handing.hand_off(ref, handing.read([ref]), self.now)
        except ConnectionError:  # the queue would bring it again and again
            self.kept.append(ref)
            return
        self.note(delivery.report)
        self.bus.publish(delivery.events)
        if delivery.report.outcome == "handed_off":
            self.lose(ref)

    def lose(self, ref: MessageRef) -> None:
        """Let a provider report that it could not deliver what it took, to the addresses of which it always does."""
        message, address = self.providers[ref.channel].sent[-1]
        failure = failure_of(ref.channel, address)
        if failure is None or failure.how != "lose":
            return
        reason, dead = LOST[failure.code]
        notice = MessageNotice(Receipt(message.person, message.id), MessageStatus.FAILED, self.now, reason, dead)
        self.bus.publish(receive(notice, read([notice], self.store)).events)

    def provide(self, channel: str, *, works: bool) -> None:
        """See `cli.incidents.Premises`."""
        self.fallible[Channel(channel)].works = works
        if works:
            self._bring_again(channel)

    def read(self, queue: str, *, goes_on: bool) -> None:
        """See `cli.incidents.Premises`."""
        if queue == FACTS:
            self.catch_up() if goes_on else setattr(self, "facts_stand_still_since", self.now)
        elif goes_on:
            self.halted.discard(queue)
            self._bring_again(queue)
        else:
            self.halted.add(queue)

    def _bring_again(self, channel: str) -> None:
        kept = [ref for ref in self.kept if ref.channel == channel]
        self.kept = [ref for ref in self.kept if ref.channel != channel]
        for ref in kept:
            self.outbox.enqueue(ref)
        self.settle()

    def erase(self, person: str) -> None:
        """See `cli.incidents.Premises`."""
        assert self.suppression is not None
        Eraser(self.store, self.timer, self._trigger_of, self.suppression).erase(person, self.now)

    def _trigger_of(self, trigger: str, version: int) -> Trigger:
        return self.books[trigger].version(version)

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

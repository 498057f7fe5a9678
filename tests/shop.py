"""A shop with several triggers in memory, whose wake-ups come in any order one likes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nudgekit.book import Book
from nudgekit.model.event import Event
from nudgekit.model.ledger import Ledger
from nudgekit.model.run import Run
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.ports import MessageRef, Ports, WakeUp
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import News, Signal
from tests.builders import make_event
from tests.world import LEASE, World

RULES = Path(__file__).parent / "two_triggers"


class Shop(World):
    """All triggers of a book at work for everybody.

    Attributes:
        order: puts wake-ups that are due at one moment in order.
        log: everything that was done, with its moment.
    """

    def __init__(self, now: datetime, **policy: Any) -> None:
        book = Book(RULES)
        book.__dict__["policy"] = replace(book.policy, **policy)
        self.books = {each: Rulebook(book, each) for each in book.ids}
        super().__init__(self.books["cart"], now)
        ports = Ports(self.store, self.timer, self.outbox)
        self.conductors = {each: Conductor(rules, ports) for each, rules in self.books.items()}
        self.log: list[tuple[datetime, Report]] = []
        self.order: Callable[[list[WakeUp]], list[WakeUp]] = list

    def tell(self, *events: Event) -> list[Report]:
        """Put events on the bus, now or at their own time if that is later."""
        for event in sorted(events, key=lambda event: event.at):
            self.turn_to(max(self.now, event.at))
            self.fold(event)
            for trigger, rules in self.books.items():
                if event.name in rules.trigger.start_events:
                    self.hand(event, trigger)
        return self.reports

    def signal(self, signal: Signal) -> Report:
        """Hand a wake-up or news to its trigger."""
        assert isinstance(signal, WakeUp | News)
        return self.hand(signal, signal.trigger)

    def hand(self, signal: Signal, trigger: str) -> Report:
        """Hand one signal to `trigger`, then let messages and their news travel."""
        self.conductor = self.conductors[trigger]
        return super().signal(signal)

    def note(self, report: Report) -> None:
        """Remember what was done, and when."""
        super().note(report)
        self.log.append((self.now, report))

    def deliver(self, ref: MessageRef) -> None:
        """Hand one message over and publish what becomes of it."""
        handing = HandOff(self.books.__getitem__, self.store, self.providers[ref.channel], LEASE)
        delivery = handing.hand_off(ref, handing.read([ref]), self.now)
        self.note(delivery.report)
        self.bus.publish(delivery.events)

    def turn_to(self, moment: datetime) -> None:
        """Let time pass until `moment`, with every wake-up on the way, those of one moment in the order wanted."""
        while self.timer.queue and self.timer.queue[0][0] <= moment:
            self.now = max(self.now, self.timer.queue[0][0])
            for wake_up in self.order(self.timer.due(self.now)):
                self.signal(wake_up)
        self.now = moment

    def know(self, person: str = "u1", channels: Sequence[str] = ("push", "email"), **traits: Any) -> None:
        """Make somebody known who can be reached on, and allows, `channels`."""
        told = {"timezone": "Europe/London", "country": "GB", **traits}
        if "push" in channels:
            told["push"] = [{"endpoint": f"device-{person}", "platform": "fcm"}]
        if "email" in channels:
            told["email"] = f"{person}@example.com"
        self.tell(make_event("Profile Updated", self.now, told, person=person))
        for channel in channels:
            said = {"channel": channel, "purpose": "promotional", "status": "granted"}
            self.tell(make_event("Consent Updated", self.now, said, person=person))

    def fill(self, at: datetime, cart: str = "c1", person: str = "u1") -> None:
        """Somebody puts something into a cart."""
        properties = {"cart_id": cart, "product_id": "mug", "price": "25.00", "currency": "EUR"}
        self.tell(make_event("Product Added", at, properties, person=person))

    def look(self, at: datetime, product: str = "vase", person: str = "u1") -> None:
        """Somebody looks at something."""
        self.tell(make_event("Product Viewed", at, {"product_id": product}, person=person))

    def ledger(self, person: str = "u1") -> Ledger:
        """A person's ledger."""
        return self.store.get(Ref(Kind.LEDGER, person)).value or Ledger()

    def runs(self) -> dict[tuple[str, str], Run]:
        """Every run, by trigger and key."""
        found = [self.store.get(ref).value for ref in list(self.store.rows) if ref.kind is Kind.RUN]
        return {(run.trigger, run.key): run for run in found}

    def sends(self) -> list[tuple[str, datetime]]:
        """Which trigger's messages providers took, and when they were claimed, in order."""
        taken = [message for provider in self.providers.values() for message, _ in provider.sent]
        return [(each.trigger, each.claimed_at) for each in sorted(taken, key=lambda each: each.claimed_at)]

    def said(self, outcome: str) -> list[tuple[str, str]]:
        """Every report of `outcome`: trigger and reason."""
        return [(each.trigger, str(each.reason)) for each in self.reports if each.outcome == outcome]

"""A shop's whole stack in memory, under a clock that tests turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from nudgekit.adapters.memory import MemoryBus, MemoryOutbox, MemoryOwnQueue, MemoryProvider, MemoryTimer
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.model.event import Event, parse_event
from nudgekit.model.inbox import Posted
from nudgekit.model.message import Message
from nudgekit.model.run import Run
from nudgekit.runs.called_back import called_back
from nudgekit.runs.catalogue import project_catalogue
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.feedback import Heard
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.onsite import Answer, Claim, Misfit, Page, told, waiting
from nudgekit.runs.operation import fold_to
from nudgekit.runs.ports import MessageRef, Ports
from nudgekit.runs.project import project
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import News, Signal, read_signal
from nudgekit.runs.suppression import Suppression
from tests.builders import make_event
from tests.yard import StrictStore

LEASE = timedelta(minutes=1)


class Everybody(Rulebook):
    """The shop's rules, with nobody held out."""

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, holdout=0)

    def version(self, number: int) -> Trigger:
        return replace(super().version(number), holdout=0)


def _posted(person: str, posted: Posted) -> MessageRef:
    return MessageRef(posted.message, person, posted.trigger, posted.key, Channel.ONSITE, posted.items)


class World:
    """Events go in at their time; wake-ups, messages and news travel by themselves as the clock is turned.

    Attributes:
        now: the moment; with it goes the beat, which says how far folding has come.
        facts_stand_still_since: from when on nothing is folded and no beat is heard; None: facts are fresh.
        reports: everything that was done, in order.
        suppression: knows erased people again, if anybody is to be erased.
        providers: what each channel's provider was given, and what it is told to answer.
    """

    def __init__(self, rules: Rulebook, now: datetime, suppression: Suppression | None = None) -> None:
        self.rules, self.suppression = rules, suppression
        self.store, self.timer, self.outbox, self.bus = StrictStore(), MemoryTimer(), MemoryOutbox(), MemoryBus()
        self.own_queue = MemoryOwnQueue()
        self.providers = {channel: MemoryProvider(channel) for channel in Channel}
        ports = Ports(self.store, self.timer, self.outbox, self.store, self.own_queue)
        self.conductor = Conductor(rules, ports, suppression=suppression)
        self.facts_stand_still_since: datetime | None = None
        self.unfolded: list[Event] = []
        self.now = now
        self.reports: list[Report] = []

    def tell(self, *events: Event) -> list[Report]:
        """Put events on the bus, now or at their own time if that is later."""
        for event in sorted(events, key=lambda event: event.at):
            self.turn_to(max(self.now, event.at))
            self.fold(event)
            if event.name in self.rules.trigger.start_events:
                self.signal(event)
        return self.reports

    def signal(self, signal: Signal) -> Report:
        """Hand one signal to the trigger, then let messages and their news travel."""
        snapshot = self.conductor.read([signal])
        report = self.conductor.conduct(signal, snapshot, self.now)
        self.note(report)
        for each in self.conductor.finish(snapshot, self.now):
            self.note(each)
        self.settle()
        return report

    def fold(self, event: Event) -> None:
        """Fold an event, or keep it while facts stand still."""
        if self.facts_stand_still_since is not None and self.now >= self.facts_stand_still_since:
            self.unfolded.append(event)
            return
        for answer in project([event], self.store, self.now, self.suppression).values():
            if isinstance(answer, Exception):
                raise answer
        self.shelve(event)

    def shelve(self, event: Event) -> None:
        """Fold an event into the catalogue, and tell what follows from it."""
        (answer,) = project_catalogue([event], self.store, self.now, self.suppression).values()
        if isinstance(answer, Exception):
            raise answer
        self.hear(answer.events)

    def catch_up(self) -> None:
        """Facts are fresh again."""
        self.facts_stand_still_since = None
        kept, self.unfolded = self.unfolded, []
        for event in kept:
            self.fold(event)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self._now

    @now.setter
    def now(self, moment: datetime) -> None:
        """Folding has come as far as this moment, unless facts stand still."""
        self._now = moment
        if self.rules.policy.freshness is not None:
            fold_to(self.store, min(self.now, self.facts_stand_still_since or self.now))

    def note(self, report: Report) -> None:
        """Remember what was done."""
        self.reports.append(report)

    def settle(self) -> None:
        """Let messages reach their providers, news the trigger, and starts their run, until all is quiet."""
        while (messages := self.outbox.take()) or self.own_queue.holds(self.now):
            for message in messages:
                self.deliver(message)
            self.hear(self.bus.take())
            for body in self.own_queue.due(self.now):
                self.signal(read_signal(body, self.now))

    def deliver(self, ref: MessageRef) -> None:
        """Hand one message over and publish what becomes of it."""
        handing = HandOff(lambda _: self.rules, self.store, self.providers[ref.channel], LEASE)
        delivery = handing.hand_off(ref, handing.read([ref]), self.now)
        self.note(delivery.report)
        self.bus.publish(delivery.events)

    def visit(self, person: str = "u1") -> Claim | None:
        """Let the shop's page fetch the best of what waits for the person; None: nothing does."""
        found = waiting(person, self.store, self.now)
        if not found:
            return None
        claim = Page(lambda _: self.rules, self.store).claim(_posted(person, found[0]), self.now)
        self.note(claim.report)
        self.hear(claim.events)
        self.settle()
        return claim

    def link(self, old: str, person: str) -> None:
        """Somebody logs in: two ids turn out to be one person."""
        linked = make_event("Identity Linked", self.now, {"previous_id": old}, person=person)
        for identity in identities(linked):
            merge(identity, self.store, self.now, self.suppression or Suppression(b"k" * 32))
            self.hear(called_back(identity.old, self.store, self.now))
        self.settle()

    def say(self, message: Message, word: str, answer: Answer | None = None) -> Heard | Misfit:
        """Let the shop's page tell what became of a message it has fetched."""
        ref = MessageRef(message.id, message.person, message.trigger, message.run, message.channel, message.items)
        heard = told(ref, word, answer, self.store, self.now)
        if isinstance(heard, Heard):
            self.hear(heard.events)
            self.settle()
        return heard

    def hear(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Let the bus tell its events to all who listen."""
        for raw in events:
            event = parse_event(raw, self.now)
            self.fold(event)
            if event.of_shop:
                if event.name in self.rules.trigger.start_events:
                    self.signal(event)
                continue
            signal = read_signal(raw, self.now)
            if isinstance(signal, News):
                self.signal(signal)

    def turn_to(self, moment: datetime) -> None:
        """Let time pass until `moment`, with every wake-up on the way."""
        while (at := self.next_at()) is not None and at <= moment:
            self.now = max(self.now, at)
            self.come_due()
        self.now = moment

    def next_at(self) -> datetime | None:
        """When a wake-up or a message of the trigger to itself comes due next; None: nothing waits."""
        return min((queue[0][0] for queue in (self.timer.queue, self.own_queue.queue) if queue), default=None)

    def come_due(self) -> None:
        """Let everything come that is due."""
        for wake_up in self.timer.due(self.now):
            self.signal(wake_up)
        self.settle()

    def turn(self, **length: float) -> None:
        """Let time pass, given as to `timedelta`."""
        self.turn_to(self.now + timedelta(**length))

    def run(self, key: str = "c1", person: str = "u1") -> Run:
        """The run of `key`."""
        found: Run = self.store.get(Ref(Kind.RUN, person, f"{self.rules.id}#{key}")).value
        return found

    def messages(self) -> list[Message]:
        """Every message's row."""
        refs = [ref for ref in self.store.rows if ref.kind is Kind.MESSAGE]
        return [self.store.get(ref).value for ref in refs]

    @property
    def sent(self) -> list[Channel]:
        """The channels of the messages that providers took, in order of hand-off."""
        handed = [
            (message.claimed_at, channel)
            for channel, provider in self.providers.items()
            for message, _ in provider.sent
        ]
        return [channel for _, channel in sorted(handed)]


ADA = {
    "name": "Ada Example",
    "email": "ada@example.com",
    "phone": "+4915550100",
    "timezone": "Europe/London",
    "push": [{"endpoint": "device-1", "platform": "fcm"}],
}


def introduced[W: World](world: W) -> W:
    """The world once it knows Ada, who may be messaged on every channel."""
    allowed = ({"channel": channel, "purpose": "promotional", "status": "granted"} for channel in Channel)
    world.tell(
        make_event("Profile Updated", world.now, ADA),
        *(make_event("Consent Updated", world.now, each) for each in allowed),
    )
    return world

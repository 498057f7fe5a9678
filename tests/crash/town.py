"""All functions, queues that deliver again and in any order, a bus, a timer, providers: in memory, so that faults can
be placed."""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.memory import MemoryBus, MemoryOutbox, MemoryProvider, MemoryStore, MemoryTimer
from nudgekit.errors import NudgekitError
from nudgekit.lambdas import batch as working
from nudgekit.lambdas import person, wiring
from nudgekit.lambdas.onsite import door
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.model.run import Run
from nudgekit.runs.beat import beat_body
from nudgekit.runs.documents import Kind, Ref, Stored
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import wake_up_body
from tests.crash.faults import Broke, Died, Gremlin, Watched
from tests.crash.routing import reached
from tests.functional.deployment import batch
from tests.visit import of_person, request

REDELIVERY = timedelta(seconds=130)
"""How long a queue hides a message whose function failed."""

MOST_DELIVERIES = {"deliver": 20}
"""After so many a queue gives a message up; five where nothing else is said."""

AT_ONCE = 10
MOST_QUESTIONS = 6
DUPLICATES = 0.08
"""The share of what is put on a queue that is delivered twice, the second time up to five minutes later."""

BEAT = timedelta(minutes=1)
Rules = Callable[[str], Rulebook]
React = Callable[[Message], list[dict[str, Any]]]
Happening = Mapping[str, Any] | Callable[["Town"], object]
"""An event for the bus, or something that somebody does to the town."""


def no_reaction(_message: Message) -> list[dict[str, Any]]:
    return []


class QuickStore(MemoryStore):
    """Reads the same bytes once: documents are never changed in place."""

    known: ClassVar[dict[tuple[Kind, bytes], Any]] = {}

    def _stored(self, ref: Ref) -> Stored:
        body, version = self.rows[ref]
        if (ref.kind, body) not in self.known:
            if len(self.known) > 50_000:
                self.known.clear()
            self.known[ref.kind, body] = super()._stored(ref).value
        return Stored(self.known[ref.kind, body], version)


class KeptLetters:
    """The dead-letter queue."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    def put(self, body: str, reason: str) -> None:
        self.letters.append((body, reason))


class OwnQueue:
    """The queue of whichever function is at work, as it puts something there itself."""

    def __init__(self, town: "Town") -> None:
        self.town = town

    def put(self, bodies: Sequence[Mapping[str, Any]], at: datetime | None = None) -> None:
        """See `ports.OwnQueue`."""
        for body in bodies:
            self.town.put(self.town.gremlin.function, body, at)


@dataclass
class Waiting:
    """A record in a queue: how often it was delivered, and from when on it may be again."""

    queue: str
    text: str
    visible: datetime
    deliveries: int = 0


class Town:
    """The whole stack at work on what is put on its bus.

    Args:
        rules: the rules of a trigger, by its id.
        now: the moment at which it begins.
        gremlin: sees every port call.
        seed: decides in which order queues deliver, how batches are cut and what is delivered twice; None: first in,
            first out, and once.
    """

    def __init__(
        self, rules: Callable[[str], Rulebook], now: datetime, gremlin: Gremlin, seed: int | None = None
    ) -> None:
        self.rules, self.now, self.gremlin = rules, now, gremlin
        self.chance = None if seed is None else Random(seed)
        self.absent: frozenset[str] = frozenset()
        self.react: React = no_reaction
        self.when_claimed: Callable[[Town], object] | None = None
        self.store, self.timer, self.outbox, self.bus = QuickStore(), MemoryTimer(), MemoryOutbox(), MemoryBus()
        self.providers = {channel: MemoryProvider(channel) for channel in Channel}
        self.shown: list[Mapping[str, Any]] = []
        self.dead = KeptLetters()
        self.given_up: list[str] = []
        self.waiting: list[Waiting] = []
        self.later: list[tuple[datetime, Happening]] = []
        self.beaten = now - BEAT
        self.heard = dict.fromkeys(Channel, 0)

    def wire(self, patch: pytest.MonkeyPatch) -> None:
        """Put the memory behind the functions' ports; what they say in their logs is another suite's matter."""
        clock = Clock(wall=lambda: self.now)
        providers = {channel: Watched(provider, self.gremlin) for channel, provider in self.providers.items()}
        ports: dict[str, Any] = {"store": self.store, "timer": self.timer, "outbox": self.outbox, "bus": self.bus}
        ports |= {"people": self.store, "alarms": self.timer, "cohorts": self.store, "own_queue": OwnQueue(self)}
        patch.setattr(wiring, "clock", lambda: clock)
        patch.setattr(wiring, "rulebook", self.rules)
        patch.setattr(wiring, "policy", lambda: self.rules("cart_abandonment").policy)
        patch.setattr(wiring, "provider", providers.__getitem__)
        patch.setattr(wiring, "secret", lambda name: name.encode() * 4)
        for name, port in {**ports, "dead_letters": self.dead}.items():
            watched = Watched(port, self.gremlin)
            patch.setattr(wiring, name, lambda watched=watched: watched)
        for module in (working, person, door):
            patch.setattr(module, "tell", list)
        for module in (working, door):
            patch.setattr(module, "tell_failure", str)
        self.forget()

    def forget(self) -> None:
        """What a process that has just started knows: nothing."""
        for each in vars(wiring).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()

    def at(self, moment: datetime, happening: Happening) -> None:
        """Let something happen at `moment`."""
        self.later.append((moment, happening))
        self.later.sort(key=lambda each: each[0])

    def publish(self, event: Mapping[str, Any]) -> None:
        """What the bus's rules do with an event."""
        for function in reached(event):
            if function not in self.absent:
                self.put(function, event)

    def put(self, queue: str, body: Mapping[str, Any], at: datetime | None = None) -> None:
        """Put a record on a queue, which may keep it back until `at`."""
        text, visible = json.dumps(body), max(self.now, at or self.now)
        self.waiting.append(Waiting(queue, text, visible))
        if self.chance and self.chance.random() < DUPLICATES:
            late = timedelta(seconds=self.chance.choice((0, 1, 90, 300)))
            self.waiting.append(Waiting(queue, text, visible + late))

    def live(self) -> None:
        """Let everything happen until nothing is left to happen."""
        while self._work() or self._wait():
            pass

    def _work(self) -> bool:
        """Deliver one batch of one queue."""
        visible = [each for each in self.waiting if each.visible <= self.now]
        if not visible:
            return False
        queue = self.chance.choice(visible).queue if self.chance else visible[0].queue
        batch_size = self.chance.randint(1, AT_ONCE) if self.chance else AT_ONCE
        own = [each for each in visible if each.queue == queue]
        if self.chance:
            self.chance.shuffle(own)
        taken = own[:batch_size]
        failed = self._invoke(queue, taken)
        done = {id(each) for each in taken if each not in failed}
        self.waiting = [each for each in self.waiting if id(each) not in done]
        for each in failed:
            self._hide(each)
        self._carry()
        return True

    def _hide(self, record: Waiting) -> None:
        record.deliveries += 1
        record.visible = self.now + REDELIVERY
        if record.deliveries >= MOST_DELIVERIES.get(record.queue.partition("_")[0], 5):
            self.waiting.remove(record)
            self.given_up.append(record.queue)

    def _invoke(self, queue: str, taken: list[Waiting]) -> list[Waiting]:
        """Invoke a function with what was taken from its queue; answers what must come again."""
        self.gremlin.function = queue
        handler = importlib.import_module(f"functions.{queue}.app").handler
        try:
            answer = handler(batch(*(each.text for each in taken)), None)
        except Died:
            self.forget()
            return taken
        return [taken[int(each["itemIdentifier"])] for each in answer["batchItemFailures"]]

    def ask(self, function: str, question: Mapping[str, Any]) -> Any:
        """Invoke a function as an operator does, who asks again until there is an answer."""
        self.gremlin.function = function
        for _ in range(MOST_QUESTIONS):
            try:
                return importlib.import_module(f"functions.{function}.app").handler(question, None)
            except (Died, Broke, NudgekitError):
                self.forget()
        raise AssertionError(f"there is no answer: {self.gremlin.struck}")

    def visit(self, who: str, *words: str, **answer: str) -> None:
        """Somebody looks at the shop: the page fetches what waits and tells what became of it, until it is answered."""
        headers = of_person(who, self.now, b"ONSITE_KEY_ARN" * 4)
        for line in self._page("GET", "/onsite", headers)["messages"]:
            named = {"handle": line["handle"]}
            message = self._page("POST", "/onsite/claim", headers, named)["message"]
            if message is not None:
                self.shown.append(message)
                for word in words:
                    more = answer if word == "answered" else {}
                    self._page("POST", "/onsite/tell", headers, {**named, "what": word, **more})

    def _page(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
        self.gremlin.function = "onsite"
        for _ in range(MOST_QUESTIONS):
            try:
                answer = importlib.import_module("functions.onsite.app").handler(
                    request(method, path, headers, body), None
                )
            except Died:
                self.forget()
                continue
            if answer["statusCode"] != 503:
                assert answer["statusCode"] == 200, answer
                return json.loads(answer["body"])
        raise AssertionError(f"the page gets no answer: {self.gremlin.struck}")

    def _carry(self) -> None:
        for message in self.outbox.take():
            self.put(f"deliver_{message.channel}", {"message": message._asdict()})
            if self.when_claimed:
                happening, self.when_claimed = self.when_claimed, None
                happening(self)
        for event in self.bus.take():
            self.publish(event)
        for channel, provider in self.providers.items():
            for taken, _ in provider.sent[self.heard[channel] :]:
                for body in self.react(taken):
                    self.put("delivery_feedback", body)
            self.heard[channel] = len(provider.sent)

    def _wait(self) -> bool:
        """Move on to the next moment at which something happens; a beat goes ahead of it."""
        moments = [moment for moment, _ in (*self.later[:1], *self.timer.queue[:1])]
        moments += [each.visible for each in self.waiting]
        if not moments:
            return False
        moment = max(self.now, min(moments))
        if moment - self.beaten > BEAT:
            self.now = max(self.now, moment - BEAT / 2)
            self.beaten = self.now
            self.put("project_profile", beat_body(self.now))
            return True
        self.now = moment
        while self.later and self.later[0][0] <= self.now:
            happening = self.later.pop(0)[1]
            self.publish(happening) if isinstance(happening, Mapping) else happening(self)
        for wake_up in self.timer.due(self.now):
            self.put(wake_up.trigger, wake_up_body(wake_up))
        return True

    def rows(self, kind: Kind) -> Iterator[Any]:
        """Every document of a kind."""
        return (self.store.get(ref).value for ref in list(self.store.rows) if ref.kind is kind)

    def runs(self) -> list[Run]:
        """Every run."""
        return list(self.rows(Kind.RUN))

    def messages(self) -> list[Message]:
        """Every message's row."""
        return list(self.rows(Kind.MESSAGE))

    def taken(self) -> list[Message]:
        """All messages that providers took, each as often as they took it."""
        return [message for provider in self.providers.values() for message, _ in provider.sent]

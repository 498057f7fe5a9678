"""All functions, queues that deliver again, a bus, a timer, providers: in memory, so that faults can be placed."""

import importlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.memory import MemoryBus, MemoryOutbox, MemoryProvider, MemoryStore, MemoryTimer
from nudgekit.lambdas import wiring
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import wake_up_body
from tests.crash.faults import Died, Gremlin, Watched
from tests.functional.deployment import batch

REDELIVERY = timedelta(seconds=130)
"""How long a queue hides a message whose function failed."""

MOST_DELIVERIES = 5
TRIGGER = "cart_abandonment"
START_EVENTS = {"Product Added", "Checkout Started"}


class KeptLetters:
    """The dead-letter queue."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    def put(self, body: str, reason: str) -> None:
        self.letters.append((body, reason))


class Town:
    """The whole stack at work on what is put on its bus.

    Args:
        rules: the trigger's rules.
        now: the moment at which it begins.
        gremlin: sees every port call.
        react: what people and providers make of a message that was taken: bodies for delivery_feedback.
    """

    def __init__(
        self,
        rules: Rulebook,
        now: datetime,
        gremlin: Gremlin,
        react: Callable[[Message], list[dict[str, Any]]] = lambda message: [],
    ) -> None:
        self.rules, self.now, self.gremlin, self.react = rules, now, gremlin, react
        self.store, self.timer, self.outbox, self.bus = MemoryStore(), MemoryTimer(), MemoryOutbox(), MemoryBus()
        self.providers = {channel: MemoryProvider(channel) for channel in Channel}
        self.dead = KeptLetters()
        self.queues: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.later: list[tuple[datetime, Mapping[str, Any]]] = []
        self.heard = dict.fromkeys(Channel, 0)

    def wire(self, patch: pytest.MonkeyPatch) -> None:
        """Put the memory behind the functions' ports."""
        clock = Clock(wall=lambda: self.now)
        patch.setattr(wiring, "clock", lambda: clock)
        patch.setattr(wiring, "rulebook", lambda trigger: self.rules)
        patch.setattr(wiring, "provider", lambda channel: Watched(self.providers[channel], self.gremlin))
        for name, port in {
            "store": self.store,
            "timer": self.timer,
            "outbox": self.outbox,
            "bus": self.bus,
            "dead_letters": self.dead,
        }.items():
            watched = Watched(port, self.gremlin)
            patch.setattr(wiring, name, lambda watched=watched: watched)
        for each in (wiring.conductor, wiring.hand_off):
            each.cache_clear()

    def at(self, moment: datetime, event: Mapping[str, Any]) -> None:
        """Let `event` happen at `moment`."""
        self.later.append((moment, event))
        self.later.sort(key=lambda each: each[0])

    def publish(self, event: Mapping[str, Any]) -> None:
        """What the bus's rules do with an event."""
        body = json.dumps(event)
        self.queues["project_profile"].append((body, 1))
        if event["detail-type"] in START_EVENTS or event["detail"].get("trigger") == TRIGGER:
            self.queues[TRIGGER].append((body, 1))

    def live(self) -> None:
        """Let everything happen until nothing is left to happen."""
        while self._work() or self._wait():
            pass

    def _work(self) -> bool:
        for name in [name for name, queue in self.queues.items() if queue]:
            taken, self.queues[name] = self.queues[name][:10], self.queues[name][10:]
            for text, count in self._invoke(name, taken):
                assert count < MOST_DELIVERIES, f"{name} gave up on {text}"
                self.queues[name].append((text, count + 1))
            self._carry()
            return True
        return False

    def _invoke(self, name: str, taken: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Invoke a function with what was taken from its queue; answers what must come again."""
        handler = importlib.import_module(f"functions.{name}.app").handler
        try:
            answer = handler(batch(*(text for text, _ in taken)), None)
        except Died:
            self.now += REDELIVERY
            return taken
        failed = [taken[int(each["itemIdentifier"])] for each in answer["batchItemFailures"]]
        self.now += REDELIVERY if failed else timedelta(0)
        return failed

    def _carry(self) -> None:
        for message in self.outbox.take():
            self.queues[f"deliver_{message.channel}"].append((json.dumps({"message": message._asdict()}), 1))
        for event in self.bus.take():
            self.publish(event)
        for channel, provider in self.providers.items():
            for taken, _ in provider.sent[self.heard[channel] :]:
                self.queues["delivery_feedback"].extend((json.dumps(body), 1) for body in self.react(taken))
            self.heard[channel] = len(provider.sent)

    def _wait(self) -> bool:
        """Move on to the next moment at which something happens."""
        moments = [moment for moment, _ in (*self.later[:1], *self.timer.queue[:1])]
        if not moments:
            return False
        self.now = max(self.now, min(moments))
        while self.later and self.later[0][0] <= self.now:
            self.publish(self.later.pop(0)[1])
        self.queues[TRIGGER].extend((json.dumps(wake_up_body(each)), 1) for each in self.timer.due(self.now))
        return True

    def rows(self, kind: Kind) -> Iterator[Any]:
        """Every document of a kind."""
        return (self.store.get(ref).value for ref in list(self.store.rows) if ref.kind is kind)

    def runs(self) -> list[Run]:
        """Every run."""
        return list(self.rows(Kind.RUN))

    def taken(self) -> list[str]:
        """The ids of all messages that providers took, each as often as they took it."""
        return [message.id for provider in self.providers.values() for message, _ in provider.sent]

"""One shopper's story on the real handlers, told step by step."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import load_book
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind, Ref, run_ref
from nudgekit.runs.signals import wake_up_body
from tests.stateful.life import book
from tests.stateful.model import RULES
from tests.yard import Sent, Yard

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
"""A Wednesday; 14:00 where Ann is, in Berlin."""

ANN = {
    "name": "Ann",
    "email": "ann@example.com",
    "phone": "+4930123450",
    "timezone": "Europe/Berlin",
    "push": [{"endpoint": "device-ann", "platform": "fcm"}],
}


class Play:
    """The functions, with everything that travels between them."""

    def __init__(self, patch: pytest.MonkeyPatch, now: datetime = NOON, rules: Path | None = None) -> None:
        shop = load_book(rules) if rules else book()
        self.patch, self.yard, self.number = patch, Yard(shop, shop.ids if rules else RULES, now), 0
        self.yard.wire(patch)
        self.held: set[str] = set()
        self.waiting: list[tuple[str, str]] = []

    @property
    def now(self) -> datetime:
        return self.yard.now

    def knows(self, person: str = "ann", without: Iterable[str] = (), **traits: Any) -> None:
        """Somebody is known and allows everything on every channel."""
        given = {name: value for name, value in {**ANN, **traits}.items() if name not in set(without)}
        self.happens("Profile Updated", person, self.now - timedelta(hours=1), **given)
        for channel in Channel:
            self.says(channel, "granted", person, at=self.now - timedelta(hours=1))

    def says(self, channel: str, status: str, person: str = "ann", at: datetime | None = None, **more: Any) -> None:
        self.happens("Consent Updated", person, at, channel=channel, status=status, **more)

    def fills(self, person: str = "ann", at: datetime | None = None, **changes: Any) -> None:
        """A cart worth a message."""
        mug = {"cart_id": "c1", "product_id": "mug", "name": "Mug", "price": "45.00", "quantity": 1, "currency": "EUR"}
        self.happens("Product Added", person, at, **{**mug, **changes})

    def buys(self, person: str = "ann", at: datetime | None = None, **changes: Any) -> None:
        self.happens("Order Completed", person, at, **{"cart_id": "c1", "order_id": "o1", **changes})

    def happens(self, what: str, person: str = "ann", at: datetime | None = None, /, **properties: Any) -> None:
        """Something happens, now or as heard of now, and travels as far as it can."""
        self.number += 1
        detail = {
            "message_id": f"e{self.number}",
            "user_id": person,
            "timestamp": (at or self.now).isoformat(),
            "properties": properties,
        }
        self.publish({"source": "shop", "detail-type": what, "detail": detail})

    def publish(self, event: dict[str, Any]) -> None:
        self.waiting += [(function, json.dumps(event)) for function in self.yard.listeners(event)]
        self.settle()

    def hold(self, function: str) -> None:
        """The queue of a function stands still."""
        self.held.add(function)

    def release(self, function: str) -> None:
        self.held.discard(function)
        self.settle()

    def settle(self) -> None:
        """Let everything travel until all is quiet."""
        for _ in range(500):
            self._collect()
            ready = [task for task in self.waiting if task[0] not in self.held]
            if not ready:
                return
            self.waiting.remove(ready[0])
            if self.yard.invoke(*ready[0]):
                self.waiting.append(ready[0])
                self.yard.now += timedelta(seconds=130)
        raise AssertionError(f"it never comes to rest: {self.yard.failures[-3:]}")

    def _collect(self) -> None:
        self.waiting += [(each.trigger, json.dumps(wake_up_body(each))) for each in self.yard.timer.due(self.now)]
        for message in self.yard.outbox.take():
            self.waiting.append((f"deliver_{message.channel}", json.dumps({"message": message._asdict()})))
        for event in self.yard.bus.take():
            self.waiting += [(function, json.dumps(event)) for function in self.yard.listeners(event)]

    def turn(self, **length: float) -> None:
        """Let time pass, with every wake-up on the way."""
        until = self.now + timedelta(**length)
        self.settle()
        while self.yard.timer.queue and self.yard.timer.queue[0][0] <= until:
            self.yard.now = max(self.now, self.yard.timer.queue[0][0])
            self.settle()
        self.yard.now = max(self.now, until)
        self.settle()

    def sent(self, trigger: str = "") -> list[Sent]:
        """What providers were asked to send."""
        return [call for call in self.yard.calls if not trigger or call.message.trigger == trigger]

    def channels(self, trigger: str = "") -> list[str]:
        return [str(call.message.channel) for call in self.sent(trigger)]

    def run(self, trigger: str = "basket", key: str = "c1", person: str = "ann") -> Run:
        found: Run = self.yard.store.get(run_ref(person, trigger, key)).value
        return found

    def rows(self, kind: Kind) -> list[Any]:
        return [self.yard.store.get(ref).value for ref in list(self.yard.store.rows) if ref.kind is kind]

    def message(self, person: str = "ann") -> Message:
        """The last message that was claimed."""
        run = self.run(person=person)
        found: Message = self.yard.store.get(Ref(Kind.MESSAGE, person, run.attempts[-1].message)).value
        return found

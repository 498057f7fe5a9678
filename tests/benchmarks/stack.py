"""The deployed local stack under load: from the event on the bus to the provider's call.

Everything runs on this one machine, the emulator included, so what counts is busy time: from the first event to empty
queues, and from the moment all runs are due to the last provider's call. The rule's own wait between them is not work.
"""

import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import batched, count
from statistics import quantiles
from typing import Any, Final

from nudgekit.adapters.clock import Clock
from nudgekit.cli.formats.parts import Event, event
from nudgekit.cli.local import lifecycle, paths
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.base import Channel
from tests.benchmarks.table import Row

PEOPLE: Final = 300
WARM_UP: Final = 60
FACTOR: Final = 90
"""Half an hour of the rule's time is twenty seconds here: longer than arming all runs takes."""

WAIT: Final = timedelta(minutes=30)
HOLDOUT: Final = 0.05
PATIENCE: Final = 150.0
"""Seconds after which a stage that is not done has failed."""

BUDGET: Final = 300
PARCELVOY: Final = (101, 115)
"""Events a second, end to end, as measured on the same kind of machine before; cited, not run again."""


def rows() -> Iterator[Row]:
    """Bring a stack up, warm it, load it, take it down."""
    with fresh_stack() as stack:
        load = Load(stack)
        load.lifetimes(load.people(WARM_UP))
        bare = PEOPLE / load.bare(PEOPLE)
        folding = PEOPLE / load.folding(load.people(PEOPLE))
        arming_s, deciding_s = load.lifetimes(load.people(PEOPLE))
        late = load.lateness()
    whole = PEOPLE / (arming_s + deciding_s)
    low, high = PARCELVOY
    yield Row("stack: queue to a function that does nothing", _rate(bare), "1")
    yield Row("stack: project_profile alone", _rate(folding), f"{folding / bare:.2f} x")
    yield Row("stack: start events folded and armed", _rate(PEOPLE / arming_s), f"{PEOPLE / arming_s / bare:.2f} x")
    yield Row("stack: due runs to provider calls", _rate(PEOPLE / deciding_s), f"{PEOPLE / deciding_s / bare:.2f} x")
    yield Row(
        "stack: event, decision, provider call",
        _rate(whole),
        f"{whole / bare:.2f} x; {whole / high:.2f} to {whole / low:.2f} x Parcelvoy's {low} to {high}/s",
        f"{BUDGET}/s",
        whole >= BUDGET,
    )
    yield _lateness_row(late)


def _lateness_row(late_s: Sequence[float]) -> Row:
    """The wall's seconds from the moment a run asked to be woken to its decision, all runs due at the same moment."""
    cuts = quantiles(late_s, n=100)
    return Row("stack: wake-ups acted on after their time", f"p99 {cuts[98]:.1f} s", f"median {cuts[49]:.1f} s")


def _rate(a_second: float) -> str:
    return f"{a_second:,.0f}/s"


@contextmanager
def fresh_stack() -> Iterator[Stack]:
    """The local stack under a fast clock, brought up and taken down again."""
    root = paths.project()
    stack = lifecycle.up(root, lambda ready: Clock(ready, ready, FACTOR))
    try:
        yield stack
    finally:
        lifecycle.down(root)


class Load:
    """Puts events on the stack and waits until it is done with them."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.bus = stack, client("events", stack.aws)
        self.sqs = client("sqs", stack.aws)
        urls = self.sqs.list_queues(QueueNamePrefix="nudgekit-local")["QueueUrls"]
        self.queues = [url for url in urls if not _is_dead_letters(url)]
        self.dead_letters = [url for url in urls if _is_dead_letters(url)]
        self.feedback = next(url for url in self.queues if "feedback" in url.lower())
        self.numbers = count()

    def people(self, number: int, segments: Sequence[str] = ()) -> list[str]:
        """So many new people outside the holdout, known to the shop, of these segments, and open to mail."""
        names = (f"bench-{each}" for each in self.numbers)
        found = [next(name for name in names if _is_included(name)) for _ in range(number)]
        yesterday = self.now() - timedelta(days=1)
        self.put([each for name in found for each in _introduction(name, yesterday, segments)])
        self.until_quiet()
        return found

    def bare(self, number: int) -> float:
        """Seconds that a function takes for messages which it has nothing to do for."""
        nothing = json.dumps(
            {"source": "aws.ses", "detail-type": "Email Sent", "detail": {"eventType": "Send", "mail": {"tags": {}}}}
        )
        begun = time.monotonic()
        for numbers in batched(range(number), 10):
            entries = [{"Id": str(each), "MessageBody": nothing} for each in numbers]
            self.sqs.send_message_batch(QueueUrl=self.feedback, Entries=entries)
        return self.until_quiet() - begun

    def folding(self, people: list[str]) -> float:
        """Seconds from the first event to the last one folded, for events that no trigger waits for."""
        begun = time.monotonic()
        self.put([shop_event("Product Viewed", name, self.now()) for name in people])
        return self.until_quiet() - begun

    def lifetimes(self, people: list[str]) -> tuple[float, float]:
        """Seconds to fold and arm everybody's start event, and seconds from due runs to the last provider's call."""
        begun, at = time.monotonic(), self.now()
        self.put([shop_event("Product Added", name, at) for name in people])
        arming = self.until_quiet() - begun
        due = self.stack.clock.to_real(at + WAIT)
        if (left := (due - datetime.now(UTC)).total_seconds()) < 0:
            raise TimeoutError(f"arming took {-left:.0f} s longer than the rule waits: choose fewer people")
        time.sleep(left + 2)  # a schedule fires within a second of its time
        self.until_quiet()
        calls = self.provider_calls(set(people)).values()
        if len(calls) != len(people) or self._waiting(self.dead_letters):
            raise RuntimeError(f"{len(calls)} of {len(people)} people were messaged; look at `nudgekit logs`")
        return arming, (max(calls) - due).total_seconds()

    def lateness(self) -> list[float]:
        """How many of the wall's seconds after its time each wake-up was acted on, from the function's metric."""
        group = self.stack.outputs["CartAbandonmentLogGroupName"]
        reader = client("logs", self.stack.aws).get_paginator("filter_log_events")
        pages = reader.paginate(logGroupName=group, filterPattern='"lateness"')
        lines = (line for page in pages for line in page["events"])
        found = [json.loads(line["message"]) for line in lines if line["message"].startswith("{")]
        return [value / 1000 / FACTOR for line in found for value in line.get("lateness", ())]

    def provider_calls(self, people: set[str]) -> dict[str, datetime]:
        """When the provider was called for each of these people, by the wall; what waits on a page is no call."""
        with urllib.request.urlopen(f"{self.stack.sink}/feed", timeout=60) as answer:  # our loopback
            messages = json.load(answer)["messages"]
        calls = (each for each in messages if each["person"] in people and each["channel"] != Channel.ONSITE)
        return {each["person"]: self.stack.clock.to_real(datetime.fromisoformat(each["at"])) for each in calls}

    def now(self) -> datetime:
        """The engine's moment."""
        return self.stack.clock.now()

    def put(self, events: list[Event]) -> None:
        """Put events on the bus."""
        at_once(self.bus, self.stack.outputs[BUS], events, lambda _: None)

    def until_quiet(self) -> float:
        """Waits until every queue has been empty for a second; gives the moment at which that began."""
        deadline = time.monotonic() + PATIENCE
        quiet_since = None
        while quiet_since is None or time.monotonic() - quiet_since < 1:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the queues are not empty after {PATIENCE:.0f} s")
            now = time.monotonic()
            quiet_since = None if self._waiting(self.queues) else quiet_since or now
            time.sleep(0.1)
        return quiet_since

    def _waiting(self, queues: list[str]) -> int:
        return sum(self._depth(url) for url in queues)

    def _depth(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)


def _is_included(person: str) -> bool:
    """Whether neither of the two triggers that are measured holds the person out."""
    return all(place_of(trigger, person) >= HOLDOUT for trigger in ("cart_abandonment", "flash_sale"))


def _is_dead_letters(url: str) -> bool:
    return "deadletter" in url.lower() or "dlq" in url.lower()


def _introduction(person: str, at: datetime, segments: Sequence[str]) -> Iterator[Event]:
    known = {"name": "Ada Example", "email": f"{person}@example.com", "segments": [*segments]}
    yield _event("Profile Updated", person, at, known)
    yield _event("Consent Updated", person, at, {"channel": "email", "status": "granted"})


def shop_event(name: str, person: str, at: datetime) -> Event:
    """Something that somebody does with a lamp."""
    item = {"product_id": "sku-1", "name": "Brass lamp", "price": "42.00", "currency": "EUR"}
    return _event(name, person, at, {**item, "cart_id": f"cart-{person}"})


def _event(name: str, person: str, at: datetime, properties: dict[str, Any]) -> Event:
    mark = f"{name}-{person}-{at.timestamp()}".replace(" ", "-")
    return event("benchmark", name, {"user_id": person}, at, message_id=mark, properties=properties)

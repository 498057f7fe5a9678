"""A flash sale to many people: how many one core asks, decides and hands over, and what that costs.

The engine and its AWS adapters work on boto3 clients whose requests are answered at once (`wire`). A step's time is the
processor's; what the network takes comes on top of it, and is assumed below, not measured.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import batched, count, islice
from pathlib import Path
from time import process_time
from typing import Final, NamedTuple

from nudgekit import load_book
from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.eventbridge import EventBus
from nudgekit.adapters.push_sns import SnsPush
from nudgekit.adapters.scheduler import SchedulerTimer, Target
from nudgekit.adapters.sqs import QueueOutbox, SqsOwnQueue
from nudgekit.adapters.timer import NearAndFar
from nudgekit.decide.gates.holdout import place_of
from nudgekit.language.policy import Policy
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.profile import Endpoint, Profile
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.operation import fold_to
from nudgekit.runs.ports import MessageRef, Ports
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import read_signal
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression
from tests.benchmarks.lanes import concurrency
from tests.benchmarks.prices import cost
from tests.benchmarks.table import Row
from tests.benchmarks.wire import TABLES, Wire
from tests.functional.deployment import fixture

NOW: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
PEOPLE: Final = 3200
HOLDOUT: Final = 0.05
DECIDED: Final = 600
BATCH: Final = 10
"""Records of a queue that a function is given at once."""

MILLION: Final = 1_000_000
MINUTES: Final = 10
CPU: Final = 512 / 1769
"""The share of a core that a function of 512 MB has: AWS gives a whole one at 1,769 MB."""

WAITS: Final[Mapping[str, float]] = {
    "BatchGetItem": 0.006, "Query": 0.008, "PutItem": 0.005, "UpdateItem": 0.005, "TransactWriteItems": 0.012,
    "SendMessage": 0.008, "SendMessageBatch": 0.010, "CreateSchedule": 0.025, "Publish": 0.030, "PutEvents": 0.015,
}  # fmt: skip
"""Assumed, not measured: seconds that a call within a region waits for its answer."""

MEMORY_GB: Final = 0.5


class Measured(NamedTuple):
    """One step of the way, for one person."""

    cpu: float
    calls: Counter[str]
    units: Counter[str]

    @property
    def wait(self) -> float:
        """Seconds that its calls wait for their answers."""
        return sum(WAITS[name.partition(":")[2]] * times for name, times in self.calls.items())

    @property
    def seconds(self) -> float:
        """How long a function takes for one person."""
        return self.cpu / CPU + self.wait

    @property
    def concurrency(self) -> float:
        """How many functions take a million people in ten minutes."""
        return self.seconds * MILLION / (MINUTES * 60)

    def amounts(self, people: int, invocations: float) -> dict[str, float]:
        """What so many people cost, by the names of `prices`; with so many invocations for a person."""
        polled = 3 * invocations  # a batch is received and deleted, and waited for about once more
        heard = self.units["events"]  # each event on the bus is put onto the trigger's queue by it
        sent = self.calls["sqs:SendMessage"] + self.calls["sqs:SendMessageBatch"]
        each = {
            "read units": self.units["read"],
            "write units": self.units["write"],
            "queue requests": sent + polled + heard,
            "bus events": self.units["events"],
            "schedules": self.calls["scheduler:CreateSchedule"],
            "invocations": invocations,
            "GB seconds": self.seconds * MEMORY_GB,
            "publish requests": self.calls["sns:Publish"],
            "pushes": self.calls["sns:Publish"],
        }
        return {name: amount * people for name, amount in each.items()}


class Everybody(Rulebook):
    """The shipped rule, at an hour without quiet hours and with nobody stopped for reaching many."""

    @cached_property
    def policy(self) -> Policy:
        return replace(super().policy, freshness=None)


class Sale:
    """A sale to `PEOPLE`, on the wire."""

    def __init__(self) -> None:
        self.now = NOW
        self.wire, clock = Wire(), Clock(wall=lambda: self.now)
        self.rules = Everybody(load_book(Path("rules")), "flash_sale")
        self.store = DynamoStore(self.wire.client("dynamodb"), TABLES, clock)
        self.people = Snapshot(self.store)
        sqs = self.wire.client("sqs")
        inbox = SqsOwnQueue(sqs, "https://own", clock)
        target = Target("arn:aws:sqs:eu-west-1:1:own", "arn:aws:iam::1:role/s", "arn:aws:sqs:eu-west-1:1:dead", "group")
        timer = NearAndFar(inbox, SchedulerTimer(self.wire.client("scheduler"), target, clock), clock)
        outbox = QueueOutbox(sqs, {channel: f"https://{channel}" for channel in OUTGOING})
        ports = Ports(self.store, timer, outbox, self.store, inbox)
        self.conductor = Conductor(self.rules, ports, suppression=Suppression(b"k" * 32))
        self.bus = EventBus(self.wire.client("events"), "bus")
        self.push = SnsPush(self.wire.client("sns"))
        names = map("person-{:07}".format, count())
        for person in islice((name for name in names if place_of("flash_sale", name) >= HOLDOUT), PEOPLE):
            self._introduce(person)
        fold_to(self.store, NOW)

    def _introduce(self, person: str) -> None:
        profile = Profile(
            name="Ada Example", email=f"{person}@example.com", locale="en-GB", country="GB", timezone="Europe/London",
            push={f"arn:aws:sns:eu-west-1:1:endpoint/GCM/app/{person}": Endpoint(1, "android")},
        )  # fmt: skip
        said = Consent().heard(Evidence(channel=Channel.PUSH, status=Status.GRANTED, at=NOW, event_id="e"))
        known = (Put(Ref(Kind.PROFILE, person), profile, 0), Put(Ref(Kind.CONSENT, person), said, 0))
        self.people.commit(known)

    def measured(self, work: Callable[[], int]) -> Measured:
        """What `work` took for each of the people it says it was for."""
        self.wire.calls.clear()
        self.wire.units.clear()
        begun = process_time()
        people = work()
        cpu = (process_time() - begun) / people
        return Measured(cpu, _each(self.wire.calls, people), _each(self.wire.units, people))

    def ask(self) -> int:
        """Everybody is asked: a start for each of them stands on the trigger's queue."""
        self._conduct([json.dumps(fixture("flash_sale/start"))])
        while queued := self.wire.queues.pop("https://own", []):
            self.starts += [body for body in queued if '"wave"' not in body]
            self.now += timedelta(seconds=2)
            self._conduct([body for body in queued if '"wave"' in body])
        return len(self.starts)

    @cached_property
    def starts(self) -> list[str]:
        """The starts, as the queue has them."""
        return []

    def decide(self) -> int:
        """The first of them are decided, and their messages queued."""
        self._conduct(self.starts[:DECIDED])
        return DECIDED

    def _conduct(self, bodies: list[str]) -> None:
        for some in batched(bodies, BATCH):
            signals = [read_signal(json.loads(body), self.now, len(body)) for body in some]
            snapshot = self.conductor.read(signals)
            for signal in signals:
                self.conductor.conduct(signal, snapshot, self.now)
            self.conductor.finish(snapshot, self.now)

    def deliver(self) -> int:
        """Their messages are handed to the provider, and the bus hears of it."""
        queued = self.wire.queues.pop("https://push")
        handing = HandOff(lambda _: self.rules, self.store, self.push, timedelta(minutes=1))
        for some in batched(queued, BATCH):
            refs = [MessageRef(**json.loads(body)["message"]) for body in some]
            snapshot = handing.read(refs)
            news = [event for ref in refs for event in handing.hand_off(ref, snapshot, self.now).events]
            self.heard += [json.dumps(each, default=str) for each in news]
            self.bus.publish(news)
        return len(queued)

    @cached_property
    def heard(self) -> list[str]:
        """What the bus tells of the messages."""
        return []

    def hear(self) -> int:
        """The trigger hears that they were handed over."""
        self._conduct(self.heard)
        return len(self.heard)


def _each(counts: Counter[str], people: int) -> Counter[str]:
    return Counter({name: times / people for name, times in counts.items()})


def rows() -> Iterator[Row]:
    """What a sale to a million people takes, step by step, and what it costs."""
    sale = Sale()
    bare = sale.measured(lambda: _bare(sale))
    steps = {
        "asking": sale.measured(sale.ask),
        "deciding": sale.measured(sale.decide),
        "handing over": sale.measured(sale.deliver),
        "hearing of it": sale.measured(sale.hear),
    }
    for name, step in steps.items():
        yield Row(
            f"fan-out, {name}: people a core",
            f"{1 / step.cpu:,.0f}/s",
            f"{step.cpu / bare.cpu:.2f} x a bare PutItem by boto3",
        )
        yield Row(f"fan-out, {name}: calls a person", _said(step.calls), f"{sum(step.calls.values()):.2f} in all")
    for name, step in steps.items():
        yield Row(
            f"fan-out, {name}: people a function of 512 MB",
            f"{1 / step.seconds:,.1f}/s",
            f"{step.cpu / CPU * 1000:.1f} ms at work, {step.wait * 1000:.1f} ms assumed waiting, a person",
        )
    yield from _in_ten_minutes(steps)
    yield from _cost(steps)


def _bare(sale: Sale) -> int:
    for number in range(500):
        sale.store.client.put_item(TableName="Profiles", Item={"pk": {"S": f"bare-{number}"}, "sk": {"S": "BARE"}})
    return 500


def _said(calls: Counter[str]) -> str:
    return ", ".join(f"{times:.3g} {name.partition(':')[2]}" for name, times in sorted(calls.items()))


def _in_ten_minutes(steps: Mapping[str, Measured]) -> Iterator[Row]:
    decide = sum(step.concurrency for name, step in steps.items() if name != "handing over")
    deliver, lanes = steps["handing over"].concurrency, concurrency()
    for what, wanted, configured in (
        ("the trigger", decide, lanes["Ask"]),
        ("the bulk lane of push", deliver, lanes["PushBulk"]),
    ):
        yield Row(
            f"fan-out: functions of {what} that take a million in {MINUTES} minutes",
            f"{wanted:.0f}",
            f"{wanted / configured:.2f} x the {configured} of stage prod",
            f"at most {configured}",
            wanted <= configured,
        )


def _cost(steps: Mapping[str, Measured]) -> Iterator[Row]:
    batches = {"asking": 1 / 2000, "deciding": 1 / BATCH, "handing over": 1 / BATCH, "hearing of it": 1 / BATCH}
    dollars = {name: cost(step.amounts(MILLION, batches[name])) for name, step in steps.items()}
    by_step = ", ".join(f"{name} ${sum(each.values()):.2f}" for name, each in dollars.items())
    whole = sum((Counter(each) for each in dollars.values()), Counter[str]())
    by_kind = ", ".join(f"{name} ${amount:.2f}" for name, amount in whole.most_common() if amount >= LEAST)
    yield Row("fan-out: a million pushes, logs apart", f"${sum(whole.values()):.2f}", f"{by_step}")
    yield Row("fan-out: the same by what is paid for", by_kind, "prices and their sources: prices.py")


LEAST: Final = 0.01
"""US dollars that are worth a word."""

"""How long reminders of carts take while a sale goes to many people, beside how long they take alone.

The real handlers work on the account of `account`: every piece of work costs the processor's time that it took here, at
the share of a core that a function has, and the waiting that `fan_out` assumes for a call. A reminder's time runs from
its wake-up on the trigger's queue to the call of the provider. What the lanes are for shows in the same play without
them: each is then served together with the one beside it, by the functions of both.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from datetime import timedelta
from functools import cache, partial
from io import StringIO
from itertools import count, islice
from statistics import median, quantiles
from typing import Any, Final, NamedTuple

import pytest
from aws_lambda_powertools.logging import Logger

from nudgekit.decide.gates.holdout import place_of
from nudgekit.lambdas import observability
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.profile import Endpoint, Profile
from nudgekit.runs.beat import beat_body
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.snapshot import Snapshot
from tests.benchmarks.account import Account, Record
from tests.benchmarks.fan_out import CPU, MILLION, NOW, WAITS
from tests.benchmarks.prices import cost
from tests.benchmarks.table import Row
from tests.functional.deployment import fixture

STAGE: Final = os.environ.get("NUDGEKIT_BESIDE_STAGE", "dev")
"""Whose concurrency is played. That of prod takes more people, or the sale is over before it is noticed."""

FOLDERS: Final = ("project_profile", "cart_abandonment", "flash_sale", "deliver_push", "deliver_email")
WAIT: Final = 1800.0
"""Seconds that the rule of cart_abandonment waits."""

PATIENCE: Final = 1200.0
"""Seconds after the sale's beginning at which everything must be through."""

GROUP: Final = "sale"
CALLS: Final = {"Publish", "SendEmail"}
WAITING: Final = {**WAITS, "SendEmail": 0.05}
"""Assumed, not measured, as in `fan_out`."""


class Scene(NamedTuple):
    """What is played.

    Attributes:
        channel: where everybody can be reached.
        people: whom the sale goes to.
        carts: how many come due, from the sale's beginning on.
        a_second: how many of them in a second.
    """

    channel: Channel
    people: int
    carts: int
    a_second: float

    @property
    def bulk(self) -> dict[str, str]:
        """Without the bulk lane: its queue is the channel's own."""
        name = self.channel.name.title()
        return {f"Deliver{name}BulkQueue": f"Deliver{name}Queue"}

    @property
    def shoppers(self) -> list[str]:
        """Who leaves a cart: nobody who is held out, and nobody of the sale's group."""
        return _included("cart_abandonment", "cart-{:05}", self.carts)

    @property
    def group(self) -> list[str]:
        """The sale's group: nobody who is held out."""
        return _included("flash_sale", "person-{:07}", self.people)


def _included(trigger: str, form: str, number: int) -> list[str]:
    names = map(form.format, count())
    return [*islice((name for name in names if place_of(trigger, name) >= HOLDOUT), number)]


HOLDOUT: Final = 0.05
MANY: Final = int(os.environ.get("NUDGEKIT_BESIDE_PEOPLE", "1000"))
SCENES: Final = (Scene(Channel.PUSH, MANY, 120, 10.0), Scene(Channel.EMAIL, MANY // 4, 60, 2.0))
ONE_TRIGGER_QUEUE: Final = {"FlashSaleQueue": "CartAbandonmentQueue"}


class Times(NamedTuple):
    """How long reminders took, in seconds, and what happened besides.

    Attributes:
        decided: from wake-up to the message on its channel's queue.
        whole: from wake-up to the provider's call.
        sold: seconds from the sale's beginning to each of its messages.
        refused: writes that lost a race, by kind of item.
        logged: bytes of log lines and metrics that the functions wrote.
        uncounted: batches whose people the safety limit did not hear of.
    """

    decided: tuple[float, ...]
    whole: tuple[float, ...]
    sold: tuple[float, ...]
    refused: Counter[str]
    logged: int
    uncounted: int


class Logs(StringIO):
    """Where log lines and metrics go: only their length is kept, and how many batches could not be counted.

    Such a batch lost every race for a count that the safety limit goes by: see `runs.safety`.
    """

    size = uncounted = 0

    def write(self, text: str) -> int:
        """See `StringIO`."""
        self.size += len(text.encode())
        self.uncounted += text.count('"outcome":"uncounted"')
        return len(text)


LOGS: Final = Logs()


@cache
def _logger() -> Logger:
    return Logger(service="beside", stream=LOGS)


class Known(NamedTuple):
    """Everybody, as the tables have them."""

    items: dict[Any, Any]
    parts: dict[Any, Any]


def known(scene: Scene) -> Known:
    """Tables with the people of the sale's group, and those who will leave a cart."""
    account = Account((), STAGE, WAITING, CPU, NOW)
    tables = Snapshot(account.store())
    for person in scene.group:
        _introduce(tables, person, scene.channel, GROUP)
    for person in scene.shoppers:
        _introduce(tables, person, scene.channel)
    return Known(account.wire.items, account.wire.parts)


def _introduce(tables: Snapshot, person: str, channel: Channel, *segments: str) -> None:
    endpoint = {f"arn:aws:sns:eu-west-1:1:endpoint/GCM/app/{person}": Endpoint(1, "android")}
    reached = {"push": endpoint} if channel is Channel.PUSH else {"email": f"{person}@example.com"}
    profile = Profile(
        name="Ada Example", locale="en-GB", country="GB", timezone="Europe/London",
        segments=frozenset(segments), **reached,
    )  # fmt: skip
    said = Consent().heard(Evidence(channel=channel, status=Status.GRANTED, at=NOW, event_id="e"))
    tables.commit((Put(Ref(Kind.PROFILE, person), profile, 0), Put(Ref(Kind.CONSENT, person), said, 0)))


class Play:
    """Carts are left, half an hour passes, and the reminders go out: alone, or while a sale begins."""

    def __init__(self, scene: Scene, everybody: Known, sale: bool, together: Mapping[str, str]) -> None:
        begins = NOW - timedelta(seconds=WAIT)
        self.scene, self.account = scene, Account(FOLDERS, STAGE, WAITING, CPU, begins, together)
        self.account.wire.items.update(everybody.items)
        self.account.wire.parts.update({part: list(ranks) for part, ranks in everybody.parts.items()})
        self.woken: dict[str, float] = {}
        self.queued: dict[str, float] = {}
        self.handed: dict[str, float] = {}
        self.account.on_queue, self.account.on_call = self._on_queue, self._on_call
        self._lay_out(sale)

    def _lay_out(self, sale: bool) -> None:
        time = self.account.time
        for minute in range(int((WAIT + PATIENCE) / 60)):
            time.at(minute * 60.0, self._beat)
        for number, person in enumerate(self.scene.shoppers):
            time.at(1 + number / self.scene.a_second, partial(self._leave_a_cart, number, person))
        if sale:
            time.at(WAIT, self._begin)

    def _beat(self) -> None:
        self.account.put("ProjectProfileQueue", [json.dumps(beat_body(self.account.wall()))])

    def _leave_a_cart(self, number: int, person: str) -> None:
        event = fixture("cart_abandonment/start")
        event["detail"] |= {"message_id": f"cart-{number}", "user_id": person, "timestamp": self._now()}
        event["detail"]["properties"] |= {"cart_id": f"cart-{number}"}
        self.account.publish(event)

    def _begin(self) -> None:
        event = fixture("flash_sale/start")
        event["detail"]["timestamp"] = self._now()
        event["detail"]["properties"]["segment"] = GROUP
        self.account.publish(event)

    def _now(self) -> str:
        return self.account.wall().isoformat()

    def _on_queue(self, record: Record) -> None:
        now, body = self.account.time.now, json.loads(record.body)
        if record.queue == "CartAbandonmentQueue" and "wake_up" in body:
            self.woken.setdefault(body["wake_up"]["person"], now)
        elif "message" in body:
            self.queued.setdefault(body["message"]["person"], now)

    def _on_call(self, operation: str, given: Any) -> None:
        if operation in CALLS:
            self.handed.setdefault(_receiver(given), self.account.time.now)

    def played(self) -> Times:
        """Play it to its end.

        Raises:
            RuntimeError: somebody was not messaged.
        """
        logged, uncounted = LOGS.size, LOGS.uncounted
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(LOGS):
            patch.setattr(observability, "logger", _logger)
            self.account.wire_up(patch)
            self.account.time.play(WAIT + PATIENCE)
        people = self.scene.shoppers
        sold = [at - WAIT for person, at in self.handed.items() if person.startswith("person-")]
        missing = [each for each in people if each not in self.handed]
        if missing or len(sold) not in {0, self.scene.people}:
            raise RuntimeError(f"{len(missing)} reminders were not handed over, and {len(sold)} of the sale were")
        return Times(
            tuple(self.queued[each] - self.woken[each] for each in people),
            tuple(self.handed[each] - self.woken[each] for each in people),
            tuple(sold),
            self.account.wire.refused,
            LOGS.size - logged,
            LOGS.uncounted - uncounted,
        )


def _receiver(given: Any) -> str:
    """The person whose endpoint or address a call of a provider names."""
    if "TargetArn" in given:
        return str(given["TargetArn"]).rpartition("/")[2]
    return str(given["Destination"]["ToAddresses"][0]).partition("@")[0]


def rows() -> Iterator[Row]:
    """Alone, beside a sale, and beside it without lanes; by push and by mail."""
    for scene in SCENES:
        everybody = known(scene)
        Play(scene, everybody, sale=True, together={}).played()  # warms up
        alone = Play(scene, everybody, sale=False, together={}).played()
        yield _row(scene, "alone", alone, alone)
        plays: Mapping[str, Mapping[str, str]] = {
            "beside a sale": {},
            "beside it, were there no bulk lane": scene.bulk,
            "beside it, were there one queue for both triggers and no bulk lane": {**ONE_TRIGGER_QUEUE, **scene.bulk},
        }
        for name, together in plays.items():
            times = Play(scene, everybody, sale=True, together=together).played()
            yield _row(scene, name, times, alone)
            if not together:
                yield _logs(scene, times.logged - alone.logged)


def _row(scene: Scene, name: str, times: Times, alone: Times) -> Row:
    sale = f"; the sale's {len(times.sold):,} took {max(times.sold):.0f} s" if times.sold else ""
    lost = ", ".join(f"{number} of {kind}" for kind, number in times.refused.most_common(3))
    return Row(
        f"reminder by {scene.channel}, wake-up to provider, {name} (stage {STAGE})",
        f"{median(times.whole):.2f} s, 95 of 100 within {_late(times.whole):.2f} s"
        f" (to decide: {median(times.decided):.2f} and {_late(times.decided):.2f} s){sale}"
        + (f"; lost races: {lost}; batches not counted: {times.uncounted}" if lost else ""),
        f"{median(times.whole) / median(alone.whole):.2f} x, late ones {_late(times.whole) / _late(alone.whole):.2f} x",
    )


def _logs(scene: Scene, size: int) -> Row:
    a_person = size / scene.people
    dollars = cost({"log bytes": a_person * MILLION})["log bytes"]
    return Row(
        f"a sale by {scene.channel}: log lines and metrics a person, as JSON",
        f"{a_person:,.0f} bytes",
        f"${dollars:.2f} for a million people",
    )


def _late(seconds: tuple[float, ...]) -> float:
    return quantiles(seconds, n=20)[-1]

"""Every function by its own handler, on memory, with any rules, behind the bus rules of the template."""

import importlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import pytest

from nudgekit import Book
from nudgekit.adapters.bodies import pack
from nudgekit.adapters.clock import Clock
from nudgekit.adapters.item_keys import Tables, place
from nudgekit.adapters.memory import MemoryBus, MemoryOutbox, MemoryOwnQueue, MemoryStore, MemoryTimer
from nudgekit.lambdas import batch as batches
from nudgekit.lambdas import wiring
from nudgekit.lambdas.trigger import trigger_handler
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.runs.documents import Put, Ref, Stored, Write
from nudgekit.runs.ports import Accepted, Refused
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from tests.functional.deployment import ROOT, batch
from tests.template.checks import functions, load, of_type

Answer = Accepted | Refused | Exception
Ask = Callable[[Message, str], Answer]
"""Decides what a provider answers, given the message and the address."""


class Sent(NamedTuple):
    """One call of a provider."""

    at: datetime
    message: Message
    address: str
    answer: Answer


TABLES = Tables("profiles", "engagement", "catalogue")
LARGEST_ITEM, LONGEST_PK, LONGEST_SK = 400 * 1024, 2048, 1024
"""DynamoDB's limits, in bytes."""


class StrictStore(MemoryStore):
    """Memory that refuses what DynamoDB would refuse: a key that is too long, an item that is too large."""

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        wanted = tuple(refs)
        for ref in wanted:
            _check_key(ref)
        return super().read(wanted)

    def commit(self, puts: Sequence[Write]) -> None:
        if len(puts) > 100:
            raise RuntimeError("ValidationException: more than a hundred items")
        for put in puts:
            _check_key(put.ref)
            if isinstance(put, Put) and len(pack(put.ref.kind, put.value)) > LARGEST_ITEM - 5000:
                raise RuntimeError(f"ValidationException: the item {put.ref.kind} is too large")
        super().commit(puts)


def _check_key(ref: Ref) -> None:
    where = place(ref, TABLES)
    if len(where.pk.encode()) > LONGEST_PK or len(where.sk.encode()) > LONGEST_SK:
        raise RuntimeError(f"ValidationException: the key of {ref.kind} is too long")


class Letters:
    """A dead-letter queue that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []

    def put(self, body: str, reason: str) -> None:
        self.kept.append((body, reason))


class Watching:
    """A provider that writes every call down before it answers."""

    def __init__(self, yard: "Yard", channel: Channel) -> None:
        self.yard, self.channel = yard, channel

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        answer = self.yard.ask(message, address)
        self.yard.calls.append(Sent(self.yard.now, message, address, answer))
        if isinstance(answer, Exception):
            raise answer
        return answer


class Yard:
    """The functions and what stands behind their ports.

    Attributes:
        now: the moment.
        calls: every call of a provider, in order.
        reports: what the functions told.
        failures: why records had to come again.
        letters: what was given up.
    """

    def __init__(self, book: Book, triggers: Iterable[str], now: datetime) -> None:
        self.now, self.rules = now, {each: Rulebook(book, each) for each in triggers}
        self.store, self.timer, self.outbox, self.bus = StrictStore(), MemoryTimer(), MemoryOutbox(), MemoryBus()
        self.own_queue = MemoryOwnQueue()
        self.letters, self.calls = Letters(), list[Sent]()
        self.reports, self.failures = list[Report](), list[Exception]()
        self.ask: Ask = lambda message, _: Accepted(f"provider-{message.id}")

    def wire(self, patch: pytest.MonkeyPatch, *, quiet: bool = True) -> None:
        """Put the memory behind the functions' ports. `quiet`: keep the reports and write no log."""
        clock = Clock(wall=lambda: self.now)
        given: Mapping[str, Callable[..., Any]] = {
            "clock": lambda: clock,
            "store": lambda: self.store,
            "people": lambda: self.store,
            "alarms": lambda: self.timer,
            "cohorts": lambda: self.store,
            "own_queue": lambda: self.own_queue,
            "timer": lambda: self.timer,
            "outbox": lambda: self.outbox,
            "bus": lambda: self.bus,
            "dead_letters": lambda: self.letters,
            "rulebook": lambda trigger: self.rules[trigger],
            "provider": lambda channel: Watching(self, channel),
            "secret": lambda name: name.encode().ljust(32, b"-"),
        }
        for each in vars(wiring).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()
        for name, make in given.items():
            patch.setattr(wiring, name, make)
        if quiet:
            patch.setattr(batches, "tell", self.reports.extend)
            patch.setattr(batches, "tell_failure", self.failures.append)

    def invoke(self, function: str, *bodies: Any) -> tuple[int, ...]:
        """Invoke `function` with a batch of `bodies`; the positions of those that must come again."""
        answer = self.handler(function)(batch(*bodies), None)
        return tuple(int(each["itemIdentifier"]) for each in answer["batchItemFailures"])

    def handler(self, function: str) -> Any:
        """The handler of a function: a trigger's, or that of the folder `functions/<function>`."""
        if function in self.rules:
            return trigger_handler(function)
        return importlib.import_module(f"functions.{function}.app").handler

    def listeners(self, event: Mapping[str, Any]) -> list[str]:
        """The functions that the bus's rules bring `event` to."""
        found = [name for name, pattern in bus_rules() if matches(pattern, event)]
        for each, rules in self.rules.items():
            mine = event["source"] == "nudgekit" and event["detail"].get("trigger") == each
            if mine or event["detail-type"] in rules.trigger.start_events:
                found.append(each)
        return list(dict.fromkeys(found))


@cache
def bus_rules() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The rules on the shop's bus as (function, pattern), those of the shop's own triggers left out."""
    template = load(ROOT / "template.yaml")
    shipped = {each.parent.name for each in (ROOT / "rules").glob("*/rule.py")}
    by_queue = dict(_queues(template))
    found = []
    for rule in of_type(template, "AWS::Events::Rule").values():
        if "EventBusName" in rule:
            targets = [_name(each["Arn"]) for each in rule["Targets"]]
            found += [(by_queue[each], rule["EventPattern"]) for each in targets if by_queue[each] not in shipped]
    return tuple(found)


def _queues(template: Any) -> Iterable[tuple[str, str]]:
    for function in functions(template).values():
        for source in function.get("Events", {}).values():
            if source["Type"] == "SQS":
                yield _name(source["Properties"]["Queue"]), function["CodeUri"].removeprefix("functions/")


def _name(value: Any) -> str:
    attribute = value["Fn::GetAtt"]
    return str(attribute[0] if isinstance(attribute, list) else attribute.split(".")[0])


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an EventBridge pattern of the kinds that the template uses takes `event` in.

    Raises:
        NotImplementedError: the pattern uses another kind.
    """
    return all(
        matches(wanted, event.get(field) or {}) if isinstance(wanted, dict) else _any(wanted, event.get(field))
        for field, wanted in pattern.items()
    )


def _any(wanted: list[Any], value: object) -> bool:
    return any(_one(each, value) for each in wanted)


def _one(wanted: Any, value: object) -> bool:
    match wanted:
        case {"anything-but": others}:
            return value is not None and value not in others
        case {"exists": exists}:
            return (value is not None) is exists
        case {"prefix": start}:
            return isinstance(value, str) and value.startswith(start)
        case dict():
            raise NotImplementedError(json.dumps(wanted))
    return bool(wanted == value)

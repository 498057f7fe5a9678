"""The functions of template.yaml at work on one clock: its queues, event sources, rules of the bus and variables.

The handlers are those that Lambda calls, wired as on AWS, down to boto3's requests; those end in `wire.Wire`, whose
answers take the time that a call is said to wait. A queue gives what it has to the next function that is free, as many
functions at once and as many records each as its event source says.
"""

import importlib
import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import count
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import pytest

from nudgekit import Book, load_book
from nudgekit.adapters import clients
from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.item_keys import Tables
from nudgekit.content.links import Linker
from nudgekit.lambdas import wiring
from nudgekit.runs.rulebook import Rulebook
from tests.benchmarks.virtual import Time
from tests.benchmarks.wire import Wire
from tests.functional.deployment import ACCOUNT, REGION, ROOT, SECRET, Deployment, Queue
from tests.template.checks import functions, load, of_type, target
from tests.yard import matches

TABLES: Final = Tables("ProfilesTable", "EngagementTable", "CatalogueTable")
HIDDEN: Final = 130.0
"""Seconds after which a record comes again that a function could not do: the queues' visibility timeout."""

ON_THE_BUS: Final = 0.1
"""Assumed, not measured: seconds from the bus to a queue."""

OF_A_COPY: Final = frozenset({"conductor", "hand_off"})
"""What each running copy of a function has for itself; all else that `wiring` keeps is the same in all copies."""

SERVICES: Final = {
    "dynamodb": "dynamodb", "scheduler": "scheduler", "sqs": "sqs", "events": "events",
    "secrets": "secretsmanager", "sns": "sns", "ses": "sesv2",
}  # fmt: skip
"""The clients that functions ask for, and boto3's names of them."""

Waits = Mapping[str, float]
"""Seconds that a call waits for its answer, by operation."""


class Record(NamedTuple):
    """Something on a queue: for which queue it was meant, and when it came."""

    queue: str
    body: str
    came: float


class Source(NamedTuple):
    """An event source of a function."""

    function: str
    queue: str
    most: int
    batch: int
    window: float


class Paper(Deployment):
    """The template read, with nothing deployed."""

    def __init__(self) -> None:
        self.template = load(ROOT / "template.yaml")
        names = of_type(self.template, "AWS::SQS::Queue")
        self.queues = {
            name: Queue(f"https://queues/{name}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}") for name in names
        }
        self.secrets = {name: name for name in of_type(self.template, "AWS::SecretsManager::Secret")}

    def sources(self, folders: Iterable[str], stage: str) -> list[Source]:
        """Every queue that feeds one of these functions."""
        wanted, concurrency = set(folders), self.template["Mappings"]["Concurrency"][stage]
        found = []
        for each in functions(self.template).values():
            folder = each["CodeUri"].removeprefix("functions/")
            given = [event["Properties"] for event in each.get("Events", {}).values() if event["Type"] == "SQS"]
            found += [
                Source(
                    folder,
                    target(source["Queue"]),
                    concurrency[source["ScalingConfig"]["MaximumConcurrency"]["Fn::FindInMap"][2]],
                    source["BatchSize"],
                    source.get("MaximumBatchingWindowInSeconds", 0),
                )
                for source in given
                if folder in wanted
            ]
        return found

    def rules(self) -> list[tuple[Mapping[str, Any], list[str]]]:
        """What the shop's bus gives to which queues."""
        rules = of_type(self.template, "AWS::Events::Rule").values()
        return [
            (rule["EventPattern"], [target(each["Arn"]) for each in rule["Targets"]])
            for rule in rules
            if "EventBusName" in rule
        ]


@cache
def paper() -> Paper:
    """The template, read once."""
    return Paper()


class Lane:
    """What is served together: a queue or several, by so many functions at once."""

    def __init__(self, time: Time, invoke: Callable[[list[Record]], list[Record]], sources: list[Source]) -> None:
        self.time, self.invoke = time, invoke
        self.most, self.batch = sum(each.most for each in sources), min(each.batch for each in sources)
        self.window = max(each.window for each in sources)
        self.waiting: deque[Record] = deque()
        self.busy = self.longest = 0

    def put(self, records: Iterable[Record]) -> None:
        """Records come, together."""
        self.waiting.extend(records)
        self.longest = max(self.longest, len(self.waiting))
        full = len(self.waiting) >= self.batch
        self.time.at(self.time.now + (0 if full else self.window), self._serve)

    def _serve(self) -> None:
        while self.waiting and self.busy < self.most:
            records = [self.waiting.popleft() for _ in range(min(self.batch, len(self.waiting)))]
            self.busy += 1
            self.time.start(partial(self._work, records))

    def _work(self, records: list[Record]) -> None:
        begun = self.time.now
        again = self.invoke(records)
        self.time.pause(0)
        if again:
            self.time.at(begun + HIDDEN, lambda: self.put(again))
        self.busy -= 1
        self._serve()


class SlowWire(Wire):
    """AWS that takes its time, and holds writers to their conditions.

    Attributes:
        refused: writes that lost a race, by the first word of the item's key.
        on_call: hears of every call when it takes effect.
    """

    def __init__(self, time: Time, waits: Waits) -> None:
        super().__init__()
        self.time, self.waits = time, waits
        self.refused: Counter[str] = Counter()
        self.on_call: Callable[[str, Any], None] = lambda _operation, _given: None

    def _answered(self, request: Any, event_name: str, **more: Any) -> Any:
        with self.time.elsewhere(self.waits.get(event_name.rpartition(".")[2], 0)):
            return super()._answered(request, event_name, **more)

    def answer(self, operation: str, body: str) -> tuple[int, str]:
        """See `Wire`. Secrets are known, too."""
        given = dict(parse_qsl(body)) if operation == "Publish" else json.loads(body)
        self.on_call(operation, given)
        if operation == "GetSecretValue":
            return 200, json.dumps({"SecretString": SECRET, "Name": given["SecretId"], "ARN": given["SecretId"]})
        lost = self._lost(operation, given)
        if not any(lost):
            return super().answer(operation, body)
        if operation == "PutItem":
            return 400, json.dumps({"__type": "ConditionalCheckFailedException", "message": "lost"})
        reasons = [{"Code": "ConditionalCheckFailed" if each else "None"} for each in lost]
        return 400, json.dumps({"__type": "TransactionCanceledException", "CancellationReasons": reasons})

    def _lost(self, operation: str, given: Any) -> list[bool]:
        """Of each write of a call, whether its condition fails."""
        if operation == "PutItem":
            writes = [given]
        else:
            writes = [next(iter(each.values())) for each in given.get("TransactItems", ())]
        lost = [not self._holds(each) for each in writes]
        self.refused.update(_kind(each) for each, fails in zip(writes, lost, strict=True) if fails)
        return lost

    def _holds(self, write: Any) -> bool:
        key = write.get("Key") or write["Item"]
        item = self.items.get((write["TableName"], key["pk"]["S"], key["sk"]["S"]))
        wanted = write.get("ExpressionAttributeValues", {}).get(":expect")
        return item is None if wanted is None else item is not None and item["v"] == wanted


def _kind(write: Any) -> str:
    key = write.get("Key") or write["Item"]
    owner, sort = (str(key[name]["S"]).partition("#")[0] for name in ("pk", "sk"))
    return sort if owner == "USER" else owner


class Account:
    """The functions, and what stands between them.

    Args:
        folders: the functions that are there; what goes to others is left alone.
        stage: whose concurrency counts.
        waits: how long calls wait.
        speed: how much of this machine's core a function has.
        begins: the moment at which the clock stands at 0.
        together: queues that are one queue with another, by name: one lane with the concurrency of both.
    """

    def __init__(
        self, folders: Iterable[str], stage: str, waits: Waits, speed: float, begins: datetime,
        together: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.time, self.begins, self.together = Time(speed), begins, together or {}
        self.wire = SlowWire(self.time, waits)
        self.wire.on_call = self._on_call
        self.clock = Clock(wall=self.wall)
        self.sources = {each.queue: each for each in paper().sources(folders, stage)}
        served: defaultdict[str, list[Source]] = defaultdict(list)
        for each in self.sources.values():
            served[self._lane(each.queue)].append(each)
        self.lanes = {name: Lane(self.time, self._invoke, sources) for name, sources in served.items()}
        self._made: dict[Any, Any] = {}
        self._own = threading.local()
        self._idle: dict[str, list[int]] = {each.function: [] for each in self.sources.values()}
        self._schedules: set[str] = set()
        self._numbers = count()
        self.on_queue: Callable[[Record], None] = lambda _record: None
        self.on_call: Callable[[str, Any], None] = lambda _operation, _given: None

    def wall(self) -> datetime:
        """What the clock shows."""
        return self.begins + timedelta(seconds=self.time.now)

    def seconds(self, moment: datetime) -> float:
        """How the clock stands at a moment."""
        return (moment - self.begins).total_seconds()

    def _lane(self, queue: str) -> str:
        return self.together.get(queue, queue)

    # --- queues, the bus and schedules

    def put(self, queue: str, bodies: Iterable[str], after: float = 0.0) -> None:
        """Messages come onto a queue, so many seconds from now."""
        if queue in self.sources:
            self.time.at(self.time.now + after, partial(self._put, queue, list(bodies)))

    def _put(self, queue: str, bodies: list[str]) -> None:
        records = [Record(queue, body, self.time.now) for body in bodies]
        for each in records:
            self.on_queue(each)
        self.lanes[self._lane(queue)].put(records)

    def publish(self, event: Mapping[str, Any]) -> None:
        """An event comes onto the bus."""
        for pattern, queues in paper().rules():
            for queue in queues:
                if queue in self.sources and matches(pattern, event):
                    self.put(queue, [json.dumps(event)], ON_THE_BUS)

    def _on_call(self, operation: str, given: Any) -> None:
        if operation in {"SendMessage", "SendMessageBatch"}:
            queue = given["QueueUrl"].rpartition("/")[2]
            entries = given.get("Entries", [given])
            self.put(queue, [each["MessageBody"] for each in entries], entries[0].get("DelaySeconds", 0))
        elif operation == "PutEvents":
            for each in given["Entries"]:
                detail = json.loads(each["Detail"])
                self.publish({"source": each["Source"], "detail-type": each["DetailType"], "detail": detail})
        elif operation == "CreateSchedule":
            self._schedule(given)
        self.on_call(operation, given)

    def _schedule(self, given: Any) -> None:
        named = given["ScheduleExpression"] + given["Target"]["Input"]  # its name follows from these
        if named in self._schedules:
            return
        self._schedules.add(named)
        moment = datetime.fromisoformat(given["ScheduleExpression"][3:-1]).replace(tzinfo=UTC)
        queue = given["Target"]["Arn"].rpartition(":")[2]
        self.put(queue, [given["Target"]["Input"]], max(self.seconds(moment) - self.time.now, 0))

    # --- functions

    def _invoke(self, records: list[Record]) -> list[Record]:
        """Lets every function do its part of the records; those that must come again."""
        again = []
        for queue in dict.fromkeys(each.queue for each in records):
            own = [each for each in records if each.queue == queue]
            again += [own[number] for number in self._invoked(self.sources[queue].function, own)]
        return again

    def _invoked(self, function: str, records: list[Record]) -> list[int]:
        idle = self._idle[function]
        environment = idle.pop() if idle else next(self._numbers)
        self._own.function, self._own.environment = function, environment
        batch = {"Records": [{"messageId": str(n), "body": each.body} for n, each in enumerate(records)]}
        answer = importlib.import_module(f"functions.{function}.app").handler(batch, None)
        idle.append(environment)
        return [int(each["itemIdentifier"]) for each in answer["batchItemFailures"]]

    def wire_up(self, patch: pytest.MonkeyPatch) -> None:
        """Put this behind the functions, as their environments would find it."""
        made = {name: self.wire.client(service) for name, service in SERVICES.items()}
        for name in SERVICES:
            patch.setattr(clients, name, partial(made.__getitem__, name))
        for name, each in list(vars(wiring).items()):
            if hasattr(each, "cache_clear"):
                patch.setattr(wiring, name, partial(self._kept, name, each.__wrapped__))
        patch.setattr(wiring, "clock", lambda: self.clock)
        patch.setattr(wiring, "rulebook", _rulebook)
        store = self.store(made["dynamodb"])
        patch.setattr(wiring, "_dynamo_store", lambda: store)
        patch.setattr(wiring, "required", self._variable)
        patch.setattr(wiring, "optional", lambda name: self._variable(name) if name != "NUDGEKIT_TIME_SCALE" else "")

    def store(self, client: Any = None) -> DynamoStore:
        """The tables."""
        return DynamoStore(client or self.wire.client("dynamodb"), TABLES, self.clock, self.time.pause)

    def _kept(self, name: str, make: Callable[..., Any], *given: Any) -> Any:
        key = (self._own.environment if name in OF_A_COPY else self._own.function, name, given)
        if key not in self._made:
            self._made[key] = make(*given)
        return self._made[key]

    def _variable(self, name: str) -> str:
        return _environment(self._own.function).get(name, "")


@cache
def _environment(function: str) -> Mapping[str, str]:
    return paper().environment(function)


@cache
def _rulebook(trigger: str) -> Rulebook:
    """One trigger's rules, read and compiled once: the functions have been at work before."""
    return Rulebook(_book(), trigger, _linker, code_key=lambda: wiring.secret("OFFER_KEY_ARN"))


def _linker() -> Linker:
    """That of the function that asks."""
    return wiring.linker()


@cache
def _book() -> Book:
    return load_book(ROOT / "rules")

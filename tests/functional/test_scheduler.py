"""Wake-ups become one-time schedules that cannot pile up."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber
from mypy_boto3_scheduler import EventBridgeSchedulerClient

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.memory import MemoryOwnQueue, MemoryTimer
from nudgekit.adapters.scheduler import SchedulerTimer, Target, schedule_name
from nudgekit.adapters.timer import NearAndFar
from nudgekit.errors import BadInput, Throttled
from nudgekit.runs.ports import WakeUp
from nudgekit.runs.signals import read_signal
from tests.functional.deployment import REGION

QUEUE = f"arn:aws:sqs:{REGION}:123456789012:CartAbandonmentQueue"
TARGET = Target(QUEUE, "arn:aws:iam::123456789012:role/scheduler", f"{QUEUE}Dead", "nudgekit")
WAKE_UP = WakeUp("cart_abandonment", "somebody@example.com", "cart-1", 1_700_000_000_000, 2, ("lamp",))
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DUE = NOW + timedelta(minutes=30)


@pytest.fixture
def client() -> EventBridgeSchedulerClient:
    client = boto3.client("scheduler", region_name=REGION)
    client.create_schedule_group(Name="nudgekit")
    return client


@pytest.fixture
def timer(client: EventBridgeSchedulerClient) -> SchedulerTimer:
    return SchedulerTimer(client, TARGET, Clock(wall=lambda: NOW))


def _only(client: EventBridgeSchedulerClient) -> dict[str, object]:
    (summary,) = client.list_schedules(GroupName="nudgekit")["Schedules"]
    return dict(client.get_schedule(GroupName="nudgekit", Name=summary["Name"]))


def test_a_wake_up_is_one_schedule_onto_the_triggers_queue(
    client: EventBridgeSchedulerClient, timer: SchedulerTimer
) -> None:
    timer.wake(WAKE_UP, DUE)
    schedule = _only(client)
    target = schedule["Target"]
    assert isinstance(target, dict)
    assert schedule["ScheduleExpression"] == "at(2026-03-02T08:30:00)"
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert target["Arn"] == QUEUE
    assert target["DeadLetterConfig"] == {"Arn": f"{QUEUE}Dead"}
    assert json.loads(target["Input"]) == {"wake_up": {**WAKE_UP._asdict(), "items": ["lamp"]}}


@pytest.mark.parametrize("key", ["", f"arn:aws:kms:{REGION}:123456789012:key/shop"])
def test_a_schedule_is_encrypted_by_the_shops_key_when_there_is_one(
    client: EventBridgeSchedulerClient, key: str
) -> None:
    asked: list[dict[str, object]] = []
    client.meta.events.register("provide-client-params.*.*", lambda params, **_: asked.append(params))
    SchedulerTimer(client, TARGET._replace(key_arn=key), Clock(wall=lambda: NOW)).wake(WAKE_UP, DUE)
    assert [each.get("KmsKeyArn", "") for each in asked] == [key]


def test_asking_again_changes_nothing(client: EventBridgeSchedulerClient, timer: SchedulerTimer) -> None:
    timer.wake(WAKE_UP, DUE)
    timer.wake(WAKE_UP, DUE)
    assert len(client.list_schedules(GroupName="nudgekit")["Schedules"]) == 1


def test_the_name_tells_the_trigger_and_nobody(timer: SchedulerTimer) -> None:
    name = schedule_name(WAKE_UP, DUE)
    assert name.startswith("cart_abandonment-")
    assert len(name) <= 64
    assert "somebody" not in name
    assert len(schedule_name(WAKE_UP._replace(trigger="t" * 200), DUE)) == 64


def test_another_step_or_time_is_another_name() -> None:
    others = {
        schedule_name(WAKE_UP, DUE),
        schedule_name(WAKE_UP._replace(step=3), DUE),
        schedule_name(WAKE_UP._replace(key="cart-2"), DUE),
        schedule_name(WAKE_UP._replace(occurrence=5), DUE),
        schedule_name(WAKE_UP, DUE + timedelta(seconds=1)),
    }
    assert len(others) == 5


def test_what_is_already_due_fires_shortly(client: EventBridgeSchedulerClient, timer: SchedulerTimer) -> None:
    timer.wake(WAKE_UP, NOW - timedelta(days=1))
    assert _only(client)["ScheduleExpression"] == "at(2026-03-02T08:00:02)"


def test_a_fraction_of_a_second_is_rounded_up(client: EventBridgeSchedulerClient, timer: SchedulerTimer) -> None:
    timer.wake(WAKE_UP, DUE + timedelta(milliseconds=1))
    assert _only(client)["ScheduleExpression"] == "at(2026-03-02T08:30:01)"


def test_a_faster_clock_fires_sooner_on_the_wall(client: EventBridgeSchedulerClient) -> None:
    wall = datetime(2026, 11, 22, tzinfo=UTC)
    clock = Clock(NOW, wall, factor=60, wall=lambda: wall)
    SchedulerTimer(client, TARGET, clock).wake(WAKE_UP, DUE)
    assert _only(client)["ScheduleExpression"] == "at(2026-11-22T00:00:30)"


@pytest.mark.parametrize("wake_up", [WAKE_UP._replace(trigger=""), WAKE_UP._replace(person="")])
def test_a_wake_up_for_nobody_is_refused(timer: SchedulerTimer, wake_up: WakeUp) -> None:
    with pytest.raises(BadInput):
        timer.wake(wake_up, DUE)


def test_a_time_without_a_zone_is_refused(timer: SchedulerTimer) -> None:
    with pytest.raises(BadInput):
        timer.wake(WAKE_UP, DUE.replace(tzinfo=None))


@pytest.mark.parametrize("code", ["ThrottlingException", "ServiceQuotaExceededException"])
def test_throttling_asks_to_come_back(client: EventBridgeSchedulerClient, timer: SchedulerTimer, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("create_schedule", code)
        with pytest.raises(Throttled):
            timer.wake(WAKE_UP, DUE)


@pytest.mark.parametrize(
    ("length", "factor", "way"),
    [
        (timedelta(), 1, "queue"),
        (timedelta(minutes=15), 1, "queue"),
        (timedelta(minutes=15, seconds=1), 1, "schedule"),
        (timedelta(minutes=15, seconds=1), 600, "schedule"),
    ],
)
def test_soon_wake_ups_wait_in_the_queue_and_later_ones_in_a_schedule(
    length: timedelta, factor: float, way: str
) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    near, far = MemoryOwnQueue(), MemoryTimer()
    clock = Clock(now, now, factor, wall=lambda: now)
    wake_up = WakeUp("cart_abandonment", "ada", "c1", 1, 1)
    NearAndFar(near, far, clock).wake(wake_up, now + length)
    if way == "queue":
        assert far.queue == []
        ((at, _, body),) = near.queue
        assert at == max(now + length, clock.to_virtual(now + timedelta(seconds=2)))
        assert read_signal(body, now) == wake_up
    else:
        assert far.queue == [(now + length, wake_up)]
        assert near.queue == []

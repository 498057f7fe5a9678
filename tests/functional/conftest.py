"""A moto account with what template.yaml puts there, and the functions in it."""

import importlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient

from nudgekit.adapters import clients
from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.item_keys import Tables
from nudgekit.lambdas import observability, wiring
from nudgekit.runs.operation import fold_to
from tests.functional.deployment import REGION, Deployment

TABLES = Tables("ProfilesTable", "EngagementTable", "CatalogueTable")
FIXTURES_START = datetime(2026, 11, 2, 12, tzinfo=UTC)
"""The moment of the first start event in events/."""


class Turnable:
    """The wall's clock, as far as the functions can tell."""

    def __init__(self) -> None:
        self.now = FIXTURES_START + timedelta(minutes=1)

    def read(self) -> datetime:
        return self.now

    def turn(self, **length: float) -> None:
        self.now += timedelta(**length)


class Unknown(NamedTuple):
    """Answers of the two services that moto does not know."""

    sms: Stubber
    whatsapp: Stubber


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing reaches a real account, and nothing built for one test serves another."""
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        _forget()
        yield
        _forget()


def _forget() -> None:
    for module in (clients, wiring, observability):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


@pytest.fixture
def dynamodb(deployment: Deployment) -> DynamoDBClient:
    return boto3.client("dynamodb", region_name=REGION)


@pytest.fixture
def store(dynamodb: DynamoDBClient) -> DynamoStore:
    return DynamoStore(dynamodb, TABLES, Clock(), sleep=lambda seconds: None)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Turnable:
    turnable = Turnable()
    clock = Clock(wall=turnable.read)
    monkeypatch.setattr(wiring, "clock", lambda: clock)
    return turnable


Invoke = Callable[[str, Any], dict[str, list[dict[str, str]]]]


@pytest.fixture
def invoke(deployment: Deployment, wall: Turnable, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Invokes the function of a folder, in the environment that the template gives it; the beat is never behind."""
    beating = DynamoStore(boto3.client("dynamodb", region_name=REGION), TABLES, Clock())

    def call(function: str, event: Any) -> dict[str, list[dict[str, str]]]:
        fold_to(beating, wall.now)
        for name, value in deployment.environment(function).items():
            if value:
                monkeypatch.setenv(name, value)
            else:
                monkeypatch.delenv(name, raising=False)
        for each in vars(wiring).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()
        handler = importlib.import_module(f"functions.{function}.app").handler
        answer: dict[str, list[dict[str, str]]] = handler(event, None)
        return answer

    return call


@pytest.fixture
def unknown() -> Iterator[Unknown]:
    """Stubs before the two services that moto does not know."""
    with Stubber(clients.sms()) as sms, Stubber(clients.whatsapp()) as whatsapp:
        yield Unknown(sms, whatsapp)

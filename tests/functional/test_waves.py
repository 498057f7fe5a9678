"""A sale begins on the deployed tables and queues: everybody is asked once, whatever comes twice."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from nudgekit.runs.beat import beat_body
from tests.functional.conftest import FIXTURES_START, Invoke, Turnable
from tests.functional.deployment import Deployment, batch, fixture

ZONES = ("Europe/London", "Asia/Tokyo", "America/New_York", None)
PEOPLE = {f"guest-{number}": ZONES[number % len(ZONES)] for number in range(12)}


def described(person: str, zone: str | None) -> dict[str, Any]:
    event = fixture("project_profile/profile_updated")
    event["detail"] |= {"user_id": person, "message_id": f"known-{person}"}
    event["detail"]["properties"] = {"email": f"{person}@example.com", **({"timezone": zone} if zone else {})}
    return event


def allowed(person: str) -> dict[str, Any]:
    event = fixture("consent/granted_email")
    event["detail"] |= {"user_id": person, "message_id": f"allowed-{person}"}
    return event


@pytest.fixture
def known(invoke: Invoke, wall: Turnable) -> None:
    """Twelve people in four zones who may get mail."""
    assert wall.now >= FIXTURES_START
    people = [described(*each) for each in PEOPLE.items()]
    invoke("project_profile", batch(*people, beat_body(FIXTURES_START + timedelta(minutes=1))))
    invoke("consent", batch(*map(allowed, PEOPLE)))


def drained(invoke: Invoke, deployment: Deployment, copies: int = 1) -> None:
    """Everything on the trigger's queue, so often."""
    while queued := [each["body"] for each in deployment.take("FlashSaleQueue") if "wake_up" not in each["body"]]:
        for some in (queued[start : start + 10] for start in range(0, len(queued), 10)):
            for _ in range(copies):
                assert invoke("flash_sale", batch(*some)) == {"batchItemFailures": []}


def mailed(deployment: Deployment) -> Counter[str]:
    bodies = (json.loads(each["body"])["message"] for each in deployment.take("DeliverEmailBulkQueue"))
    return Counter(person for person, _ in {(each["person"], each["id"]) for each in bodies})


@pytest.mark.usefixtures("known")
def test_everybody_gets_one_message_on_the_bulk_lane(invoke: Invoke, deployment: Deployment) -> None:
    invoke("flash_sale", fixture("flash_sale/start"))
    drained(invoke, deployment)
    assert mailed(deployment) == dict.fromkeys(PEOPLE, 1)
    assert deployment.take("DeliverEmailQueue") == []


@pytest.mark.usefixtures("known")
def test_what_comes_twice_asks_nobody_twice(invoke: Invoke, deployment: Deployment) -> None:
    for _ in range(2):
        invoke("flash_sale", fixture("flash_sale/start"))
    drained(invoke, deployment, copies=2)
    assert mailed(deployment) == dict.fromkeys(PEOPLE, 1)


@pytest.mark.usefixtures("known")
def test_a_tick_for_a_trigger_without_a_calendar_changes_nothing(invoke: Invoke, deployment: Deployment) -> None:
    answer = invoke("flash_sale", batch({"tick": {}}))
    assert answer == {"batchItemFailures": []}
    assert deployment.take("FlashSaleQueue") == []

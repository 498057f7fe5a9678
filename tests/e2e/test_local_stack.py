"""Events go in at the front door of the deployed stack; messages, or stated silences, come out at the other end."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from nudgekit.cli.devices import Devices
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from tests.e2e.conftest import Await
from tests.e2e.shop import KETTLE, did, feed, introduce


@pytest.fixture(scope="module")
def afternoon(stack: Stack) -> None:
    """Four people fill a cart: one leaves, one buys, one has a dead phone, one looks at the reminder at once."""
    bus = client("events", stack.aws)
    now = stack.clock.to_virtual(datetime.now(UTC))
    devices = Devices(stack)
    people = [
        *introduce("leaver", now, push=[{"endpoint": "device:leaver", "platform": "ios"}]),
        *introduce("buyer", now, email="buyer@example.com"),
        *introduce("dead", now, push=[{"endpoint": "device:off-dead", "platform": "ios"}], phone="+447700900050"),
        *introduce("looker", now, email="looker+clicks@example.com"),
    ]
    deeds = [did(person, "Product Added", now, **KETTLE) for person in ("leaver", "buyer", "dead", "looker")]
    deeds.append(did("buyer", "Order Completed", now + timedelta(minutes=2), order_id="o-1", products=[KETTLE]))
    at_once(bus, stack.outputs[BUS], devices.registered(people), lambda count: None)
    at_once(bus, stack.outputs[BUS], deeds, lambda count: None)


def messages(found: Engagement, person: str) -> list[tuple[str, MessageStatus]]:
    """What the reminder of the cart sent; other triggers speak to them as well."""
    mine = (each for each in found.messages if (each.person, each.trigger) == (person, "cart_abandonment"))
    own = sorted(mine, key=lambda each: each.claimed_at)
    return [(str(each.channel), each.status) for each in own]


def reason(found: Engagement, person: str) -> Reason | None:
    mine = (run.reason for run in found.runs if (run.person, run.trigger) == (person, "cart_abandonment"))
    return next(mine, None)


@pytest.mark.usefixtures("afternoon")
def test_a_cart_that_was_left_is_mentioned_on_the_phone(stack: Stack, decided: Await) -> None:
    decided(lambda found: ("push", MessageStatus.HANDED_OFF) in messages(found, "leaver"))
    shown = next(each for each in feed(stack) if each["person"] == "leaver" and each["channel"] == "push")
    assert "Copper kettle" in json.dumps(shown["content"])
    assert shown["name"] == "Leaver Example"
    assert [step["answer"] for step in shown["trace"]] == ["pass"] * len(shown["trace"])


@pytest.mark.usefixtures("afternoon")
def test_a_cart_that_was_bought_is_not_mentioned(stack: Stack, decided: Await) -> None:
    found = decided(lambda found: reason(found, "buyer") is not None)
    assert reason(found, "buyer") is Reason.UNLESS_MET
    assert messages(found, "buyer") == []


@pytest.mark.usefixtures("afternoon")
def test_a_dead_phone_makes_the_next_channel_speak(decided: Await) -> None:
    found = decided(lambda found: len(messages(found, "dead")) > 1)
    assert messages(found, "dead")[0] == ("push", MessageStatus.FAILED)
    assert messages(found, "dead")[1][0] == "sms"


@pytest.mark.usefixtures("afternoon")
def test_a_reminder_that_is_looked_at_ends_the_ladder(decided: Await) -> None:
    found = decided(lambda found: reason(found, "looker") is not None)
    assert reason(found, "looker") is Reason.ENGAGED
    assert [channel for channel, _ in messages(found, "looker")] == ["email"]

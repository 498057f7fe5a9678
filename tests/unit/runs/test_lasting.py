"""A run that has reached nobody and waits for the person to be done lasts as long again from what they began anew."""

from datetime import timedelta
from typing import Any

from nudgekit import days, moment, rung
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from tests.builders import NOON, make_event
from tests.unit.runs.test_starts import world


def added(day: int, **properties: Any) -> Event:
    mug = {"cart_id": "c1", "product_id": "mug", "name": "Mug", "price": "25.00", "currency": "EUR", **properties}
    return make_event("Product Added", NOON + timedelta(days=day), mug)


def test_whoever_begins_anew_again_and_again_is_asked_once_they_stop() -> None:
    shop = world(within=days(20), expires_after=days(25), ladder=(rung("email"),))
    shop.tell(*(added(day) for day in (0, 15, 30, 45)))
    shop.turn_to(NOON + timedelta(days=64, hours=23))
    assert shop.sent == []
    shop.turn_to(NOON + timedelta(days=65))
    assert shop.sent == [Channel.EMAIL]


def test_it_expires_as_long_after_what_they_began_last_as_after_what_they_began_first() -> None:
    shop = world(within=days(20), expires_after=days(25), ladder=(rung("email"),))
    shop.tell(added(0), added(15))
    assert shop.run().expires_at == NOON + timedelta(days=25)
    shop.turn_to(NOON + timedelta(days=20))
    assert shop.run().expires_at == NOON + timedelta(days=40)


def test_a_run_with_a_named_end_does_not_outlast_it() -> None:
    ends = (NOON + timedelta(days=25)).isoformat()
    shop = world(within=days(20), expires_after=days(60), until=moment("ends_at"), ladder=(rung("email"),))
    shop.tell(added(0, ends_at=ends), added(15, ends_at=ends))
    shop.turn_to(NOON + timedelta(days=90))
    assert (shop.sent, shop.run().reason) == ([], "still_active")


def test_nor_does_a_run_that_has_reached_the_person() -> None:
    shop = world(
        within=days(20), expires_after=days(28), ladder=(rung("email", wait=days(5)), rung("push")), unless=None
    )
    shop.tell(added(0))
    shop.turn_to(NOON + timedelta(days=21))
    shop.tell(added(24))
    shop.turn_to(NOON + timedelta(days=60))
    assert shop.sent[0] is Channel.EMAIL
    assert (shop.run().outcome, shop.run().expires_at) == ("sent", NOON + timedelta(days=28))

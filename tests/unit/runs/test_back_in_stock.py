"""What is back, and what costs less, reaches those who follow it: the first first, and only while it is so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nudgekit.book import load_book
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import MessageRef
from tests.builders import NOON, make_event
from tests.world import Everybody, World


class Told(World):
    """A world that remembers whom the push reached, and lets something happen before the first hand-off."""

    meanwhile: Callable[[], None] | None = None

    def deliver(self, ref: MessageRef) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        super().deliver(ref)

    @property
    def reached(self) -> list[str]:
        return [message.person for message, _ in self.providers[Channel.PUSH].sent]


def shop(trigger: str, people: int = 0) -> Told:
    world = Told(Everybody(load_book(Path("rules")), trigger), NOON - timedelta(days=1))
    for number in range(people):
        person = f"p{number}"
        phone = {"push": [{"endpoint": f"phone-{number}", "platform": "fcm"}], "timezone": "Europe/London"}
        granted = {"channel": "push", "purpose": "promotional", "status": "granted"}
        world.tell(
            make_event("Profile Updated", world.now, phone, person=person),
            make_event("Consent Updated", world.now, granted, person=person),
        )
    return world


def updated(at: datetime, **said: Any) -> Event:
    given = {"product_id": "lamp", "name": "Lamp", "currency": "EUR", "url": "https://shop.example/lamp", **said}
    return make_event("Product Updated", at, given, person="")


def viewed(person: str, at: datetime) -> Event:
    return make_event("Product Viewed", at, {"product_id": "lamp"}, person=person)


def waiting(people: int) -> Told:
    """A lamp that is gone, and people who began to follow it one after the other, the last-named first."""
    world = shop("back_in_stock", people)
    world.tell(updated(world.now, price="50", stock=0))
    for number in range(people):
        world.tell(viewed(f"p{people - 1 - number}", NOON - timedelta(hours=20) + timedelta(minutes=number)))
    world.turn_to(NOON)
    return world


def test_no_more_are_told_at_once_than_there_are_pieces_and_the_first_come_first() -> None:
    world = waiting(5)
    world.tell(updated(NOON, stock=2))
    assert world.reached == ["p4", "p3"]
    world.turn_to(NOON + timedelta(minutes=59))
    assert world.reached == ["p4", "p3"]
    world.turn_to(NOON + timedelta(hours=1, minutes=1))
    assert world.reached == ["p4", "p3", "p2", "p1"]
    world.turn_to(NOON + timedelta(hours=2, minutes=1))
    assert world.reached == ["p4", "p3", "p2", "p1", "p0"]


def test_when_the_first_have_bought_all_of_it_nobody_else_hears_of_it() -> None:
    world = waiting(5)
    world.tell(updated(NOON, stock=2))
    world.tell(updated(NOON + timedelta(minutes=30), stock=0))
    world.turn(days=2)
    assert world.reached == ["p4", "p3"]


def test_the_same_return_told_twice_by_the_bus_reaches_nobody_twice() -> None:
    world = waiting(2)
    back = updated(NOON, stock=9)
    world.tell(back)
    world.shelve(back)
    world.turn(minutes=1)
    assert sorted(world.reached) == ["p0", "p1"]


def cheaper(price: str = "39") -> Told:
    world = shop("price_drop", 1)
    world.tell(updated(world.now, price="50"), viewed("p0", NOON - timedelta(hours=2)))
    world.turn_to(NOON)
    return world


def test_a_price_that_rises_again_before_the_hand_off_is_not_promised() -> None:
    world = cheaper()
    world.meanwhile = lambda: world.fold(updated(world.now + timedelta(milliseconds=1), price="50"))
    world.tell(updated(NOON, price="39"))
    assert world.reached == []
    (message,) = world.messages()
    assert (message.status, message.reason) == (MessageStatus.WITHHELD, Reason.NO_LONGER_TRUE)
    assert world.run("lamp", "p0").reason is Reason.NO_LONGER_TRUE


def test_a_price_that_falls_further_meanwhile_is_promised_in_the_mail_to_come_and_the_push_stays_true() -> None:
    world = cheaper()
    world.meanwhile = lambda: world.fold(updated(world.now + timedelta(milliseconds=1), price="30"))
    world.tell(updated(NOON, price="39"))
    assert world.reached == ["p0"]


def test_the_push_says_the_lowest_price_of_the_30_days_before() -> None:
    world = cheaper()
    world.tell(updated(NOON - timedelta(hours=1), price="60"), updated(NOON, price="39"))
    ((message, _),) = world.providers[Channel.PUSH].sent
    assert "€39.00 instead of €50.00" in message.content.body
    assert [(each.product, str(each.price)) for each in message.content.shown] == [("lamp", "39")]

"""What a message shows is true when it goes out: it can be had, and for no more than the message says."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.book import load_book
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import MessageRef
from tests.builders import NOON, make_event
from tests.world import Everybody, World, introduced

DUE = NOON + timedelta(minutes=30)


def product(product_id: str, at: Any, **said: Any) -> Event:
    return make_event("Product Updated", at, {"product_id": product_id, "currency": "EUR", **said})


class Slow(World):
    """A world in which something happens between the claim of the first message and its hand-off."""

    meanwhile: Callable[[], None] | None = None

    def deliver(self, ref: MessageRef) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        super().deliver(ref)


@pytest.fixture
def world() -> Slow:
    """Somebody left a mug of 25 and a pot of 20 in the cart."""
    found = introduced(Slow(Everybody(load_book(Path("rules")), "cart_abandonment"), NOON))
    pot = {"cart_id": "c1", "product_id": "pot", "name": "Pot", "price": "20.00", "currency": "EUR"}
    found.tell(make_event("Product Added", NOON, pot), make_event("Product Added", NOON + timedelta(seconds=1)))
    return found


def after_claim(world: Slow, *events: Event) -> None:
    def tell() -> None:
        for event in events:
            world.fold(event)

    world.meanwhile = tell
    world.turn_to(DUE + timedelta(seconds=1))


def fates(world: World) -> list[tuple[MessageStatus, Reason | None]]:
    return [(each.status, each.reason) for each in sorted(world.messages(), key=lambda each: each.attempt)]


def shown(world: World) -> dict[str, str]:
    """What the last mail that went out showed, and for how much."""
    message, _ = world.providers[Channel.EMAIL].sent[-1]
    return {each.product: str(each.price) for each in message.content.shown}


def test_a_message_remembers_what_it_showed(world: Slow) -> None:
    world.turn_to(DUE + timedelta(hours=2, seconds=1))
    assert shown(world) == {"mug": "25.00", "pot": "20.00"}
    message, _ = world.providers[Channel.EMAIL].sent[-1]
    assert set(message.items) == {"mug", "pot"}


def test_what_sold_out_between_claim_and_hand_off_is_left_out_of_the_message_that_goes_out(world: Slow) -> None:
    world.turn_to(DUE + timedelta(hours=1))
    after_claim_at = DUE + timedelta(hours=2)
    world.meanwhile = lambda: world.fold(product("pot", after_claim_at, stock=0))
    world.turn_to(after_claim_at + timedelta(seconds=1))
    mails = [each for each in world.messages() if each.channel is Channel.EMAIL]
    assert sorted((str(each.status), str(each.reason)) for each in mails) == [
        ("handed_off", "None"), ("withheld", "out_of_stock"),
    ]  # fmt: skip
    assert shown(world) == {"mug": "25.00"}


def test_nothing_left_to_show_ends_the_run(world: Slow) -> None:
    after_claim(world, product("pot", DUE, stock=0), product("mug", DUE, status="removed"))
    assert fates(world) == [(MessageStatus.WITHHELD, Reason.OUT_OF_STOCK)]
    assert world.run().reason is Reason.OUT_OF_STOCK
    assert world.sent == []


def test_a_price_that_rose_after_the_claim_is_written_anew(world: Slow) -> None:
    world.turn_to(DUE + timedelta(hours=1))
    later = DUE + timedelta(hours=2)
    world.meanwhile = lambda: world.fold(product("pot", later, price="22.00"))
    world.turn_to(later + timedelta(seconds=1))
    reasons = [each.reason for each in world.messages() if each.status is MessageStatus.WITHHELD]
    assert reasons == [Reason.PRICE_ROSE]
    assert shown(world) == {"mug": "25.00", "pot": "22.00"}


@pytest.mark.parametrize(
    "said",
    [{"price": "19.00"}, {"price": "20.00"}, {"price": "99.00", "currency": "GBP"}, {"name": "A pot", "stock": 1}],
)
def test_what_makes_no_message_untrue_holds_none_back(world: Slow, said: dict[str, Any]) -> None:
    world.turn_to(DUE + timedelta(hours=1))
    later = DUE + timedelta(hours=2)
    world.meanwhile = lambda: world.fold(product("pot", later, **said))
    world.turn_to(later + timedelta(seconds=1))
    assert shown(world) == {"mug": "25.00", "pot": "20.00"}
    assert fates(world) == 2 * [(MessageStatus.HANDED_OFF, None)]


def test_a_price_that_was_known_before_the_cart_was_filled_does_not_count(world: Slow) -> None:
    """The shop asks this person for less than its catalogue says: that is between the two of them."""
    world.fold(product("pot", NOON - timedelta(days=1), price="30.00"))
    world.turn_to(DUE + timedelta(hours=2, seconds=1))
    assert shown(world)["pot"] == "20.00"


def test_a_price_that_rose_before_the_decision_is_what_the_message_says(world: Slow) -> None:
    world.fold(product("pot", NOON + timedelta(minutes=5), price="30.00"))
    world.turn_to(DUE + timedelta(hours=2, seconds=1))
    assert shown(world) == {"mug": "25.00", "pot": "30.00"}
    assert [each.status for each in world.messages() if each.status is MessageStatus.WITHHELD] == []

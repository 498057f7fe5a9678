"""A shop whose cart rule asks on its own page first, for tests of what waits there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from nudgekit import hours, load_book, rung
from nudgekit.content.template import load_messages
from nudgekit.language.trigger import Trigger
from nudgekit.model.event import Event
from nudgekit.runs.onsite import waiting
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World, introduced

PAGE = load_messages(Path("rules/exit_intent"))
LADDER = (rung("onsite", wait=hours(2)), rung("push"))


class OnPage(Rulebook):
    """The cart's rule, which asks on the page first."""

    def __init__(self, **changes: Any) -> None:
        book = load_book(Path("rules"))
        super().__init__(book, "cart_abandonment")
        policy = changes.pop("policy", {})
        self.__dict__["policy"] = replace(book.policy, **policy)
        self.changes = {"holdout": 0, "ladder": LADDER, **changes}
        messages = {**book.messages("cart_abandonment"), **PAGE}
        book.__dict__["_messages"]["cart_abandonment"] = messages

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, **self.changes)

    def version(self, number: int) -> Trigger:
        return self.trigger


def shop(**changes: Any) -> World:
    """The shop, which knows Ada."""
    return introduced(World(OnPage(**changes), NOON))


def filled(cart: str = "c1", **more: Any) -> Event:
    """A mug is put into the cart, at noon unless told otherwise."""
    mug = {"cart_id": cart, "product_id": "mug", "name": "Mug", "price": "25.00", "currency": "EUR"}
    return make_event(properties=mug, event_id=f"start-{cart}", **more)


def posted(**changes: Any) -> World:
    """A shop where the message waits on the page since half past twelve."""
    world = shop(**changes)
    world.tell(filled())
    world.turn(minutes=31)
    assert len(waiting("u1", world.store, world.now)) == 1
    return world

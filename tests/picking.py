"""A shop whose one rule recommends products, for tests that stock it and let it sell out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from nudgekit import at_once, event, load_book, rung
from nudgekit.language.picks import Picks
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import day_of
from nudgekit.model.catalogue import Product
from nudgekit.model.popularity import Popularity
from nudgekit.model.recommendation import Scored, Similar
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World, introduced

BOOK = load_book(Path("rules"))
TODAY = day_of(NOON)


class Picking(Rulebook):
    """A rule that recommends products as soon as something is put into the cart."""

    def __init__(self, picks: Picks, **changes: Any) -> None:
        super().__init__(BOOK, "category_bestsellers")
        usual: dict[str, Any] = {"when": event("Product Added"), "per": "product_id", "audience": None, "unless": None}
        self.changes = {**usual, "within": at_once, "ladder": (rung("email"),), "again_after": None, **changes}
        self.picks = picks

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, holdout=0, picks=self.picks, **self.changes)

    def version(self, number: int) -> Trigger:
        return self.trigger


def shop(picks: Picks, **changes: Any) -> World:
    """Everything of the shop is in stock, but `vase`."""
    return stocked(World(Picking(picks, **changes), NOON))


def stocked[W: World](world: W) -> W:
    """The world with Ada in it and its shelves filled."""
    introduced(world)
    for name in ("mug", "jug", "bowl", "plate", "lamp"):
        stock(world, name, 5)
    stock(world, "vase", 0)
    return world


def stock(world: World, product: str, left: int | None, **described: Any) -> None:
    ref = Ref(Kind.PRODUCT, product)
    put(world, ref, Product(product_id=product, name=product.title(), stock=left, **described))


def put(world: World, ref: Ref, value: Any) -> None:
    world.store.commit([Put(ref, value, world.store.get(ref).version)])


def goes_with(world: World, product: str, *others: str) -> None:
    scored = tuple(Scored(other, 1 / (place + 1)) for place, other in enumerate(others))
    put(world, Ref(Kind.SIMILAR, product), Similar(products=scored))


def sells(world: World, owner: str, *products: str) -> None:
    weights = {product: {TODAY: float(len(products) - place)} for place, product in enumerate(products)}
    put(world, Ref(Kind.POPULARITY, owner, "0"), Popularity(days=weights))


def adds(world: World, product: str, name: str = "Product Added", **described: Any) -> None:
    world.tell(make_event(name, world.now, {"product_id": product, "cart_id": "c1", **described}))


def shown(world: World) -> list[str]:
    """What the one message shows, in its order."""
    (message,) = world.messages()
    found = [each.product for each in message.content.shown]
    return sorted(found, key=lambda product: message.content.body.index(product.title()))

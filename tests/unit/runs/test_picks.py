"""What messages recommend: in stock, not owned, not seen lately; without enough of it nothing is sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import at_once, bestsellers, complements, for_you, load_book, popular, rung, similar
from nudgekit.decide.picking import Ask
from nudgekit.language.picks import Picks
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.model.catalogue import Product
from nudgekit.model.popularity import Popularity, day_of
from nudgekit.model.recommendation import Complement, Complements, Scored, Similar
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World, introduced

TODAY = day_of(NOON)
BOOK = load_book(Path("rules"))


class Picking(Rulebook):
    """A rule that recommends products as soon as something is looked at."""

    def __init__(self, picks: Picks, **changes: Any) -> None:
        super().__init__(BOOK, "cart_abandonment")
        usual: dict[str, Any] = {"per": "product_id", "audience": None, "unless": None, "goal": None}
        self.changes = {**usual, "within": at_once, "ladder": (rung("push"),), "again_after": None, **changes}
        self.picks = picks

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, holdout=0, picks=self.picks, **self.changes)

    def version(self, number: int) -> Trigger:
        return self.trigger


def shop(picks: Picks, **changes: Any) -> World:
    """Everything of the shop is in stock, but `vase`."""
    world = introduced(World(Picking(picks, **changes), NOON))
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


def looks_at(world: World, product: str, name: str = "Product Added", **described: Any) -> None:
    world.tell(make_event(name, world.now, {"product_id": product, "cart_id": "c1", **described}))


def shown(world: World) -> list[str]:
    """What the one message shows beside what the run is about."""
    (message,) = world.messages()
    run = world.store.get(Ref(Kind.RUN, "u1", f"{message.trigger}#{message.run}")).value
    return [item for item in message.items if item not in run.items]


def test_a_message_shows_what_goes_with_the_product_and_leaves_out_what_is_sold_out_or_unknown() -> None:
    world = shop(similar())
    goes_with(world, "mug", "vase", "unheard-of", "jug", "bowl")
    looks_at(world, "mug")
    assert world.sent == [Channel.PUSH]
    assert shown(world) == ["jug", "bowl"]


def test_what_is_owned_in_the_cart_or_lately_seen_is_left_out() -> None:
    world = shop(similar())
    goes_with(world, "mug", "jug", "bowl", "plate", "lamp")
    before = NOON - timedelta(days=200)
    world.fold(make_event("Order Completed", before, {"order_id": "o1", "products": [{"product_id": "jug"}]}))
    world.fold(make_event("Product Viewed", NOON - timedelta(days=13), {"product_id": "bowl"}))
    world.fold(make_event("Product Added", NOON, {"product_id": "plate", "cart_id": "c1"}))
    looks_at(world, "mug")
    assert shown(world) == ["lamp"]


@pytest.mark.parametrize(("age", "unseen", "expected"), [(13, True, []), (15, True, ["bowl"]), (13, False, ["bowl"])])
def test_lately_is_two_weeks_and_matters_where_the_rule_says_so(age: int, unseen: bool, expected: list[str]) -> None:
    world = shop(similar(unseen=unseen))
    goes_with(world, "mug", "bowl")
    world.fold(make_event("Product Viewed", NOON - timedelta(days=age), {"product_id": "bowl"}))
    looks_at(world, "mug")
    assert [item for message in world.messages() for item in message.items if item != "mug"] == expected


@pytest.mark.parametrize(("at_least", "sent"), [(2, [Channel.PUSH]), (3, [])])
def test_with_too_little_to_recommend_nothing_is_sent(at_least: int, sent: list[Channel]) -> None:
    world = shop(similar(at_least=at_least))
    goes_with(world, "mug", "jug", "vase", "bowl")
    looks_at(world, "mug")
    assert world.sent == sent
    if not sent:
        assert world.run("mug").reason == "nothing_to_recommend"
        assert world.run("mug").outcome == "skipped"


def test_the_first_way_that_finds_enough_is_taken() -> None:
    world = shop(similar(at_least=2) | bestsellers(of="all"))
    goes_with(world, "mug", "jug", "vase")
    sells(world, "sold:all", "vase", "lamp", "jug")
    looks_at(world, "mug")
    assert shown(world) == ["lamp", "jug"]


def test_best_sellers_are_those_of_the_category_last_looked_at() -> None:
    world = shop(bestsellers(of="category"), per="person")
    sells(world, "sold:category=Kitchen", "jug", "bowl")
    sells(world, "sold:category=Lighting", "lamp")
    looks_at(world, "plate", "Product Viewed", category="Lighting")
    world.turn(minutes=1)
    looks_at(world, "mug", category="Kitchen")
    assert shown(world) == ["jug", "bowl"]


def test_what_is_popular_of_the_favourite_brand_is_another_list_than_what_sold() -> None:
    world = shop(popular(of="brand"), per="person")
    sells(world, "brand=Fern", "bowl", "jug")
    sells(world, "sold:brand=Fern", "lamp")
    for product, brand in (("plate", "Fern"), ("x", "Fern"), ("y", "Moss")):
        looks_at(world, product, "Product Viewed", brand=brand)
    looks_at(world, "mug")
    assert shown(world) == ["bowl", "jug"]


def test_complements_come_from_other_categories_a_mix_of_them() -> None:
    world = shop(complements(at_most=3), per="person")
    found = (Complement("Tables", 3.0, ("jug", "vase", "plate")), Complement("Lighting", 2.0, ("lamp", "bowl")))
    put(world, Ref(Kind.COMPLEMENTS, "Kitchen"), Complements(categories=found))
    looks_at(world, "mug", category="Kitchen")
    assert shown(world) == ["jug", "lamp", "bowl"]


def test_for_you_starts_from_likes_and_falls_back_on_best_sellers() -> None:
    world = shop(for_you(at_most=3), per="person")
    goes_with(world, "liked", "jug", "bowl")
    goes_with(world, "viewed", "bowl", "plate")
    sells(world, "sold:all", "lamp")
    looks_at(world, "viewed", "Product Viewed")
    looks_at(world, "liked", "Product Added to Wishlist")
    looks_at(world, "mug")
    assert shown(world) == ["bowl", "jug", "plate"]


def test_somebody_nothing_is_known_of_is_shown_the_best_sellers() -> None:
    world = shop(for_you(), per="person")
    sells(world, "sold:all", "mug", "jug")
    looks_at(world, "mug")
    assert shown(world) == ["jug"]


class OfTheShop:
    """A model of the shop's own, which does not know what is left."""

    def __init__(self, *products: str) -> None:
        self.products, self.asked = products, list[Ask]()

    def recommend(self, asks: Sequence[Ask]) -> Sequence[tuple[str, ...]]:
        self.asked += asks
        return [self.products for _ in asks]


def test_another_recommender_may_answer_and_is_not_trusted_about_stock_or_what_is_owned() -> None:
    world = shop(similar())
    own = OfTheShop("vase", "mug", "jug", "jug", "nothing", "bowl")
    world.conductor.picker.recommender = own
    looks_at(world, "mug")
    assert shown(world) == ["jug", "bowl"]
    (ask,) = own.asked
    assert (ask.person, ask.strategy, ask.seeds, ask.limit) == ("u1", "similar", ("mug",), 12)
    assert "mug" in ask.exclude


def test_who_gets_no_message_anyway_costs_no_look_up() -> None:
    world = shop(similar(), audience=BOOK.trigger("cart_abandonment").audience)
    own = OfTheShop("jug")
    world.conductor.picker.recommender = own
    looks_at(world, "mug")
    assert world.run("mug").reason == "not_in_audience"
    assert own.asked == []

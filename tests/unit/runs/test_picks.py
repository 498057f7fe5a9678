"""What messages recommend: in stock, not owned, not seen lately; without enough of it nothing is sent."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from nudgekit import bestsellers, complements, for_you, popular, similar
from nudgekit.decide.picking import Ask
from nudgekit.model.base import Channel
from nudgekit.model.recommendation import Complement, Complements
from nudgekit.runs.documents import Kind, Ref
from tests.builders import NOON, make_event
from tests.picking import BOOK, adds, goes_with, put, sells, shop, shown, stock


def test_a_message_shows_what_goes_with_the_product_and_leaves_out_what_is_sold_out_or_unknown() -> None:
    world = shop(similar())
    goes_with(world, "mug", "vase", "unheard-of", "jug", "bowl")
    adds(world, "mug")
    assert world.sent == [Channel.EMAIL]
    assert shown(world) == ["jug", "bowl"]


def test_what_is_owned_in_the_cart_or_lately_seen_is_left_out() -> None:
    world = shop(similar())
    goes_with(world, "mug", "jug", "bowl", "plate", "lamp")
    before = NOON - timedelta(days=200)
    world.fold(make_event("Order Completed", before, {"order_id": "o1", "products": [{"product_id": "jug"}]}))
    world.fold(make_event("Product Viewed", NOON - timedelta(days=13), {"product_id": "bowl"}))
    world.fold(make_event("Product Added", NOON, {"product_id": "plate", "cart_id": "c1"}))
    adds(world, "mug")
    assert shown(world) == ["lamp"]


@pytest.mark.parametrize(("age", "unseen", "expected"), [(13, True, []), (15, True, ["bowl"]), (13, False, ["bowl"])])
def test_lately_is_two_weeks_and_matters_where_the_rule_says_so(age: int, unseen: bool, expected: list[str]) -> None:
    world = shop(similar(unseen=unseen))
    goes_with(world, "mug", "bowl")
    world.fold(make_event("Product Viewed", NOON - timedelta(days=age), {"product_id": "bowl"}))
    adds(world, "mug")
    assert [each.product for message in world.messages() for each in message.content.shown] == expected


@pytest.mark.parametrize(("at_least", "sent"), [(2, [Channel.EMAIL]), (3, [])])
def test_with_too_little_to_recommend_nothing_is_sent(at_least: int, sent: list[Channel]) -> None:
    world = shop(similar(at_least=at_least))
    goes_with(world, "mug", "jug", "vase", "bowl")
    adds(world, "mug")
    assert world.sent == sent
    if not sent:
        assert world.run("mug").reason == "nothing_to_recommend"
        assert world.run("mug").outcome == "skipped"


def test_what_goes_with_a_product_is_shown_also_when_that_one_is_sold_out() -> None:
    world = shop(similar(at_least=2))
    goes_with(world, "mug", "jug", "bowl")
    stock(world, "mug", 0)
    adds(world, "mug")
    assert shown(world) == ["jug", "bowl"]


def test_a_run_about_nothing_shows_what_goes_with_the_product_last_looked_at() -> None:
    world = shop(similar(at_least=2), per="person")
    goes_with(world, "mug", "jug", "bowl")
    world.fold(make_event("Product Viewed", NOON - timedelta(days=1), {"product_id": "mug"}))
    world.tell(make_event("Product Added", NOON, {"cart_id": "c1"}))
    assert shown(world) == ["jug", "bowl"]


def test_the_first_way_that_finds_enough_is_taken() -> None:
    world = shop(similar(at_least=2) | bestsellers(of="all"))
    goes_with(world, "mug", "jug", "vase")
    sells(world, "sold:all", "vase", "lamp", "jug")
    adds(world, "mug")
    assert shown(world) == ["lamp", "jug"]


def test_best_sellers_are_those_of_the_category_last_looked_at() -> None:
    world = shop(bestsellers(of="category"), per="person")
    sells(world, "sold:category=Kitchen", "jug", "bowl")
    sells(world, "sold:category=Lighting", "lamp")
    adds(world, "plate", "Product Viewed", category="Lighting")
    world.turn(minutes=1)
    adds(world, "mug", category="Kitchen")
    assert shown(world) == ["jug", "bowl"]


def test_what_is_popular_of_the_favourite_brand_is_another_list_than_what_sold() -> None:
    world = shop(popular(of="brand"), per="person")
    sells(world, "brand=Fern", "bowl", "jug")
    sells(world, "sold:brand=Fern", "lamp")
    for product, brand in (("plate", "Fern"), ("x", "Fern"), ("y", "Moss")):
        adds(world, product, "Product Viewed", brand=brand)
    adds(world, "mug")
    assert shown(world) == ["bowl", "jug"]


def test_complements_come_from_other_categories_a_mix_of_them() -> None:
    world = shop(complements(at_most=3), per="person")
    found = (Complement("Tables", 3.0, ("jug", "vase", "plate")), Complement("Lighting", 2.0, ("lamp", "bowl")))
    put(world, Ref(Kind.COMPLEMENTS, "Kitchen"), Complements(categories=found))
    adds(world, "mug", category="Kitchen")
    assert shown(world) == ["jug", "lamp", "bowl"]


def test_for_you_starts_from_likes_and_falls_back_on_best_sellers() -> None:
    world = shop(for_you(at_most=3), per="person")
    goes_with(world, "liked", "jug", "bowl")
    goes_with(world, "viewed", "bowl", "plate")
    sells(world, "sold:all", "lamp")
    adds(world, "viewed", "Product Viewed")
    adds(world, "liked", "Product Added to Wishlist")
    adds(world, "mug")
    assert shown(world) == ["bowl", "jug", "plate"]


def test_somebody_nothing_is_known_of_is_shown_the_best_sellers() -> None:
    world = shop(for_you(), per="person")
    sells(world, "sold:all", "mug", "jug")
    adds(world, "mug")
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
    adds(world, "mug")
    assert shown(world) == ["jug", "bowl"]
    (ask,) = own.asked
    assert (ask.person, ask.strategy, ask.seeds, ask.limit) == ("u1", "similar", ("mug",), 12)
    assert "mug" in ask.exclude


def test_who_gets_no_message_anyway_costs_no_look_up() -> None:
    world = shop(similar(), audience=BOOK.trigger("category_bestsellers").audience)
    own = OfTheShop("jug")
    world.conductor.picker.recommender = own
    adds(world, "mug")
    assert world.run("mug").reason == "not_in_audience"
    assert own.asked == []


def test_what_sold_out_between_decision_and_hand_off_is_replaced() -> None:
    world = shop(similar(at_most=2))
    goes_with(world, "mug", "jug", "bowl", "lamp")
    world.settle = world.outbox.take  # type: ignore[assignment, method-assign]  # the message stays on its queue
    adds(world, "mug")
    (claimed,) = world.messages()
    assert {each.product for each in claimed.content.shown} == {"jug", "bowl"}
    del world.settle
    stock(world, "jug", 0)
    world.signal(make_event("Product Added", world.now, {"product_id": "mug", "cart_id": "c1"}))  # asks the queue again
    world.turn(hours=2)
    statuses = [str(message.status) for message in world.messages()]
    assert sorted(statuses) == ["handed_off", "withheld"]
    ((sent, _),) = world.providers[Channel.EMAIL].sent
    assert {each.product for each in sent.content.shown} == {"bowl", "lamp"}


def test_an_order_counts_as_a_sale_and_a_look_does_not() -> None:
    world = shop(bestsellers(of="category"), per="person")
    sold = {"order_id": "o1", "products": [{"product_id": "bowl", "category": "Kitchen"}]}
    world.fold(make_event("Order Completed", NOON, sold, person="bob"))
    for number in range(9):
        world.fold(
            make_event("Product Viewed", NOON, {"product_id": "jug", "category": "Kitchen"}, person=f"p{number}")
        )
    adds(world, "mug", category="Kitchen")
    assert shown(world) == ["bowl"]

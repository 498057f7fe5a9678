"""A run that lasts as long as the person goes on is about what they looked at last."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from nudgekit import Trigger, days, event, minutes, rung
from nudgekit.content.context import described
from nudgekit.decide.case import Case
from nudgekit.model.base import to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.event import Event, Scalar
from nudgekit.runs.arm import arm
from tests.builders import NOON, fold_at, make_case, make_event

BROWSE = Trigger(
    id="browse",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed"),
    within=minutes(25),
    per="person",
    ladder=(rung("push"),),
    expires_after=days(1),
)


def viewed(product_id: str, minute: int, name: str = "Product Viewed") -> Event:
    return make_event(
        name, NOON + timedelta(minutes=minute), {"product_id": product_id}, event_id=f"{product_id}{minute}"
    )


def case_of(*events: Event) -> Case:
    facts = fold_at(NOON + timedelta(hours=1), *events)
    run = arm(BROWSE, viewed("mug", 0))
    products = {each: Product(product_id=each) for each in ("mug", "pot", "rug")}
    return make_case(trigger=BROWSE, run=run, facts=facts, products=products)


@pytest.mark.parametrize(
    ("seen", "item"),
    [
        ([("mug", 0)], "mug"),
        ([("mug", 0), ("pot", 5), ("rug", 9)], "rug"),
        ([("mug", 0), ("pot", 5), ("mug", 9)], "mug"),
        ([("rug", -5), ("mug", 0)], "mug"),
        ([], "mug"),
    ],
)
def test_the_latest_start_event_says_what_a_run_is_about(seen: list[tuple[str, int]], item: str) -> None:
    for order in permutations(seen):
        case = case_of(*(viewed(*each) for each in order))
        assert (case.item_id, case.items) == (item, (item,))
        assert case.item == case.products[item]


def test_other_events_do_not() -> None:
    case = case_of(viewed("mug", 0), viewed("pot", 5, "Product Clicked"))
    assert case.item_id == "mug"


def test_of_several_products_at_one_time_all_count_in_any_order() -> None:
    both = [viewed("rug", 5), viewed("pot", 5)]
    cases = [case_of(*order) for order in permutations(both)]
    assert {(case.item_id, case.items) for case in cases} == {("pot", ("pot", "rug"))}


def test_of_an_order_of_several_products_it_is_about_the_first() -> None:
    bought = {"order_id": "o-1", "products": [{"product_id": "pot"}, {"product_id": "mug"}]}
    start = make_event("Order Completed", NOON, bought)
    ordered = replace(BROWSE, when=event("Order Completed"))
    case = make_case(trigger=ordered, run=arm(ordered, start), facts=fold_at(NOON, start))
    assert (case.item_id, case.items) == ("pot", ("mug", "pot"))


def test_a_run_of_the_shop_is_about_what_its_start_event_names() -> None:
    facts = fold_at(NOON + timedelta(hours=1), viewed("pot", 5))
    run = arm(BROWSE, viewed("mug", 0)).model_copy(update={"of_shop": True})
    assert make_case(trigger=BROWSE, run=run, facts=facts).item_id == "mug"


def test_a_cart_is_about_the_product_that_its_first_event_named() -> None:
    case = make_case(facts=fold_at(NOON, make_event(), make_event(properties={"cart_id": "c2", "product_id": "pot"})))
    assert case.item_id == "mug"


class TestWhatTheEventDescribes:
    def test_stands_in_for_a_catalogue_that_does_not_know_it(self) -> None:
        about: dict[str, Scalar] = {
            "product_id": "mug",
            "name": "Mug",
            "price": "12.50",
            "currency": "EUR",
            "percent": 20,
        }
        product = described(about, "mug")
        assert product is not None
        assert (product.name, str(product.price), product.category) == ("Mug", "12.50", None)

    @pytest.mark.parametrize(
        "about", [{}, {"product_id": "mug"}, {"product_id": "pot", "name": "Pot"}, {"product_id": "mug", "name": 7}]
    )
    def test_is_nothing_when_it_is_about_another_or_has_no_name(self, about: dict[str, Scalar]) -> None:
        assert described(about, "mug") is None


def test_the_time_of_the_run_bounds_how_far_back_it_looks() -> None:
    facts = fold_at(NOON, viewed("mug", -10), viewed("pot", -5))
    assert facts.latest_keys(["Product Viewed"], "product_id", to_ms(NOON - timedelta(minutes=7))) == ("pot",)
    assert facts.latest_keys(["Product Viewed"], "product_id", to_ms(NOON)) == ()

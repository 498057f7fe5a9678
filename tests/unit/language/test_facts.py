"""What rules ask the fact sheet, and how the answers explain themselves."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from nudgekit import cart, days, event, item, start, user
from nudgekit.errors import RuleError
from nudgekit.language import Condition, Scope
from nudgekit.model.event import Event
from nudgekit.model.facts import BUYER, MAX_ORDERS, Facts, fold
from nudgekit.model.profile import Profile, fold_profile
from tests.builders import NOON, make_event

MUG = {"product_id": "mug", "category": "kitchen", "brand": "Fern", "price": "12.00", "currency": "EUR"}


def did(name: str, before: timedelta = timedelta(), **properties: Any) -> Event:
    return make_event(name, NOON - before, {**MUG, **properties})


def scope(events: Iterable[Event], about: dict[str, Any] | None = None, profile: Profile | None = None) -> Scope:
    facts = Facts()
    for each in sorted(events, key=lambda event: event.at):
        facts = fold(facts, [each], each.at)
    return Scope(profile or Profile(), facts, facts.cart(), NOON, about or {}, None, "mug", "EUR")


def ordered(days_ago: float, total: Any = None, **properties: Any) -> Event:
    return make_event(
        "Order Completed", NOON - timedelta(days=days_ago), {"total": total, "currency": "EUR", **properties}
    )


LOOKED = [did("Product Viewed", timedelta(hours=number)) for number in (5, 3, 1)]

CASES: list[tuple[str, Condition, list[Event], bool]] = [
    ("looked twice", item.times(event("Product Viewed")) >= 2, LOOKED[:2], True),
    ("looked once", item.times(event("Product Viewed")) >= 2, LOOKED[:1], False),
    ("liked in time", item.happened(event("Product Added to Wishlist"), days(7)),
     [did("Product Added to Wishlist", timedelta(7))], True),
    ("liked too long ago", item.happened(event("Product Added to Wishlist"), days(7)),
     [did("Product Added to Wishlist", timedelta(days=7, seconds=1))], False),
    ("liked another", item.happened(event("Product Added to Wishlist"), days(7)),
     [did("Product Added to Wishlist", product_id="pot")], False),
    ("has it", item.owned, [ordered(200, product_id="mug")], True),
    ("ordered twice", user.orders == 2, [ordered(9), ordered(1)], True),
    ("one order told twice", user.orders == 1, [ordered(9, order_id="o1"), ordered(1, order_id="o1")], True),
    ("one a month ago", user.orders.ago(days(30)) == 1, [ordered(31), ordered(1)], True),
    ("spent", user.spent == Decimal("30.50"), [ordered(9, 10.5), ordered(1, "20")], True),
    ("spent by last month", user.spent.ago(days(30)) == 10, [ordered(31, 10), ordered(1, 20)], True),
    ("other money does not count", user.spent == 0, [ordered(1, 20, currency="USD")], True),
    ("money of no currency is the shop's", user.spent == 20,
     [make_event("Order Completed", NOON, {"total": 20})], True),
    ("an order's lines say what it came to", user.spent == 24,
     [ordered(1, product_id="mug", price="12", quantity=2)], True),
    ("never ordered, so no days since", user.days_since_order >= 0, LOOKED, False),
    ("days since", user.days_since_order == 180, [ordered(180)], True),
    ("a day less", user.days_since_order == 179, [ordered(179.99)], True),
    ("three of four weeks", user.active_weeks(4) == 3,
     [did("Page Viewed", timedelta(each)) for each in (7, 15, 34)], True),
    ("this week and the sixth do not count", user.active_weeks(4) == 0,
     [did("Page Viewed", timedelta(each)) for each in (0, 6, 35)], True),
    ("messages are no activity", user.active_weeks(4) == 0,
     [make_event("Message Sent", NOON - timedelta(8), {})], True),
    ("a sale is no activity", user.active_weeks(4) == 0, [did("Listing Sold", timedelta(8))], True),
    ("quiet for a week", user.quiet_days == 7, [did("Page Viewed", timedelta(7))], True),
    ("left from the start page", user.left_from == "home", [*LOOKED, did("Page Viewed", category="home")], True),
    ("left from a category", user.left_from == "category", [*LOOKED, did("Product List Viewed")], True),
    ("left from a product", user.left_from == "product", LOOKED, True),
    ("left from which category", user.left_category == "kitchen", LOOKED, True),
    ("drawn to", user.category.top == "kitchen", LOOKED, True),
    ("three looks at one brand make half", user.brand.share == 0.5, LOOKED, True),
    ("one look proves little", user.brand.share == 0.25, LOOKED[:1], True),
    ("looks at another brand lower it", user.brand.share == 0.33,
     [*LOOKED, *(did("Product Viewed", timedelta(hours=number), brand="Fable") for number in (1, 3, 5))], True),
    ("rising from nothing", user.brand.rising(days(7)) == 0.5, LOOKED, True),
    ("rising from something", user.brand.rising(days(7)) <= 0.2,
     [*LOOKED, did("Product Added", timedelta(8))], True),
    ("no longer rising", user.brand.rising(days(7)) <= 0,
     [did("Product Viewed", timedelta(8 + each)) for each in range(3)], True),
    ("the latest category", user.category.latest == "garden",
     [*LOOKED, did("Product Viewed", category="garden", product_id="pot")], True),
    ("most chatted", user.top_category(event("Chat Started")) == "garden",
     [*LOOKED, did("Chat Started", timedelta(3), category="garden")], True),
    ("the later of two that are equally frequent", user.top_category(event("Chat Started")) == "garden",
     [did("Chat Started", timedelta(3)), did("Chat Started", timedelta(2), category="garden")], True),
    ("explored by three looks", user.explored("kitchen"), LOOKED, True),
    ("two looks are not enough", user.explored("kitchen"), LOOKED[1:], False),
    ("but a like is", user.explored("kitchen"), [did("Product Added to Wishlist")], True),
    ("seen and left", user.skipped("kitchen"), LOOKED[1:], True),
    ("explored is not skipped", user.skipped("kitchen"), LOOKED, False),
    ("never seen is not skipped", user.skipped("garden"), LOOKED, False),
    ("read", user.has_read("a1"), [make_event("Article Read", NOON, {"article_id": "a1"})], True),
    ("earned this week", event("Listing Sold").total(days(7)) == 24,
     [did("Listing Sold", timedelta(1)), did("Listing Sold", timedelta(7)), did("Listing Sold", timedelta(8))], True),
    ("today is not over", event("Listing Sold").total(days(7)) == 0, [did("Listing Sold")], True),
    ("earned in all", event("Listing Sold").total() == 24,
     [did("Listing Sold"), did("Listing Sold", timedelta(80))], True),
    ("sold in all", event("Listing Sold").count() == 2,
     [did("Listing Sold"), did("Listing Sold", timedelta(80))], True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "events", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fact_answers(condition: Condition, events: list[Event], holds: bool) -> None:
    asked = scope(events)
    assert condition.test(asked) is holds
    assert [term.held for term in condition.explain(asked)] == [holds]


def test_a_fact_may_be_asked_about_what_the_start_event_says() -> None:
    asked = scope([*LOOKED, ordered(1, product_id="pot")], {"product_id": "pot", "category": "kitchen"})
    assert (user.owns(start("product_id")) & user.explored(start("category"))).test(asked)
    assert (user.category.top == start("category")).test(asked)
    assert not (user.category.top != start("category")).test(asked)
    assert not (user.category.top == start("nothing")).test(asked)


def test_a_comparison_of_two_texts_tells_both() -> None:
    same = user.category.top == start("category")
    (term,) = same.explain(scope(LOOKED, {"category": "garden"}))
    assert term == ('user.category.top == start("category")', "kitchen and garden", False)
    assert same.told(scope(LOOKED)) == (False, (('user.category.top == start("category")', "kitchen and missing"),))


def test_what_is_unknown_on_both_sides_is_not_the_same() -> None:
    assert not (user.category.top == start("category")).test(scope([]))


def test_traits_that_are_lists_say_what_they_contain() -> None:
    profile = fold_profile(Profile(), {"follows": ["plants", 7, "cooks"], "tier": "plants"}, 1, "m")
    asked = scope([], profile=profile)
    assert profile.traits["follows"] == ("plants", "cooks")
    assert user.trait("follows").contains("plants").test(asked)
    assert not user.trait("follows").contains("plan").test(asked)
    assert not user.trait("tier").contains("plants").test(asked)


def test_intent_grows_with_what_somebody_does_and_says_why() -> None:
    browsing = scope(LOOKED[:1]).facts.intent(NOON)
    returned = scope([*LOOKED, did("Product Viewed", price="15.00", product_id="pot", seconds=90)]).facts.intent(NOON)
    filled = scope([*LOOKED, did("Product Added")]).facts.intent(NOON)
    assert 0 < browsing < returned < BUYER < filled <= 1
    assert set(returned.parts) == {
        "seconds on products", "views", "more products of one category", "prices compared", "looked at again"
    }  # fmt: skip
    (term,) = (user.intent >= BUYER).explain(scope(LOOKED[:1]))
    assert term == ("user.intent >= 0.5", "0.01 (views 0.01)", False)


def test_an_order_ends_the_intent_that_led_to_it() -> None:
    assert scope([*LOOKED, did("Product Added"), ordered(0)]).facts.intent(NOON) == 0.0


def test_orders_beyond_the_sheet_are_known_by_number_and_sum() -> None:
    asked = scope([ordered(each, 1) for each in range(3 * MAX_ORDERS, 0, -1)])
    assert (user.orders == 3 * MAX_ORDERS).test(asked)
    assert (user.spent == 3 * MAX_ORDERS).test(asked)
    assert (user.orders.ago(days(5.5)) == 3 * MAX_ORDERS - 5).test(asked)


MISTAKES: dict[str, Any] = {
    "nearest user.orders": lambda: user.order,  # type: ignore[attr-defined]
    "nearest user.category.top": lambda: user.category.tops,  # type: ignore[attr-defined]
    "give 1 to 12": lambda: user.active_weeks(40),
    "write it as in item.times": lambda: item.times("Product Viewed"),  # type: ignore[arg-type]
    'no single "Cart Viewed" is remembered': lambda: item.times(event("Cart Viewed")),
    "has no total": lambda: event("Product Viewed").total(days(7)),
    "has no count()": lambda: event("Product Viewed").count(),
    "at most days(14)": lambda: event("Listing Sold").total(days(15)),
    "user.orders.ago": lambda: user.orders.ago(3),  # type: ignore[arg-type]
    "give a length of time": lambda: user.brand.rising(7),  # type: ignore[arg-type]
    "is not a name": lambda: user.owns(""),
    "cannot be compared": lambda: user.category.top >= "a",
    "compare it with a number": lambda: cart.size == start("size"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_wrong_question_is_told(what: str) -> None:
    with pytest.raises(RuleError) as told:
        MISTAKES[what]()
    assert what.removeprefix("nearest ") in str(told.value)

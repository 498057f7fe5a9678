"""Conditions, lengths and events are told in plain words, and never wrongly."""

from datetime import timedelta
from typing import Any

import pytest

from nudgekit import cart, days, event, hours, item, minutes, start, user
from nudgekit.language.deeds import DEEDS, OCCASIONS, both, deed, either
from nudgekit.language.expressions import Condition, Value
from nudgekit.language.plain import in_words, length
from nudgekit.model.event import COMMERCE_EVENTS, MARKET_EVENTS, SHOP_EVENTS


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (minutes(30), "30 minutes"),
        (hours(1), "1 hour"),
        (hours(30), "1 day and 6 hours"),
        (days(7), "7 days"),
        (timedelta(seconds=90), "1 minute and 30 seconds"),
        (timedelta(), "no time"),
    ],
)
def test_lengths_are_told_as_people_say_them(span: timedelta, words: str) -> None:
    assert length(span) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (cart.value >= 20, "their cart is worth at least 20 EUR"),
        (cart.size < 3, "their cart has less than 3 different products"),
        (user.country == "DE", "their country is \u201cDE\u201d"),
        (user.country != "DE", "their country is not \u201cDE\u201d"),
        (user.country.one_of("DE", "AT"), "their country is \u201cAT\u201d or \u201cDE\u201d"),
        (~user.country.one_of("DE", "AT"), "their country is not \u201cAT\u201d or \u201cDE\u201d"),
        (user.segments.contains("vip"), "they are in the group \u201cvip\u201d"),
        (~user.segments.contains("vip"), "they are not in the group \u201cvip\u201d"),
        (user.segments.contains(start("of")), "they are in the group that the start event's \u201cof\u201d names"),
        (cart.contains("mug"), "\u201cmug\u201d is in their cart"),
        (user.trait("vip") == True, "their \u201cvip\u201d is so"),  # noqa: E712  # as rules write it
        (user.trait("vip") != True, "their \u201cvip\u201d is not so"),  # noqa: E712
        (user.trait("age") > 17, "their \u201cage\u201d is more than 17"),
        (item.price < 30, "the product costs less than 30 EUR"),
        (item.brand == "Fern", "the product's brand is \u201cFern\u201d"),
        (start("percent") >= 20, "the start event's \u201cpercent\u201d is at least 20"),
        (
            event("Product Viewed").count(days(7)) >= 3,
            "they looked at a product at least 3 times in the last 7 days",
        ),
        (event("Order Completed").count(days(7)) == 0, "they did not order in the last 7 days"),
        (event("Order Completed").count(days(7)) <= 1, "they ordered at most once in the last 7 days"),
        (user.orders == 0, "they have never ordered"),
        (user.orders.ago(days(30)) >= 2, "they ordered at least twice in all, as it stood 30 days ago"),
        (user.intent >= 0.4, "their intent to buy, from 0 to 1, is at least 0.4"),
        (item.seller != "", "the product's seller is known"),
        (user.brand.top == start("brand"), "the brand they like most is the start event's \u201cbrand\u201d"),
        (~(user.brand.top == "Fern"), "the brand they like most is not \u201cFern\u201d (or that is not known)"),
        (~user.owns(start("product_id")), "they do not own the start event's \u201cproduct_id\u201d"),
        (
            ~item.happened(event("Product Viewed"), days(7)),
            "they did not look at a product in the last 7 days, this very product",
        ),
        (item.times(event("Product Viewed")) >= 2, "they looked at a product at least twice, this very product"),
        (event("Order Completed").happened(days(30)), "they ordered in the last 30 days"),
        (~event("Order Completed").happened(days(30)), "they did not order in the last 30 days"),
        (~(cart.value < 20), "their cart is worth at least 20 EUR (or that is not known)"),
        (~(cart.size < 3), "their cart has at least 3 different products"),
        (
            ~((cart.size < 3) | user.segments.contains("vip")),
            "their cart has at least 3 different products and they are not in the group \u201cvip\u201d",
        ),
        (
            (cart.size > 1) & ((user.country == "DE") | (user.country == "AT")),
            "their cart has more than 1 different products and "
            "(their country is \u201cDE\u201d or their country is \u201cAT\u201d)",
        ),
    ],
)
def test_conditions_are_clauses_about_people(condition: Condition, words: str) -> None:
    assert in_words(condition, "EUR") == words


def test_what_has_no_words_is_quoted_as_the_rule_writes_it() -> None:
    class Weather(Value):
        text = "weather"

    class Raining(Condition):
        def __str__(self) -> str:
            return "raining()"

    assert in_words(Raining(), "EUR") == "`raining()`"
    assert in_words(~Raining(), "EUR") == "it is not so that `raining()`"
    assert in_words(Weather() == "wet", "EUR") == "`weather` is \u201cwet\u201d"


class TestEvents:
    def test_all_that_people_do_in_a_shop_has_words(self) -> None:
        assert set(DEEDS) >= COMMERCE_EVENTS | MARKET_EVENTS
        assert set(OCCASIONS) == SHOP_EVENTS

    @pytest.mark.parametrize(
        ("name", "third"),
        [
            ("Product Viewed", "looks at a product"),
            ("Payment Info Entered", "says how to pay"),
            ("Coupon Issued", "is given a coupon"),
            ("Products Searched", "searches for something"),
            ("Quiz Finished", "does \u201cQuiz Finished\u201d"),
        ],
    )
    def test_are_told_of_somebody(self, name: str, third: str) -> None:
        assert deed(name).third == third


@pytest.mark.parametrize(("parts", "told"), [((), ""), ("a", "a"), ("ab", "a or b"), ("abc", "a, b or c")])
def test_lists_read_as_lists(parts: Any, told: str) -> None:
    assert either(parts) == told
    assert both(parts) == told.replace(" or ", " and ")

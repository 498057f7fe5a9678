"""What messages tell people of what they did themselves."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import load_book
from nudgekit.content.context import Inputs, message_context
from nudgekit.content.links import PREVIEW
from nudgekit.content.stats import stats_of
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.model.facts import Facts, fold
from tests.builders import NOON, make_event, make_policy

BOOK = load_book(Path("rules"))
TODAY = NOON.replace(hour=0)


def did(name: str, days_ago: int, **properties: Any) -> Event:
    return make_event(name, TODAY - timedelta(days=days_ago), {"product_id": f"p{days_ago}", **properties})


def sold(days_ago: int, price: str = "10.00", category: str = "Bikes") -> Event:
    return did("Listing Sold", days_ago, price=price, currency="EUR", category=category)


def listed(days_ago: int) -> Event:
    return did("Listing Published", days_ago)


PUT_IN = make_event("Product Added", NOON, {"product_id": "jug", "name": "Jug"})


def facts_of(*events: Event) -> Facts:
    facts = Facts()
    for each in sorted(events, key=lambda event: event.at):
        facts = fold(facts, [each], each.at)
    return facts


def written(trigger: str, name: str, facts: Facts) -> str:
    given = Inputs(
        policy=make_policy(),
        trigger=trigger,
        message="m0",
        links=PREVIEW.links("ada", Channel.EMAIL, "m0"),
        now=NOON,
        facts=facts,
        cart=facts.cart(),
    )
    return BOOK.messages(trigger)[name].render(message_context(given)).body


def test_the_week_is_the_seven_days_before_today_so_that_two_weeks_share_no_day() -> None:
    facts = facts_of(*(sold(day) for day in (0, 1, 7, 8, 14, 15)))
    this_week = stats_of(facts, "EUR", NOON)
    last_week = stats_of(facts, "EUR", NOON - timedelta(days=7))
    assert (this_week["sold"], this_week["sold_week"], last_week["sold_week"]) == (6, 2, 2)
    assert (this_week["earned"].amount, this_week["earned_week"].amount) == (60, 20)


def cashback(name: str, days_ago: int, value: str) -> Event:
    return did(f"Cashback {name}", days_ago, value=value, currency="EUR")


@pytest.mark.parametrize(
    ("events", "held"),
    [
        ([cashback("Granted", 40, "5.00"), cashback("Granted", 2, "3.50")], "8.50"),
        ([cashback("Granted", 9, "5.00"), cashback("Redeemed", 8, "5.00"), cashback("Granted", 2, "3.50")], "3.50"),
        ([cashback("Granted", 9, "5.00"), cashback("Redeemed", 8, "5.00")], None),
        ([cashback("Redeemed", 8, "5.00")], None),
    ],
)
def test_cashback_that_is_held_is_what_was_granted_less_what_was_redeemed(
    events: list[Event], held: str | None
) -> None:
    told = stats_of(facts_of(*events), "EUR", NOON)["cashback"]
    assert (told and str(told.amount)) == held


def test_somebody_of_whom_nothing_is_known_has_noughts() -> None:
    told = stats_of(Facts(), "EUR", NOON)
    assert told.pop("cashback") is told.pop("category") is told.pop("brand") is told.pop("sold_category") is None
    assert {getattr(value, "amount", value) for value in told.values()} == {0}


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([listed(25), sold(20), PUT_IN], "You have sold 1 thing here for €10.00, most of all Bikes."),
        ([listed(25), did("Page Viewed", 9)], "You have listed 1 thing of late."),
        ([sold(20), PUT_IN], "Jug is still in it."),
        ([PUT_IN], "Jug is still in it."),
        ([did("Product Viewed", 9, category="Lamps")], "New things have come in under Lamps"),
        ([did("Page Viewed", 9)], "New things have come in while you were away."),
    ],
)
def test_buyers_and_sellers_are_given_reasons_of_their_own(events: list[Event], reason: str) -> None:
    assert reason in written("slipping_regular", "push", facts_of(*events))


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([sold(3), sold(4)], "2 things sold, €20.00 in all. Your best category is Bikes"),
        ([sold(30)], "Nothing sold last week, €10.00 in all. Your best category so far is Bikes"),
        ([did("Listing Published", 3)], "Nothing sold yet."),
    ],
)
def test_sellers_are_told_the_week_and_all(events: list[Event], told: str) -> None:
    assert told in written("seller_recap", "push", facts_of(*events))

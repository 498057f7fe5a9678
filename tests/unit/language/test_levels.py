"""How personal a trigger is comes from its rule and its messages, and no word of the language is forgotten."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from nudgekit import Trigger, at_once, cart, days, event, everyone, followers, hours, item, load_book, rung, start, user
from nudgekit.content.context import NAMES as CONTEXT
from nudgekit.content.links import MessageLinks
from nudgekit.language import weekly
from nudgekit.language.expressions import (
    All,
    Any_,
    Compare,
    Condition,
    Contains,
    Count,
    Field,
    Given,
    Named,
    Not,
    OneOf,
    Trait,
    Value,
)
from nudgekit.language.fields import FIELDS
from nudgekit.language.levels import (
    FIELDS_LEVELS,
    KEYWORDS,
    NAMES,
    Level,
    condition_readings,
    level_of,
    value_level,
)
from nudgekit.language.segments import Segment
from tests.builders import TRIGGER


def trigger(**changes: Any) -> Trigger:
    given: dict[str, Any] = {
        "id": "reminder",
        "version": 1,
        "owner": "crm",
        "purpose": "promotional",
        "every": weekly("sunday", time(10)),
        "among": everyone(),
        "per": "person",
        "ladder": (rung("email"),),
        "expires_after": days(2),
    }
    return Trigger(**{**given, **changes})


def of_person(**changes: Any) -> Trigger:
    return trigger(**{"every": None, "among": None, "when": event("Product Viewed"), "within": hours(1), **changes})


@pytest.mark.parametrize(
    ("rule", "names", "level"),
    [
        (trigger(), [("shop", "name"), ("unsubscribe",)], Level.NOTHING),
        (trigger(), [("user", "first_name")], Level.DEMOGRAPHIC),
        (trigger(audience=user.country == "DE"), [], Level.DEMOGRAPHIC),
        (trigger(audience=~user.segments.contains("staff")), [], Level.DEMOGRAPHIC),
        (trigger(audience=event("Order Completed").count(days(30)) >= 2), [], Level.BEHAVIOUR),
        (trigger(audience=~event("Order Completed").happened(days(30))), [], Level.BEHAVIOUR),
        (trigger(audience=(cart.value > 3) | (user.country == "DE")), [], Level.BEHAVIOUR),
        (trigger(), [("cart", "items", 0, "name")], Level.BEHAVIOUR),
        (of_person(), [], Level.BEHAVIOUR),
        (of_person(), [("start", "category")], Level.BEHAVIOUR),
        (trigger(), [("picks", 0, "name")], Level.PREDICTED),
        (of_person(), [("product", "price")], Level.NOW),
        (of_person(audience=item.price < 20), [], Level.NOW),
        (of_person(within=at_once), [], Level.NOW),
        (trigger(every=None, when=event("Price Dropped"), within=hours(1), among=followers("brand")), [], Level.NOW),
    ],
)
def test_the_level_is_that_of_the_most_personal_term(rule: Trigger, names: Any, level: Level) -> None:
    assert level_of(rule, {"email": names}).level is level


def test_it_is_explained_by_the_terms_that_give_it() -> None:
    found = level_of(TRIGGER, {"push": [("user", "first_name"), ("cart", "items", 0, "name"), ("shop", "url")]})
    assert [(each.what, each.where) for each in found.because] == [
        ('(event("Checkout Started") | event("Product Added"))', "when"),
        ('event("Order Completed")', "unless"),
        ("cart.value", "audience"),
        ("cart.items[0].name", "push"),
    ]
    assert {(each.what, each.where) for each in found.readings} - {
        (each.what, each.where) for each in found.because
    } == {
        ("user.segments", "audience"),
        ("user.first_name", "push"),
    }


def test_a_property_of_the_start_is_the_present_only_where_nothing_waits() -> None:
    asks = start("percent") >= 20
    levels = [level_of(of_person(audience=asks, within=within), {}).readings[-1] for within in (at_once, hours(1))]
    assert [(each.what, each.level) for each in levels] == [('start("percent")', 4), ('start("percent")', 2)]


def test_what_is_weighed_predicts_and_what_is_counted_does_not() -> None:
    assert value_level(TRIGGER, user.intent) is value_level(TRIGGER, user.brand.rising(days(7))) is Level.PREDICTED
    assert value_level(TRIGGER, user.orders) is Level.BEHAVIOUR
    (follows,) = condition_readings(TRIGGER, user.trait("follows").contains("plants"))
    assert follows.level is Level.DEMOGRAPHIC


class TestNothingIsForgotten:
    """A new word of the language, keyword of a trigger or name of messages needs its level."""

    def test_every_kind_of_condition_and_value(self) -> None:
        for kind in _kinds(Condition):
            list(condition_readings(TRIGGER, _condition(kind)))
        for kind in _kinds(Value) - {Field}:
            value_level(TRIGGER, _value(kind))

    def test_every_field(self) -> None:
        assert {*FIELDS, "user.segments", "cart.lines"} <= set(FIELDS_LEVELS)

    def test_every_keyword_of_a_trigger(self) -> None:
        assert {each.name for each in fields(Trigger)} <= set(KEYWORDS)

    def test_every_name_of_messages(self) -> None:
        assert {*CONTEXT, *MessageLinks._fields} <= set(NAMES)

    def test_what_has_no_level_fails(self) -> None:
        class Weather(Value):
            text = "weather"

        class Raining(Condition):
            pass

        with pytest.raises(TypeError, match="weather has no level"):
            value_level(TRIGGER, Weather())
        with pytest.raises(TypeError, match="Raining has no level"):
            list(condition_readings(TRIGGER, Raining()))

    def test_every_trigger_of_the_shop_has_one(self) -> None:
        book = load_book(Path("rules"))
        for each in book.triggers:
            messages = {name: template.names for name, template in book.messages(each.id).items()}
            assert level_of(each, messages).level in Level


_PARTS = {
    All: lambda: (cart.value > 1) & (cart.size > 1),
    Any_: lambda: (cart.value > 1) | (cart.size > 1),
    Not: lambda: ~(cart.value > 1),
    Compare: lambda: cart.value > 1,
    OneOf: lambda: user.country.one_of("DE"),
    Contains: lambda: cart.contains("mug"),
}


def _kinds(kind: type) -> set[type]:
    """The kinds that rules can be made of: public, of the language itself."""
    found: set[type] = set()
    own: list[type] = kind.__subclasses__()
    for each in own:
        if each.__module__.startswith("nudgekit.") and not each.__name__.startswith("_"):
            found |= {each} | _kinds(each)
    return found


def _condition(kind: type) -> Condition:
    if kind in _PARTS:
        return _PARTS[kind]()
    return next(each for each in _samples() if type(each) is kind)


def _samples() -> Iterator[Condition]:
    """A condition of every further kind: add yours."""
    yield user.category.top == start("category")
    yield user.owns("mug")
    yield Named('segment("some")', cart.value > 1)
    yield Segment(cart.value > 1)
    yield event("Order Completed").happened(days(1))


def _value(kind: type) -> Any:
    """A value of every kind: add yours."""
    samples: tuple[Value, ...] = (
        user.trait("tier"),
        Trait("tier"),
        user.orders,
        user.quiet_days,
        start("percent"),
        event("A").count(days(1)),
        user.segments,
    )
    return next(each for each in samples if type(each) is kind)


def test_the_kinds_that_are_looked_at_are_those_of_the_language() -> None:
    assert {Compare, Contains, All} <= _kinds(Condition)
    assert {Given, Count} <= _kinds(Value)

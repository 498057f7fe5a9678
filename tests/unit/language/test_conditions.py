"""Conditions test, explain themselves and survive the way to JSON and back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from nudgekit import cart, days, event, user
from nudgekit.errors import RuleError
from nudgekit.language import Condition, Scope
from nudgekit.language.canonical import condition_from
from nudgekit.model.facts import Cart, Facts, Line, fold
from nudgekit.model.profile import Profile
from tests.builders import make_event


def _any(value: Any) -> Any:
    """What a type checker would not let through."""
    return value


NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


def line(product_id: str, price: str | None = "10.00") -> Line:
    return Line(1, "m", "c", product_id, 1, None if price is None else Decimal(price), "EUR")


def scope(profile: Profile | None = None, value: str | None = "25.00", facts: Facts | None = None) -> Scope:
    lines = (line("mug"), line("pot"))
    amount = None if value is None else Decimal(value)
    return Scope(profile or Profile(), facts or Facts(), Cart(lines, amount, "EUR" if value else None), NOW)


ADA = Profile(
    country="GB",
    locale="en-GB",
    timezone="Europe/London",
    segments=frozenset({"vip"}),
    traits={"tier": "gold", "orders": 5, "spent": 99.5, "member": True, "mail": "a@b"},
)


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        (user.country == "GB", True),
        (user.country != "DE", True),
        (user.country != "GB", False),
        (user.country.one_of("DE", "GB"), True),
        (user.country.one_of("DE", "AT"), False),
        (user.locale == "en-GB", True),
        (user.timezone == "Europe/London", True),
        (user.segments.contains("vip"), True),
        (user.segments.contains("staff"), False),
        (user.trait("tier") == "gold", True),
        (user.trait("tier") != "gold", False),
        (user.trait("tier") != "silver", True),
        (user.trait("tier").one_of("gold", "silver"), True),
        (user.trait("orders") >= 5, True),
        (user.trait("orders") > 5, False),
        (user.trait("spent") < 100, True),
        (user.trait("member") == True, True),  # noqa: E712
        (user.trait("member") != True, False),  # noqa: E712
        (user.trait("member") == False, False),  # noqa: E712
        (user.trait("mail") == "a@b", True),
        (cart.value >= 25, True),
        (cart.value > 25, False),
        (cart.value >= 24.99, True),
        (cart.value == Decimal("25.00"), True),
        (cart.value < Decimal("25.01"), True),
        (20 <= cart.value, True),  # noqa: SIM300
        (cart.currency == "EUR", True),
        (cart.size == 2, True),
        (cart.contains("mug"), True),
        (cart.contains("fern"), False),
        (~cart.contains("fern"), True),
        ((cart.value >= 20) & (cart.value < 30), True),
        ((cart.value < 20) | user.segments.contains("vip"), True),
        (~((cart.value < 20) | user.segments.contains("vip")), False),
    ],
    ids=str,
)
def test_a_condition_holds_or_not(condition: Condition, held: bool) -> None:
    assert condition.test(scope(ADA)) is held


@pytest.mark.parametrize(
    "condition",
    [
        user.country == "GB",
        user.country != "GB",
        user.country.one_of("GB"),
        user.trait("tier") == "gold",
        user.trait("tier") != "gold",
        user.trait("orders") < 5,
        user.trait("orders") != 5,
        user.trait("member") == True,  # noqa: E712
        user.trait("member") != True,  # noqa: E712
        cart.value >= 0,
        cart.value < 1000,
        cart.value != 5,
        cart.currency != "EUR",
        event("Product Viewed").happened(days(1)),
    ],
    ids=str,
)
def test_a_comparison_with_something_missing_is_false_and_says_so(condition: Condition) -> None:
    nobody = scope(Profile(), value=None)
    assert condition.test(nobody) is False
    assert [(term.value, term.held) for term in condition.explain(nobody)] == [("missing", False)]


@pytest.mark.parametrize(
    "condition",
    [user.trait("tier") > 3, user.trait("tier") != 3, user.trait("orders") != "5", user.trait("member") >= 1],
    ids=str,
)
def test_a_trait_of_another_type_compares_with_nothing(condition: Condition) -> None:
    assert condition.test(scope(ADA)) is False


def test_events_are_counted_and_remembered() -> None:
    views = [make_event("Product Viewed", NOW - timedelta(days=age)) for age in (1, 2, 5)]
    known = scope(ADA, facts=fold(Facts(), [views[0]], NOW))
    assert event("Product Viewed").happened(days(2)).test(known)
    assert not event("Product Viewed").happened(timedelta(hours=23)).test(known)
    assert (event("Product Viewed").count(days(7)) >= 1).test(known)
    assert not (event("Product Viewed").count(days(7)) >= 2).test(known)
    either = (event("Product Viewed") | event("Cart Viewed")).happened(days(2))
    assert either.test(known)
    both = fold(Facts(), [views[0], make_event("Cart Viewed", NOW - timedelta(days=1))], NOW)
    assert ((event("Product Viewed") | event("Cart Viewed")).count(days(7)) == 2).test(scope(ADA, facts=both))


def test_an_explanation_tells_every_comparison_with_the_value_it_saw() -> None:
    condition = (cart.value >= 30) & ~user.segments.contains("vip") & (user.trait("orders") >= 2)
    terms = [tuple(term) for term in condition.explain(scope(ADA))]
    assert terms == [
        ("cart.value >= 30", "25.00", False),
        ('not user.segments.contains("vip")', "yes", False),
        ('user.trait("orders") >= 2', "5", True),
    ]


def test_code_is_compiled_once_and_looks_a_repeated_field_up_once() -> None:
    condition = (cart.value >= 20) & (cart.value < 30)
    assert condition.test is condition.test
    assert condition.test.source.count("cart.value") == 1  # type: ignore[attr-defined]


def test_texts_in_a_rule_are_never_code() -> None:
    hostile = "'] or True or ['\x00@\n\\"
    condition = (user.trait(hostile) == hostile) | cart.contains(hostile) | user.segments.contains(hostile)
    assert condition.test(scope(ADA)) is False
    assert condition.test(scope(Profile(traits={hostile: hostile}))) is True
    assert [term.held for term in condition.explain(scope(ADA))] == [False, False, False]


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: bool(cart.value >= 20), "no truth of its own"),
        (lambda: (cart.value >= 20) and (cart.size > 1), "no truth of its own"),
        (lambda: not (cart.value >= 20), "no truth of its own"),
        (lambda: 20 <= cart.value <= 30, "no truth of its own"),
        (lambda: bool(cart.value), "no truth of its own"),
        (lambda: bool(event("Product Added")), "no truth of its own"),
        (lambda: (cart.value >= 20) & _any(5), "not a condition"),
        (lambda: user.country == 5, "cannot be compared"),
        (lambda: user.country < "GB", "cannot be compared"),
        (lambda: cart.value >= "20", "cannot be compared"),
        (lambda: cart.value >= Decimal("nan"), "cannot be compared"),
        (lambda: cart.value >= True, "cannot be compared"),
        (lambda: user.segments == "vip", "cannot be compared"),
        (lambda: user.segments.contains(_any(5)), "not a name"),
        (lambda: user.country.one_of(*()), "needs texts"),
        (lambda: user.trait(""), "not a name"),
        (lambda: event("product_added"), "not spelt as events are"),
        (lambda: event(""), "names no event"),
        (lambda: event("Product Viewed").count(days(91)), "not a window"),
        (lambda: event("Product Viewed").count(timedelta(hours=5)), "not a window"),
        (lambda: event("Product Viewed").happened(days(91)), "not a window"),
        (lambda: event("Product Viewed").within(_any(3)), "not a window"),
        (lambda: event("Product Viewed") | _any("Cart Viewed"), "not an event"),
        (lambda: days(0), "not a length of time"),
        (lambda: days(-1), "not a length of time"),
        (lambda: days(float("nan")), "not a length of time"),
    ],
)
def test_what_cannot_work_says_what_where_and_what_to_do(make: Any, what: str) -> None:
    with pytest.raises(RuleError) as raised:
        make()
    assert what in raised.value.what
    assert raised.value.where.startswith(__file__)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (lambda: _any(user).contry, "user.country"),
        (lambda: _any(user).traits, "user.trait"),
        (lambda: _any(cart).vlaue, "cart.value"),
    ],
)
def test_an_unknown_field_names_the_nearest_ones(make: Any, remedy: str) -> None:
    with pytest.raises(RuleError) as raised:
        make()
    assert "is not a field" in raised.value.what
    assert remedy in raised.value.remedy


def test_the_same_condition_written_differently_is_the_same() -> None:
    assert ((cart.value >= 20) & (cart.size > 1)) & (user.country == "GB") == (cart.value >= 20.00) & (
        (cart.size > 1) & (user.country == "GB")
    )
    assert ~~user.segments.contains("vip") == user.segments.contains("vip")
    assert (cart.value >= 20) != (cart.value > 20)


def test_canonical_json_that_is_no_condition_is_refused() -> None:
    with pytest.raises(RuleError, match="not a condition"):
        condition_from({"something": 1})
    with pytest.raises(RuleError, match="not a value"):
        condition_from({"compare": {"field": "cart.secret"}, "op": "==", "to": 1})

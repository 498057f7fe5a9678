"""Any condition means the same after a round trip, and what it explains is what it tests."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nudgekit import cart, days, event, item, start, user
from nudgekit.language import Condition, Scope
from nudgekit.language.canonical import condition_from
from nudgekit.language.expressions import All, Any_, Named, Not
from nudgekit.model.facts import Cart, Facts, Line, fold
from nudgekit.model.profile import Profile
from tests.builders import make_event

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
NAMES = st.sampled_from(["a", "b", "vip", "'", '"', "@", "\x00", "{}"])
NUMBERS = st.integers(-5, 50) | st.decimals(-5, 50, places=2) | st.floats(-5, 50)
NUMBERS_ONLY = st.integers(-5, 50) | st.floats(-5, 50)
WINDOWS = st.integers(1, 90).map(days)
OPS = st.sampled_from(["__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"])
EQUALITY = st.sampled_from(["__eq__", "__ne__"])


def compared(value: Any, op: str, to: Any) -> Condition:
    made: Condition = getattr(value, op)(to)
    return made


LEAVES = st.one_of(
    st.builds(compared, st.just(cart.value), OPS, NUMBERS),
    st.builds(compared, st.just(cart.size), OPS, st.integers(0, 3)),
    st.builds(compared, st.sampled_from([user.country, user.locale, cart.currency]), EQUALITY, NAMES),
    st.builds(compared, NAMES.map(user.trait), OPS, NUMBERS),
    st.builds(compared, NAMES.map(user.trait), EQUALITY, NAMES | st.booleans()),
    NAMES.map(user.segments.contains),
    NAMES.map(cart.contains),
    st.lists(NAMES, min_size=1).map(lambda names: user.country.one_of(*names)),
    WINDOWS.map(event("Product Viewed").happened),
    st.builds(compared, st.sampled_from([user.orders, user.days_since_order, user.quiet_days]), OPS, st.integers(0, 3)),
    st.builds(compared, WINDOWS.map(user.spent.ago), OPS, NUMBERS),
    st.builds(compared, st.sampled_from([user.intent, user.category.share, user.active_weeks(4)]), OPS, NUMBERS_ONLY),
    st.builds(compared, st.just(item.times(event("Product Viewed"))), OPS, st.integers(0, 3)),
    st.builds(compared, st.sampled_from([user.category.top, start("x")]), EQUALITY, st.just(user.left_from)),
    st.builds(item.happened, st.just(event("Product Viewed") | event("Chat Started")), WINDOWS),
    st.one_of(NAMES, st.just(start("x"))).flatmap(lambda name: st.sampled_from([user.owns(name), user.explored(name)])),
    st.builds(lambda trait, name: user.trait(trait).contains(name), NAMES, NAMES),
    st.builds(compared, WINDOWS.map((event("Product Viewed") | event("Cart Viewed")).count), OPS, st.integers(0, 3)),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        inner.map(lambda a: ~a),
        inner.map(lambda a: Named('segment("some")', a)),
    ),
    max_leaves=8,
)
TRAITS = st.dictionaries(
    NAMES, st.integers(-5, 50) | st.floats(-5, 50) | NAMES | st.booleans() | st.lists(NAMES).map(tuple)
)
PROFILES = st.builds(
    Profile, country=st.none() | NAMES, locale=st.none() | NAMES, segments=st.frozensets(NAMES), traits=TRAITS
)
LINES = st.lists(NAMES.map(lambda name: Line(1, "m", "c", name, 1, Decimal(1), "EUR")), max_size=3).map(tuple)
CARTS = st.builds(Cart, LINES, st.none() | st.decimals(-5, 50, places=2), st.none() | NAMES)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    names = draw(st.lists(st.sampled_from(["Product Viewed", "Cart Viewed", "Order Completed"]), max_size=4))
    given = {"product_id": "a", "category": "b", "total": 3, "currency": "EUR"}
    events = [make_event(name, NOW - timedelta(hours=hour * 7), given) for hour, name in enumerate(names)]
    return fold(Facts(), events, NOW)


ABOUT = st.dictionaries(st.just("x"), NAMES | st.integers(0, 3))
SCOPES = st.builds(Scope, PROFILES, facts(), CARTS, st.just(NOW), ABOUT, st.none(), NAMES, st.just("EUR"))


@given(CONDITIONS, SCOPES)
def test_a_round_trip_changes_nothing(condition: Condition, scope: Scope) -> None:
    again = condition_from(json.loads(condition.to_json()))
    assert again == condition
    assert again.to_json() == condition.to_json()
    assert again.test(scope) is condition.test(scope)


@given(CONDITIONS, SCOPES)
def test_the_terms_add_up_to_the_answer(condition: Condition, scope: Scope) -> None:
    terms = iter(condition.explain(scope))
    assert _add_up(condition, terms, positive=True) is condition.test(scope)
    assert next(terms, None) is None


@given(CONDITIONS, SCOPES)
def test_what_a_decision_is_told_is_the_answer_and_the_terms(condition: Condition, scope: Scope) -> None:
    held, seen = condition.told(scope)
    assert held is condition.test(scope)
    assert seen == tuple((term.text, term.value) for term in condition.explain(scope))


@given(CONDITIONS, SCOPES)
def test_the_opposite_is_the_opposite(condition: Condition, scope: Scope) -> None:
    assert (~condition).test(scope) is not condition.test(scope)


def _add_up(condition: Condition, terms: Any, *, positive: bool) -> bool:
    """The answer from the terms alone: a negation turns `and` into `or` and each term around."""
    match condition:
        case All() | Any_():
            each = [_add_up(part, terms, positive=positive) for part in condition.parts]
            return all(each) if isinstance(condition, All) is positive else any(each)
        case Not():
            return _add_up(condition.condition, terms, positive=not positive)
        case Named():
            return _add_up(condition.condition, terms, positive=positive)
    held: bool = next(terms).held
    return held

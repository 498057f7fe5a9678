"""Duplicated, reordered, late and differently batched events change nothing: not the facts, not the decision."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nudgekit.adapters.bodies import pack
from nudgekit.adapters.memory import MemoryStore
from nudgekit.decide.decide import decide
from nudgekit.model.consent import Consent
from nudgekit.model.event import Event
from nudgekit.model.facts import (
    HALF_LIFE_DAYS,
    MAX_GLANCES,
    MAX_GOODS,
    MAX_INTERESTS,
    MAX_LINES,
    MAX_NAMES,
    MAX_ORDERS,
    MAX_PAIRS,
    MAX_READ,
    MAX_SEEN,
    Facts,
    fold,
    merge_facts,
)
from nudgekit.model.profile import Profile
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.project import project
from tests.benchmarks.person import bursting_facts
from tests.builders import NOON, make_case, make_event, make_policy, make_run, write
from tests.examples import examples
from tests.property.strategies import LIVES

NOW = NOON + timedelta(minutes=30)


def known_after(batches: Sequence[Sequence[Event]]) -> dict[Kind, Any]:
    """What is known about the person once `batches` have been folded, one after the other."""
    store = MemoryStore()
    for batch in batches:
        answers = project(batch, store, NOW)
        assert not [answer for answer in answers.values() if isinstance(answer, Exception)]
    kinds = {Kind.PROFILE: Profile(), Kind.FACTS: Facts(), Kind.CONSENT: Consent()}
    known: dict[Kind, Any] = {kind: store.get(Ref(kind, "u1")).value or blank for kind, blank in kinds.items()}
    return {**known, Kind.PROFILE: _as_decisions_see_it(known[Kind.PROFILE])}


def _as_decisions_see_it(profile: Profile) -> Profile:
    """Of addresses had for a while, the shop knows those it heard of in time; no decision asks for them."""
    return profile.model_copy(update={"lingering": frozenset()})


def shuffled(data: st.DataObject, life: list[Event]) -> list[list[Event]]:
    """`life` in another order, with repeats, cut into batches anywhere."""
    events = data.draw(st.permutations(life + data.draw(st.lists(st.sampled_from(life), max_size=5))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(events)), max_size=3)))
    return [events[start:end] for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True)]


@examples(300)
@given(LIVES, st.data())
def test_any_order_repetition_and_batching_gives_the_same_knowledge_and_decision(
    life: list[Event], data: st.DataObject
) -> None:
    told_straight = known_after([life])
    told_otherwise = known_after(shuffled(data, life))
    assert told_straight == told_otherwise
    assert _decision(life, told_straight) == _decision(life, told_otherwise)


def _decision(life: list[Event], known: dict[Kind, Any]) -> Any:
    start = next((event for event in life if event.name in {"Product Added", "Checkout Started"}), make_event())
    case = make_case(
        policy=make_policy(),
        run=make_run(start),
        now=NOW,
        profile=known[Kind.PROFILE],
        facts=known[Kind.FACTS],
        consent=known[Kind.CONSENT],
    )
    return decide(case, write)


@examples(50)
@given(st.lists(st.integers(0, 400), min_size=100, max_size=300))
def test_the_sheet_stays_bounded_whatever_comes(numbers: list[int]) -> None:
    facts = Facts()
    for start in range(0, len(numbers), 50):
        events = [
            make_event(
                f"Event {number}",
                NOON - timedelta(seconds=number),
                {
                    "cart_id": f"c{number}",
                    "product_id": f"p{number}",
                    "order_id": f"o{number}",
                    "article_id": f"a{number}",
                },
                event_id=f"n{number}",
            )
            for number in numbers[start : start + 50]
        ]
        others = [
            event.model_copy(update={"name": name})
            for event in events
            for name in ("Product Added", "Product Viewed", "Order Completed", "Article Read")
        ]
        facts = fold(facts, (*events, *others), NOW)
    assert sum(len(signatures) for signatures in facts.last.values()) <= MAX_NAMES
    assert len(facts.pairs) <= MAX_PAIRS
    assert len(facts.lines) <= MAX_LINES
    assert len(facts.seen) <= MAX_SEEN
    assert len(facts.interests) <= MAX_GLANCES + MAX_INTERESTS
    assert len(facts.orders) <= MAX_ORDERS
    assert len(facts.goods) <= MAX_GOODS
    assert len(facts.read) <= MAX_READ


@examples(100)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=120), st.data())
def test_bounds_keep_the_latest_in_any_order(numbers: list[int], data: st.DataObject) -> None:
    events = [
        make_event(
            at=NOON - timedelta(minutes=number),
            properties={"cart_id": "c1", "product_id": f"p{number}", "price": "1.00"},
            event_id=f"b{number}",
        )
        for number in numbers
    ]
    straight = fold(Facts(), events, NOW)
    otherwise = Facts()
    for event in data.draw(st.permutations(events)):
        otherwise = fold(otherwise, [event], NOW)
    assert straight == otherwise


TRADES = st.sampled_from(
    ["Product Viewed", "Product Added to Wishlist", "Chat Started", "Order Completed", "Listing Sold", "Article Read"]
)


def trade(number: int, name: str) -> Event:
    """The event `number` of somebody's life on the marketplace, always the same for one number and name."""
    properties = {
        "product_id": f"p{number % 70}",
        "category": f"c{number % 3}",
        "order_id": f"o{number}",
        "article_id": f"a{number}",
        "price": f"{number}.25",
        "currency": "EUR" if number % 5 else "USD",
    }
    at = NOON - timedelta(minutes=number)
    return make_event(name, at, properties, event_id=f"{name}-{number}")


@examples(100)
@given(st.lists(st.tuples(st.integers(0, 90), TRADES), max_size=130), st.data())
def test_what_is_bounded_by_time_is_the_same_in_any_order_and_batching(
    trades: list[tuple[int, str]], data: st.DataObject
) -> None:
    """Of orders, no more than there is room for: of those before, only number and sum are known, see below."""
    orders: list[tuple[int, str]] = []
    others = [each for each in trades if each[1] != "Order Completed"]
    for each in trades:
        if each[1] == "Order Completed" and (each in orders or len(orders) < MAX_ORDERS):
            orders.append(each)
    events = [trade(*each) for each in (*others, *orders)]
    straight = fold(Facts(), events, NOW)
    otherwise = Facts()
    for batch in shuffled(data, events) if events else []:
        otherwise = fold(otherwise, batch, NOW)
    assert straight == otherwise
    assert straight.order_count(NOW) == len(set(orders))
    assert straight.spent("EUR", NOW) == sum(number + Decimal("0.25") for number, _ in set(orders) if number % 5)
    sold = {number for number, name in trades if name == "Listing Sold"}
    assert straight.times_ever(["Listing Sold"]) == len(sold)
    assert straight.taken(["Listing Sold"], "EUR", NOW) == sum(
        number + Decimal("0.25") for number in sold if number % 5
    )


@examples(50)
@given(st.integers(0, 60), st.integers(1, 9), st.randoms(use_true_random=False))
def test_no_order_is_lost_or_counted_twice_when_they_come_as_they_happened(
    number: int, size: int, random: Random
) -> None:
    """In batches of any size, each in any order and told twice."""
    history = [trade(each, "Order Completed") for each in range(number, 0, -1)]
    facts = Facts()
    for start in range(0, len(history), size):
        batch = history[start : start + size]
        facts = fold(facts, random.sample(batch * 2, 2 * len(batch)), NOW)
        facts = fold(facts, batch, NOW)
    assert facts.order_count(NOW) == number
    assert facts.spent("USD", NOW) == sum(each + Decimal("0.25") for each in range(1, number + 1) if each % 5 == 0)


@examples(100)
@given(st.lists(st.tuples(st.integers(0, 60), TRADES), max_size=40), st.data())
def test_one_person_taken_for_two_is_known_as_if_they_had_been_one(
    trades: list[tuple[int, str]], data: st.DataObject
) -> None:
    events = [trade(*each) for each in dict.fromkeys(trades)]
    mine = [event for event in events if data.draw(st.booleans())]
    theirs = [event for event in events if event not in mine]
    one, other = fold(Facts(), mine, NOW), fold(Facts(), theirs, NOW)
    merged = merge_facts(one, other, "link", NOW)
    assert merged == merge_facts(other, one, "link", NOW)
    assert merge_facts(merged, other, "link", NOW) == merged
    together = fold(Facts(), events, NOW)
    assert merged.interests == together.interests
    assert merged.goods == together.goods
    assert merged.read == together.read
    assert merged.takings == together.takings
    assert merged.order_count(NOW) == together.order_count(NOW)
    assert merged.spent("EUR", NOW) == together.spent("EUR", NOW)


def test_a_sheet_at_every_bound_fits_into_eight_kilobytes() -> None:
    assert len(pack(Kind.FACTS, bursting_facts())) <= 8 * 1024


def test_a_sheet_of_an_earlier_release_is_still_read() -> None:
    """It had four of today's values for each sign of interest, and nothing of orders."""
    stored = {"interests": {"0123456789abcdef": [1_781_092_800_000, 1.0, "kitchen", "Fern"]}, "days": {"A": {"1": 2}}}
    facts = Facts.model_validate_json(json.dumps(stored))
    assert facts.affinity("brand", NOON) == {"Fern": 1.0}
    assert fold(facts, [make_event("Product Viewed", NOON, {"product_id": "mug"})], NOW).order_count(NOW) == 0


def test_interest_halves_with_its_half_life_and_adds_up() -> None:
    viewed = {"product_id": "mug", "brand": "Fern", "category": "kitchen"}
    events = [
        make_event("Product Viewed", NOON, viewed),
        make_event("Product Added", NOON, {**viewed, "brand": "Fable"}),
    ]
    facts = fold(Facts(), events, NOW)
    assert facts.affinity("brand", NOON) == {"Fern": 1.0, "Fable": 3.0}
    assert facts.affinity("category", NOON + timedelta(days=HALF_LIFE_DAYS)) == {"kitchen": 2.0}


def test_counts_count_each_event_once() -> None:
    event = make_event()
    facts = fold(fold(Facts(), [event, event], NOW), [event, make_event()], NOW)
    assert facts.count("Product Added", NOON - timedelta(days=1)) == 2


def test_an_event_too_late_to_count_still_says_when() -> None:
    late = make_event(at=NOON - timedelta(days=4))
    facts = fold(Facts(), [late], NOW)
    assert facts.count("Product Added", NOON - timedelta(days=30)) == 0
    assert facts.last_time("Product Added", "cart_id", "c1") == late.at


UNDOING = st.sampled_from(["Order Completed", "Order Cancelled", "Order Refunded", "part refunded"])


def dealing(number: int, what: str) -> Event:
    """What becomes of the order `number`, or of one of its two products."""
    part = what == "part refunded"
    products = [{"product_id": f"p{number}-{each}", "price": "5.00", "currency": "EUR"} for each in range(2 - part)]
    properties = {"order_id": f"o{number}", "products": products if what != "Order Refunded" else []}
    name = "Order Refunded" if part else what
    at = NOON - timedelta(days=number) + timedelta(hours=what != "Order Completed")
    return make_event(name, at, properties, event_id=f"{what}-{number}")


@examples(150)
@given(st.lists(st.tuples(st.integers(0, MAX_ORDERS - 1), UNDOING), max_size=60), st.data())
def test_an_order_that_was_cancelled_or_refunded_counts_no_more_whichever_is_heard_first(
    dealings: list[tuple[int, str]], data: st.DataObject
) -> None:
    events = [dealing(*each) for each in dealings]
    straight, otherwise = fold(Facts(), events, NOW), Facts()
    for batch in shuffled(data, events) if events else []:
        otherwise = fold(otherwise, batch, NOW)
    assert straight == otherwise
    told = {what: {number for number, each in dealings if each == what} for _, what in dealings}
    made, cancelled = told.get("Order Completed", set()), told.get("Order Cancelled", set())
    left = made - cancelled - told.get("Order Refunded", set())
    assert straight.order_count(NOW) == len(left)
    assert straight.spent("EUR", NOW) == 10 * len(left)
    assert straight.days_since_order(NOW) == (min(left) if left else None)
    whole = made - cancelled - told.get("part refunded", set())
    assert set(straight.owned()) == {f"p{each}-1" for each in made - cancelled} | {f"p{each}-0" for each in whole}


def test_what_is_bought_anew_after_it_was_given_back_is_owned() -> None:
    again = make_event("Order Completed", NOON + timedelta(days=1), {"order_id": "o9", "product_id": "p1-0"})
    facts = fold(Facts(), [dealing(1, "Order Completed"), dealing(1, "part refunded")], NOW)
    assert not facts.owns("p1-0")
    assert fold(facts, [again], NOW).owns("p1-0")

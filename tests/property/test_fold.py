"""Duplicated, reordered, late and differently batched events change nothing: not the facts, not the decision."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nudgekit.adapters.memory import MemoryStore
from nudgekit.decide.decide import decide
from nudgekit.model.consent import Consent
from nudgekit.model.event import Event
from nudgekit.model.facts import HALF_LIFE_DAYS, MAX_LINES, MAX_NAMES, MAX_PAIRS, MAX_SEEN, Facts, fold
from nudgekit.model.profile import Profile
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.project import project
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
@given(st.lists(st.integers(0, 400), min_size=100, max_size=500))
def test_the_sheet_stays_bounded_whatever_comes(numbers: list[int]) -> None:
    facts = Facts()
    for start in range(0, len(numbers), 50):
        events = [
            make_event(
                f"Event {number}",
                NOON - timedelta(seconds=number),
                {"cart_id": f"c{number}", "product_id": f"p{number}"},
                event_id=f"n{number}",
            )
            for number in numbers[start : start + 50]
        ]
        added = [event.model_copy(update={"name": "Product Added"}) for event in events]
        facts = fold(facts, (*events, *added), NOW)
    assert sum(len(signatures) for signatures in facts.last.values()) <= MAX_NAMES
    assert len(facts.pairs) <= MAX_PAIRS
    assert len(facts.lines) <= MAX_LINES
    assert len(facts.seen) <= MAX_SEEN


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

"""Named conditions that several rules share, and customers by recency, frequency and value."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import Cell, Cells
from nudgekit.errors import RuleError
from nudgekit.language import Scope, load_segments, load_trigger_folder, record_version
from nudgekit.language.canonical import condition_from
from nudgekit.language.trigger import Trigger
from nudgekit.model.facts import Facts, fold
from nudgekit.model.profile import Profile
from tests.builders import NOON, make_event

SEGMENTS = """
from datetime import date
from nudgekit import Cell, Cells, Segment, days, event, user

regulars = Segment(user.orders >= 3, "ordered three times")
dear = Segment(regulars & (user.spent >= 100))
cells = Cells(
    valid_from=date(2026, 10, 1), source="crm", recency=(30, 90), frequency=(2, 4), value=(50, 200),
    names={"loyal": Cell(recency=(3, 3), frequency=(3, 3)), "at_risk": Cell(recency=(1, 2), frequency=(3, 3))},
)
"""
RULE = """
from nudgekit import Trigger, cell, days, event, hours, moved, rung, segment, user

trigger = Trigger(
    id="thanks", version=1, owner="crm", purpose="promotional", when=event("Page Viewed"), within=hours(1),
    per="person", audience={audience}, ladder=(rung("push"),), expires_after=days(1),
)
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Trigger]:
    """Reads a rule with the audience, beside the segments."""

    def written(audience: str, segments: str | None = SEGMENTS) -> Trigger:
        folder = tmp_path / "thanks"
        (folder / "messages").mkdir(parents=True, exist_ok=True)
        (folder / "messages" / "push.liquid").write_text("Hello")
        (folder / "rule.py").write_text(RULE.format(audience=audience))
        if segments is not None:
            (tmp_path / "segments.py").write_text(segments)
        return load_trigger_folder(folder)

    return written


def customer(*days_ago: float, each: str = "10") -> Scope:
    """Somebody who ordered so many days ago, for so much each."""
    orders = [
        make_event("Order Completed", NOON - timedelta(days=ago), {"total": each, "currency": "EUR"})
        for ago in days_ago
    ]
    facts = fold(Facts(), orders, NOON)
    return Scope(Profile(), facts, facts.cart(), NOON, currency="EUR")


def test_a_rule_takes_a_segment_over_by_its_name(read: Callable[..., Trigger]) -> None:
    audience = read('segment("regulars") & ~segment("dear")').audience
    assert audience is not None
    assert audience.test(customer(1, 2, 3))
    assert not audience.test(customer(1, 2))
    assert not audience.test(customer(1, 2, 3, each="40"))
    assert [term.text for term in audience.explain(customer(1))] == [
        'segment("regulars"): user.orders >= 3',
        'segment("dear"): not user.orders >= 3',
        'segment("dear"): not user.spent >= 100',
    ]


def test_a_released_version_keeps_the_segment_it_was_released_with(
    read: Callable[..., Trigger], tmp_path: Path
) -> None:
    before = read('segment("regulars")')
    record_version(tmp_path / "thanks", before)
    with pytest.raises(RuleError, match="the rule has changed since version 1 was released"):
        read('segment("regulars")', SEGMENTS.replace("user.orders >= 3", "user.orders >= 4"))
    reworded = read('segment("regulars")', SEGMENTS.replace("ordered three times", "ordered thrice"))
    assert reworded.digest == before.digest
    kept = Trigger.from_json(before.to_json())
    assert kept.audience is not None
    assert kept.audience.test(customer(1, 2, 3))


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        ('segment("regular")', "did you mean regulars"),
        ('cell("loyals")', "did you mean loyal"),
        ('moved("loyal", "at_rsk", within=days(30))', "did you mean at_risk"),
        ('moved("loyal", "at_risk", within=30)', "write it as in within=days(30)"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(read: Callable[..., Trigger], audience: str, told: str) -> None:
    with pytest.raises(RuleError) as mistake:
        read(audience)
    assert told in str(mistake.value)
    assert "rule.py:" in str(mistake.value)


def test_a_book_without_segments_says_where_they_belong(read: Callable[..., Trigger]) -> None:
    with pytest.raises(RuleError, match=r"write regulars = Segment\(...\) in .*segments.py"):
        read('segment("regulars")', None)
    with pytest.raises(RuleError, match=r"write cells = Cells\(...\)"):
        read('cell("loyal")', None)


def test_mistakes_in_the_segments_are_told_where_they_stand(read: Callable[..., Trigger], tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"segments.py:5: user.order is not a field"):
        read('segment("regulars")', SEGMENTS.replace("user.orders >= 3", "user.order >= 3"))
    assert (
        read("user.orders >= 1", None).audience is not None
    )  # whoever asks for no segment has nothing to do with them
    with pytest.raises(RuleError, match=r"segments.py:5"):
        load_segments(tmp_path / "segments.py")


def test_cells_tell_customers_apart_by_their_orders(read: Callable[..., Trigger]) -> None:
    loyal, at_risk = read('cell("loyal")').audience, read('cell("at_risk")').audience
    assert loyal is not None
    assert at_risk is not None
    assert loyal.test(customer(30, 40, 50, 60))
    assert not loyal.test(customer(31, 40, 50, 60))
    assert at_risk.test(customer(31, 40, 50, 60))
    assert not at_risk.test(customer(31, 40, 50))
    assert not loyal.test(customer())
    assert not at_risk.test(customer())


def test_moving_from_cell_to_cell_is_seen_without_remembering_the_cell(read: Callable[..., Trigger]) -> None:
    moved = read('moved("loyal", "at_risk", within=days(20))').audience
    assert moved is not None
    assert moved.test(customer(40, 50, 60, 70))
    assert not moved.test(customer(30, 40, 50, 60))  # loyal still
    assert not moved.test(customer(51, 60, 70, 80))  # at risk already, twenty days ago
    assert condition_from(json.loads(moved.to_json())) == moved
    assert {term.text.partition(": ")[0] for term in moved.explain(customer(1))} == {
        'moved("loyal", "at_risk", within=days(20))'
    }


CELL_MISTAKES: dict[str, dict[str, Any]] = {
    "the limits of recency do not rise": {"recency": (90, 30)},
    "nobody answers for the limits": {"source": " "},
    'frequency of "loyal" is no range of scores': {"names": {"loyal": Cell(frequency=(1, 9))}},
    'the cells "a" and "b" overlap': {"names": {"a": Cell(recency=(1, 2)), "b": Cell(frequency=(2, 3))}},
}


@pytest.mark.parametrize("what", CELL_MISTAKES)
def test_cells_that_cannot_be_are_refused(what: str) -> None:
    given: dict[str, Any] = {
        "valid_from": date(2026, 10, 1),
        "source": "crm",
        "recency": (30, 90),
        "frequency": (2, 4),
        "value": (50, 200),
        "names": {"loyal": Cell(recency=(3, 3))},
    }
    with pytest.raises(RuleError, match=what):
        Cells(**{**given, **CELL_MISTAKES[what]})


def test_the_shops_own_segments_can_be_read() -> None:
    shelf = load_segments(Path("rules/segments.py"))
    assert {"regulars", "chatters", "listers", "users", "first_time", "repeat", "dormant"} <= set(shelf.segments)
    assert all(segment.about for segment in shelf.segments.values())
    nobody = Scope(Profile(), Facts(), Facts().cart(), NOON, currency="EUR")
    assert [name for name, each in shelf.all.items() if each.test(nobody)] == ["newcomers"]

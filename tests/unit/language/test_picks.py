"""What a rule may recommend: written, joined, kept as JSON, and told when it cannot work."""

from dataclasses import replace
from typing import Any

import pytest

from nudgekit import Trigger, bestsellers, complements, for_you, popular, similar
from nudgekit.errors import RuleError
from nudgekit.language.picks import Picks
from tests.builders import TRIGGER

WRITTEN = [
    (similar(), "similar()"),
    (similar(at_least=2, at_most=6, unseen=False), "similar(at_least=2, at_most=6, unseen=False)"),
    (bestsellers(), "bestsellers()"),
    (bestsellers(of="all", days=30), 'bestsellers(of="all", days=30)'),
    (popular(of="category"), 'popular(of="category")'),
    (complements() | for_you(at_most=3), "complements() | for_you(at_most=3)"),
]


@pytest.mark.parametrize(("picks", "text"), WRITTEN)
def test_picks_read_as_they_are_written(picks: Picks, text: str) -> None:
    assert str(picks) == text


@pytest.mark.parametrize("picks", [each for each, _ in WRITTEN])
def test_a_trigger_with_picks_survives_its_own_json(picks: Picks) -> None:
    trigger = replace(TRIGGER, picks=picks)
    again = Trigger.from_json(trigger.to_json())
    assert again == trigger
    assert again.digest == trigger.digest


def test_picks_change_the_digest_and_their_absence_does_not() -> None:
    assert "picks" not in TRIGGER.to_data()
    assert replace(TRIGGER, picks=similar()).digest != TRIGGER.digest
    assert replace(TRIGGER, picks=similar()).digest != replace(TRIGGER, picks=similar(at_most=5)).digest


MISTAKES: list[tuple[Any, str]] = [
    (lambda: bestsellers(of="categroy"), "category"),
    (lambda: popular(of=""), "category"),
    (lambda: bestsellers(days=0), "1 to 30"),
    (lambda: popular(days=31), "1 to 30"),
    (lambda: popular(days=7.5), "1 to 30"),  # type: ignore[arg-type]
    (lambda: similar(at_least=0), "1 to 10"),
    (lambda: similar(at_most=11), "1 to 10"),
    (lambda: similar(at_most=True), "1 to 10"),
    (lambda: for_you(at_least=5), "raise at_most"),
    (lambda: for_you(unseen="yes"), "unseen=True"),  # type: ignore[arg-type]
    (lambda: similar() or popular(), r"\|"),
    (lambda: similar() | "bestsellers", "join picks"),  # type: ignore[operator]
    (lambda: replace(TRIGGER, picks="similar"), "picks=similar"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("mistake", "remedy"), MISTAKES)
def test_what_cannot_work_is_told_with_its_remedy(mistake: Any, remedy: str) -> None:
    with pytest.raises(RuleError, match=remedy):
        mistake()

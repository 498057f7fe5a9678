"""The sample's Sunday, played in memory by every trigger at once: each sends, and each is silent."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events.sample.stories import DAWN
from nudgekit.book import Book, load_book
from nudgekit.cli.formats.parts import arrived
from nudgekit.cli.gather import gather
from nudgekit.cli.incidents import Incident, happen, incidents
from nudgekit.cli.playbook import Played, missing, played
from nudgekit.cli.recommend import build, put_rows
from tests.day import TICK, Day

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "events" / "sample"
START, END = DAWN - timedelta(days=28), DAWN + timedelta(hours=30)
EXPECTED = ("unreachable", "no_consent")


@pytest.fixture(scope="module")
def book() -> Book:
    found = load_book(ROOT / "rules")
    found.__dict__["policy"] = replace(found.policy, valid_from=START.date())
    return found


@pytest.fixture(scope="module")
def plays(book: Book) -> tuple[Played, ...]:
    return played(book, lived(book).engagement())


def lived(book: Book) -> Day:
    """The whole day in memory."""
    day = Day(book, START)
    put_rows(day.store, build(SAMPLE / "history.jsonl", "segment", people=2))
    events = [each for name in ("history", "shop") for each in gather(SAMPLE / f"{name}.jsonl", "segment", None)[0]]
    marks: list[tuple[datetime, Any]] = [(max(START, arrived(each)), each) for each in events]
    marks += [(each.at, each) for each in incidents(SAMPLE / "incidents.jsonl", timedelta())]
    marks += [(DAWN + TICK * number, None) for number in range((END - DAWN) // TICK)]
    for at, what in sorted(marks, key=lambda mark: (mark[0], mark[1] is None)):
        day.turn_to(max(day.now, at))
        if isinstance(what, Incident):
            happen(what, day, book, day.now)
        elif what is None:
            day.tick()
        else:
            day.happen(what)
    day.turn_to(END)
    return day


def test_every_trigger_sends_and_is_silent(plays: tuple[Played, ...], book: Book) -> None:
    assert missing(plays) == []
    assert {play.trigger for play in plays} == set(book.ids)


def test_every_trigger_is_silent_for_several_reasons(plays: tuple[Played, ...]) -> None:
    for play in plays:
        assert len(play.silent) >= 3, play
        assert set(play.silent) & set(EXPECTED), play


def test_what_a_trigger_was_silent_for_is_possible(plays: tuple[Played, ...]) -> None:
    """What came about and is not among the possible reasons is news of a message, told by its channel."""
    for play in plays:
        assert set(play.silent) - set(play.possible) <= {"no_visit", "no_longer_true", "unless_met"}, play


def test_a_trigger_that_did_nothing_is_named() -> None:
    assert missing((Played("price_drop"),)) == ["price_drop sent nothing", "price_drop was never silent"]

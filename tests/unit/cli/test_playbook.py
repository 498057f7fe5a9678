"""The sample's Sunday and its troubled night, played in memory by every trigger at once: each sends, and is silent."""

from collections import Counter
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
from nudgekit.cli.playbook import NOT_IN_A_DAY, Played, counted, missing, played
from nudgekit.cli.recommend import build, put_rows
from nudgekit.cli.sink.view import silences_of
from tests.day import TICK, Day

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "events" / "sample"
START, END = DAWN - timedelta(days=28), DAWN + timedelta(hours=30)
NEWS = {
    "address_disabled",
    "bounced",
    "complained",
    "in_doubt",
    "no_visit",
    "not_picked_up",
    "opted_out",
    "rejected",
    "undelivered",
}


@pytest.fixture(scope="module")
def book() -> Book:
    found = load_book(ROOT / "rules")
    found.__dict__["policy"] = replace(found.policy, valid_from=START.date())
    return found


@pytest.fixture(scope="module")
def day(book: Book) -> Day:
    return lived(book)


@pytest.fixture(scope="module")
def plays(book: Book, day: Day) -> tuple[Played, ...]:
    return played(book, day.engagement())


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


def test_every_trigger_sends_and_is_silent_for_every_reason_it_can_have(plays: tuple[Played, ...], book: Book) -> None:
    assert missing(plays) == []
    assert {play.trigger for play in plays} == set(book.ids)


def test_what_the_day_does_not_show_is_listed_and_nothing_else(plays: tuple[Played, ...]) -> None:
    not_shown = {(play.trigger, reason) for play in plays for reason in play.not_shown}
    assert not_shown == set(NOT_IN_A_DAY)


def test_what_a_trigger_was_silent_for_is_possible(plays: tuple[Played, ...]) -> None:
    """What came about and is not among the possible reasons is news of a message, told by its channel."""
    for play in plays:
        assert set(play.silent) - set(play.possible) <= NEWS, play


def test_the_inbox_shows_every_reason(day: Day, plays: tuple[Played, ...]) -> None:
    shown = {(each.trigger, str(each.reason)) for each in silences_of(day.engagement())}
    assert {(play.trigger, reason) for play in plays for reason in play.silent} <= shown


def test_a_trigger_that_did_nothing_is_named() -> None:
    assert missing((Played("price_drop"),)) == ["price_drop sent nothing", "price_drop was never silent"]


def test_nearly_every_reason_must_come_about() -> None:
    possible = ("stopped", *map(str, range(9)))
    play = Played("exit_intent", possible, Counter(onsite=1), Counter(possible[:8]))
    assert play.not_shown == ("7", "8")
    assert counted((play,)) == (8, 10)
    assert missing((play,)) == ["only 8 of 10 reasons to be silent came about"]
    assert missing((replace(play, silent=Counter(possible[:9])),)) == []

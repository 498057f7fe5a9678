"""A run finishes by the version that armed it; another may not decide for it."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from nudgekit.book import Book, load_book
from nudgekit.cli.template import run as template
from nudgekit.cli.validate import find_mistakes
from nudgekit.language.durations import hours
from nudgekit.language.ladder import rung
from nudgekit.language.versions import record_version
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World

DUE = NOON + timedelta(minutes=30)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """The shipped rules, somewhere they may be changed."""
    shutil.copytree("rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    return load_book(tmp_path / "rules")


@pytest.fixture
def second(book: Book) -> Rulebook:
    """The rule has moved on: its second version uses the mail alone, and within an hour."""
    first = book.trigger("cart_abandonment")
    book._current["cart_abandonment"] = replace(first, version=2, within=hours(1), ladder=(rung("email"),))
    record_version(book.path / "cart_abandonment", first)
    return Rulebook(book, "cart_abandonment")


def moved_on(world: World, rules: Rulebook) -> World:
    world.rules = world.conductor.rules = rules
    return world


def test_a_run_in_flight_keeps_the_version_that_armed_it(world: World, second: Rulebook) -> None:
    world.tell(make_event(at=NOON))
    moved_on(world, second).turn(days=4)
    assert world.sent == [Channel.PUSH, Channel.EMAIL, Channel.SMS, Channel.WHATSAPP]
    assert world.run().version == 1


def test_a_run_armed_afterwards_has_the_new_one(world: World, second: Rulebook) -> None:
    moved_on(world, second).tell(make_event(at=NOON))
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL]


def test_without_its_version_a_run_ends_and_says_so(world: World, second: Rulebook) -> None:
    world.tell(make_event(at=NOON))
    (second.book.path / "cart_abandonment" / "versions" / "1.json").unlink()
    moved_on(world, second).turn(hours=1)
    assert (world.run().outcome, world.run().reason) == (Outcome.SKIPPED, Reason.RULE_GONE)
    assert world.sent == []


def test_without_its_version_a_message_on_its_way_is_withheld(world: World, second: Rulebook) -> None:
    world.tell(make_event(at=NOON))
    world.now = DUE
    for wake_up in world.timer.due(DUE):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), DUE)
    (second.book.path / "cart_abandonment" / "versions" / "1.json").unlink()
    moved_on(world, second).settle()
    (message,) = world.messages()
    assert (message.status, message.reason) == (MessageStatus.WITHHELD, Reason.RULE_GONE)
    assert (world.run().outcome, world.run().reason) == (Outcome.SKIPPED, Reason.RULE_GONE)


def test_validate_and_the_template_check_miss_a_version_that_is_not_kept(
    book: Book, second: Rulebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(find_mistakes(book)) == []
    (book.path / "cart_abandonment" / "versions" / "1.json").unlink()
    (found,) = find_mistakes(book)
    assert "version 1 is not in versions/" in str(found)
    monkeypatch.setattr("nudgekit.cli.template.load_book", lambda path: book)
    shutil.copy("template.yaml", book.path.parent)
    with pytest.raises(typer.Exit):
        template(check=True, root=book.path.parent)
    assert "rules/cart_abandonment/versions/1.json: missing; runs in flight" in capsys.readouterr().err


def test_a_released_version_is_written_in_full(book: Book, second: Rulebook) -> None:
    record = json.loads((book.path / "cart_abandonment" / "versions" / "1.json").read_text())
    assert record["trigger"]["ladder"][0]["channel"] == "push"

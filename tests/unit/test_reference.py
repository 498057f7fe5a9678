"""The reference pages say what the code has: their examples run, and no event, keyword or command is missing."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import nudgekit
from nudgekit import Offer, Policy, Segment, Trigger
from nudgekit.cli.app import app
from nudgekit.language.ladder import Rung
from nudgekit.model.event import KNOWN_EVENTS
from tests.builders import TRIGGER, make_policy

PAGES = (Path("README.md"), *sorted(Path("docs/reference").glob("*.md")))
LANGUAGE = Path("docs/reference/rule-language.md")
EVENTS = Path("docs/reference/events.md")
COMMANDS = Path("docs/reference/cli.md")
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(page, text) for page in PAGES for text in PYTHON.findall(page.read_text())]
GIVEN = {
    **{name: getattr(nudgekit, name) for name in nudgekit.__all__},
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "user_id": "ada",
    "key": 64 * "k",
}
"""What the pages take for granted: the names of the language, and who looks at a page."""


@pytest.mark.parametrize(("page", "text"), BLOCKS, ids=lambda each: getattr(each, "stem", None))
def test_examples_run_and_fit_where_they_belong(page: Path, text: str) -> None:
    found: dict[str, Any] = {}
    exec(text, dict(GIVEN), found)
    for name in found.keys() & {each.name for each in fields(Trigger)}:
        assert getattr(replace(TRIGGER, **{name: found[name]}), name) is not None
    for name in found.keys() & {each.name for each in fields(Policy)}:
        assert getattr(make_policy(**{name: found[name]}), name)


def test_there_are_examples_of_a_rule_a_policy_a_segment_and_an_offer() -> None:
    found: dict[str, Any] = {}
    for _, text in BLOCKS:
        exec(text, dict(GIVEN), found)
    assert {type(each) for each in found.values()} >= {Trigger, Segment, Offer}
    assert {"audience", "experiment", "overrides", "cells"} <= found.keys()


def table(page: Path, section: str) -> set[str]:
    """What the first column of the tables of a section names."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", page.read_text(), re.MULTILINE | re.DOTALL)
    assert text is not None
    rows = re.findall(r"^\| (`.+?) \|", text[1], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize(("kind", "section"), [(Trigger, "Trigger"), (Policy, "Policy"), (Offer, "Offers")])
def test_every_keyword_has_its_row(kind: Any, section: str) -> None:
    assert table(LANGUAGE, section) == {each.name for each in fields(kind)}


def test_every_argument_of_a_rung_is_told() -> None:
    told = re.search(r"`rung\((.+?)\)`", LANGUAGE.read_text())
    assert told is not None
    assert [each.partition("=")[0] for each in told[1].split(", ")] == [each.name for each in fields(Rung)]


def events_of_the_rules() -> Iterator[str]:
    for path in Path("rules").rglob("*.py"):
        yield from re.findall(r"\bevent\(\s*\"([^\"]+)\"", path.read_text())
    for path in Path("rules").rglob("situations.yaml"):
        yield from re.findall(r"\bevent: ([A-Z][A-Za-z ]+)", path.read_text())


def test_every_event_of_the_rules_and_of_the_model_is_on_the_page() -> None:
    page = EVENTS.read_text()
    named = {name.strip() for name in events_of_the_rules()} | KNOWN_EVENTS
    assert {name for name in named if f"`{name}`" not in page} == set()


def test_no_event_has_two_rows() -> None:
    firsts = re.findall(r"^\| (`[A-Z].*?) \|", EVENTS.read_text(), re.MULTILINE)
    names = [name for first in firsts for name in re.findall(r"`([A-Z][A-Za-z ]+)`", first)]
    assert {name for name in names if names.count(name) > 1} == set()


def test_every_command_is_on_the_page() -> None:
    told = set(re.findall(r"`nudgekit ([a-z]+)", COMMANDS.read_text()))
    helped = CliRunner().invoke(app, ["--help"]).output
    offered = set(re.findall(r"^  ([a-z]+)(?:  |$)", helped.partition("Commands:")[2], re.MULTILINE))
    assert offered
    assert told == offered


def said_options() -> Iterator[tuple[str, str, str]]:
    """Every option that a page names behind a command: page, command, option."""
    for page in (Path("README.md"), *sorted(Path("docs").rglob("*.md"))):
        for line in page.read_text().splitlines():
            for command, rest in re.findall(r"nudgekit ([a-z]+)\b([^`\n]*)", line):
                yield from ((str(page), command, option) for option in re.findall(r"(?<!\S)--[a-z-]+", rest))


@pytest.mark.parametrize("command", sorted({command for _, command, _ in said_options()}))
def test_every_option_that_a_page_names_exists(command: str) -> None:
    helped = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert helped.exit_code == 0, f"there is no command {command}"
    named = {(page, option) for page, said, option in said_options() if said == command}
    assert {each for each in named if not re.search(rf"{each[1]}\b", helped.output)} == set()

"""The sample is what its stories tell, fits the contract, and is small enough to read."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from events.sample.morning import PEOPLE as MORNING
from events.sample.stories import DAWN, OPENING, PEOPLE, calls, day, history, incidents
from nudgekit.cli.devices import PREFIX
from nudgekit.cli.formats.parts import arrived, person_of
from nudgekit.cli.gather import gather
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.event import parse_event

FOLDER = Path(__file__).parents[3] / "events" / "sample"
SAMPLE = FOLDER / "shop.jsonl"
NOBODYS = ("+447700900", "+1202555012", "+91555010", "+651000")
"""Numbers kept for fiction, or in ranges that are given to nobody."""


@pytest.mark.parametrize(
    ("name", "told"), [("history.jsonl", history), ("shop.jsonl", day), ("incidents.jsonl", incidents)]
)
def test_the_files_are_what_the_stories_tell(name: str, told: object) -> None:
    assert callable(told)
    assert [json.loads(line) for line in (FOLDER / name).read_text().splitlines()] == told()


@pytest.mark.parametrize("name", ["history.jsonl", "shop.jsonl"])
def test_every_line_is_an_event_of_the_contract(name: str) -> None:
    events, bad = gather(FOLDER / name, "segment", None)
    assert bad == 0
    for raw in events:
        parse_event(raw, OPENING + timedelta(days=2))


def test_it_is_a_sunday_of_some_hundred_people() -> None:
    events, _ = gather(SAMPLE, "segment", None)
    assert OPENING.strftime("%A") == "Sunday"
    assert 200 <= len(events) <= 400
    assert 40 <= len(MORNING) <= 50
    assert len(PEOPLE) <= 280
    assert all(DAWN <= arrived(each) < OPENING + timedelta(hours=24) for each in events)


def test_what_the_shop_does_is_nobodys() -> None:
    events, _ = gather(SAMPLE, "segment", None)
    assert {each["detail-type"] for each in events if not person_of(each)} == {
        "Product Updated",
        "Flash Sale Started",
        "Article Published",
        "Festival Ended",
        "Back In Stock",
        "Price Dropped",
    }


def test_ids_are_unique_and_nobody_is_real() -> None:
    told = calls()
    assert len({call["messageId"] for call in told}) == len(told)
    assert len({person.name for person in PEOPLE}) == len(PEOPLE)
    for call in told:
        traits = call.get("traits", {})
        assert traits.get("email", "@example.com").endswith("example.com")
        assert traits.get("phone", "+447700900000").startswith(NOBODYS)
        assert all(device["endpoint"].startswith(PREFIX) for device in traits.get("push", []))


def test_somebody_is_held_out() -> None:
    people = {call["userId"] for call in calls() if "userId" in call}
    assert any(place_of("cart_abandonment", person) < 0.05 for person in people)

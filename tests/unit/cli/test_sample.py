"""The sample morning is what its stories tell, fits the contract, and is small enough to read."""

import json
from datetime import timedelta
from pathlib import Path

from events.sample.stories import OPENING, calls
from nudgekit.cli.devices import PREFIX
from nudgekit.cli.formats.parts import happened, person_of
from nudgekit.cli.gather import gather
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.event import parse_event

SAMPLE = Path(__file__).parents[3] / "events" / "sample" / "shop.jsonl"


def test_the_file_is_what_the_stories_tell() -> None:
    assert [json.loads(line) for line in SAMPLE.read_text().splitlines()] == calls()


def test_every_line_is_an_event_of_the_contract() -> None:
    events, bad = gather(SAMPLE, "segment", None)
    assert bad == 0
    for raw in events:
        parse_event(raw, OPENING + timedelta(hours=3))


def test_it_is_a_morning_of_a_few_dozen_people() -> None:
    events, _ = gather(SAMPLE, "segment", None)
    assert 250 <= len(events) <= 400
    assert 40 <= len({person_of(each) for each in events}) <= 50
    assert max(map(happened, events)) - OPENING < timedelta(hours=3)


def test_ids_are_unique_and_nobody_is_real() -> None:
    told = calls()
    assert len({call["messageId"] for call in told}) == len(told)
    for call in told:
        traits = call.get("traits", {})
        assert traits.get("email", "@example.com").endswith("example.com")
        assert traits.get("phone", "+447700900000").startswith("+447700900")
        assert all(device["endpoint"].startswith(PREFIX) for device in traits.get("push", []))


def test_somebody_is_held_out() -> None:
    people = {call["userId"] for call in calls()}
    assert any(place_of("cart_abandonment", person) < 0.05 for person in people)

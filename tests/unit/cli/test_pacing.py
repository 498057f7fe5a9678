"""The stage's clock runs as fast as a laptop can follow, and shows the sample's day on a Sunday."""

from datetime import UTC, datetime, timedelta

import pytest

from nudgekit.cli.formats.parts import Event, event
from nudgekit.cli.pacing import (
    CAPACITY,
    FILE_CAPACITY,
    IMPORT,
    LADDER_PACE,
    LULL_PACE,
    WEEKS,
    of_file,
    of_sample,
    paces_of,
    paces_of_sample,
)

OPENING = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
DAWN = OPENING - timedelta(hours=2)
READY = datetime(2026, 11, 25, 5, tzinfo=UTC)


def events(count: int) -> list[Event]:
    return [event("shop", "Page Viewed", {"user_id": "u"}, OPENING, message_id=str(each)) for each in range(count)]


def test_a_busy_quarter_of_an_hour_is_played_more_slowly() -> None:
    assert paces_of(events(1), 600) == [600]
    (busy,) = paces_of(events(450), 600)
    assert 450 / (900 / busy) <= FILE_CAPACITY


def test_a_file_is_played_faster_than_the_sample_whose_events_concern_every_trigger() -> None:
    (of_a_file,), (of_the_sample,) = paces_of(events(450), 360), paces_of_sample(events(450), 360)
    assert of_the_sample < of_a_file
    assert 450 / (900 / of_the_sample) <= CAPACITY < FILE_CAPACITY


def test_where_the_sample_does_nothing_its_clock_runs_faster() -> None:
    late = event("shop", "Page Viewed", {"user_id": "u"}, OPENING + timedelta(minutes=40), message_id="late")
    assert paces_of_sample([*events(1), late], 360) == [360, LULL_PACE, 360]


def test_a_busy_machine_plays_all_of_the_samples_day_more_slowly() -> None:
    late = event("shop", "Page Viewed", {"user_id": "u"}, OPENING + timedelta(minutes=40), message_id="late")
    day = [*events(400), late]
    assert paces_of_sample(day, 180) == pytest.approx([pace / 2 for pace in paces_of_sample(day, 360)], abs=1)


def test_what_the_shop_says_to_everybody_takes_its_time() -> None:
    sale = event("shop", "Flash Sale Started", {}, OPENING, message_id="sale")
    tried = event("shop", "Flash Sale Started", {"user_id": "u"}, OPENING, message_id="tried")
    assert paces_of_sample([sale], 360) < paces_of_sample([tried], 360)


def test_a_file_begins_when_the_stage_is_ready() -> None:
    clock = of_file(events(1), 60, READY)
    assert clock.to_virtual(READY) == datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    assert clock.paces[-1].factor == LADDER_PACE


def test_the_sample_lives_through_four_weeks_and_then_its_sunday() -> None:
    clock = of_sample(events(1), DAWN, 600, READY)
    dawn = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    assert clock.to_virtual(READY + IMPORT) == dawn - WEEKS
    assert timedelta(seconds=30) < clock.to_real(dawn) - READY - IMPORT < timedelta(seconds=80)
    assert clock.to_real(dawn + timedelta(minutes=10)) - clock.to_real(dawn) == timedelta(seconds=1)

"""Time runs faster in demonstrations, and only there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit.adapters.clock import Clock
from nudgekit.errors import SettingsError

SCALE = "2026-03-02T08:00:00Z@2026-11-22T10:00:00+00:00x3600"
TWO_PACES = f"{SCALE},2026-11-22T10:00:10+00:00x7200"
VIRTUAL, REAL = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_an_empty_setting_is_the_walls_own_clock() -> None:
    clock = Clock.parse("", "prod", wall=lambda: REAL)
    assert clock.now() == REAL
    assert clock.to_real(VIRTUAL) == VIRTUAL
    assert clock.hurry(timedelta(hours=1)) == timedelta(hours=1)


def test_after_the_start_time_runs_faster() -> None:
    clock = Clock.parse(SCALE, "local", wall=lambda: REAL + timedelta(seconds=2))
    assert clock.now() == VIRTUAL + timedelta(hours=2)
    assert clock.to_real(VIRTUAL + timedelta(hours=2)) == REAL + timedelta(seconds=2)
    assert clock.hurry(timedelta(seconds=1)) == timedelta(hours=1)


def test_before_the_start_time_runs_as_on_the_wall() -> None:
    clock = Clock.parse(SCALE, "local", wall=lambda: REAL - timedelta(hours=1))
    assert clock.now() == VIRTUAL - timedelta(hours=1)
    assert clock.to_real(VIRTUAL - timedelta(hours=1)) == REAL - timedelta(hours=1)


def test_a_later_pace_takes_over_where_the_first_has_come_to() -> None:
    clock = Clock.parse(TWO_PACES, "local")
    assert clock.to_virtual(REAL + timedelta(seconds=10)) == VIRTUAL + timedelta(hours=10)
    assert clock.to_virtual(REAL + timedelta(seconds=11)) == VIRTUAL + timedelta(hours=12)
    assert Clock.parse(str(clock), "local") == clock


@given(st.integers(-10_000_000, 10_000_000), st.sampled_from([SCALE, TWO_PACES]))
def test_there_and_back_is_the_same_moment(seconds: int, scale: str) -> None:
    clock = Clock.parse(scale, "local")
    moment = VIRTUAL + timedelta(seconds=seconds)
    assert abs(clock.to_virtual(clock.to_real(moment)) - moment) <= timedelta(milliseconds=10)


@pytest.mark.parametrize(
    "text",
    [
        "fast",
        "2026-03-02T08:00:00Z",
        "2026-03-02T08:00:00Z@2026-11-22T10:00:00Z",
        "2026-03-02T08:00:00@2026-11-22T10:00:00Zx60",
        "2026-03-02T08:00:00Z@2026-11-22T10:00:00Zx0",
        "2026-03-02T08:00:00Z@2026-11-22T10:00:00Zxnan",
        "2026-03-02T08:00:00Z@2026-11-22T10:00:00Zx-5",
    ],
)
def test_what_cannot_be_read_is_a_settings_error(text: str) -> None:
    with pytest.raises(SettingsError, match="NUDGEKIT_TIME_SCALE"):
        Clock.parse(text, "local")


@pytest.mark.parametrize("stage", ["", "dev", "prod"])
def test_other_stages_refuse_it(stage: str) -> None:
    with pytest.raises(SettingsError, match="local stage"):
        Clock.parse(SCALE, stage)

"""The moments a schedule opens and closes, against a walk in steps of five minutes around every change of the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from nudgekit.law.schedule import Schedule, except_between
from nudgekit.model.zone import zone
from tests.examples import examples

STEP = timedelta(minutes=5)
QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@cache
def _changes() -> list[tuple[str, datetime]]:
    """Every zone with every hour of 2026 and 2027 after which its clock is another."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=count) for count in range(2 * 365 * 24)]
    found: list[tuple[str, datetime]] = []
    for name in sorted(available_timezones() - {"localtime", "posixrules", "Factory"}):
        clock = zone(name)
        days = hours[::24]
        for day, next_day in pairwise(days):
            if day.astimezone(clock).utcoffset() != next_day.astimezone(clock).utcoffset():
                inside = list(hours[days.index(day) * 24 :][:24])
                same = [hour.astimezone(clock).utcoffset() == day.astimezone(clock).utcoffset() for hour in inside]
                found.append((name, inside[sum(same) - 1]))
    return found


@examples(400)
@given(st.data(), QUARTERS, QUARTERS, st.integers(-144, 36))
def test_a_wait_ends_with_the_first_open_moment_and_a_stretch_with_the_first_closed(
    data: st.DataObject, start: time, end: time, steps: int
) -> None:
    name, change = data.draw(st.sampled_from(_changes()))
    clock, schedule, now = zone(name), except_between(start, end), change + steps * STEP
    assert clock is not None
    assert schedule.next_open(now, clock) == _first(schedule, now, name, open_=True)
    assert schedule.closes_at(now, clock) == _first(schedule, now, name, open_=False)


def _first(schedule: Schedule, now: datetime, name: str, *, open_: bool) -> datetime | None:
    return next((each for each in _walk(now) if schedule.is_open(each.astimezone(zone(name))) == open_), None)


def _walk(now: datetime) -> Iterator[datetime]:
    return (now + count * STEP for count in range(2 * 288))

"""Every clock of the world shows an hour of the calendar once a day: never twice, never not at all."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit.language.cohorts import Every, daily, monthly, weekly

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 6 * 366 * 86_400).map(lambda length: FIRST + timedelta(seconds=length))
HOURS = st.times().map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=None))
LENGTHS = st.lists(st.integers(1, 3 * 86_400), min_size=1, max_size=12)


@given(st.sampled_from(ZONES), HOURS, MOMENTS, LENGTHS)
def test_however_the_time_is_cut_every_hour_comes_once(
    zone: str, at: time, start: datetime, lengths: list[int]
) -> None:
    clock, every, moments = ZoneInfo(zone), daily(at), [start]
    for length in lengths:
        moments.append(moments[-1] + timedelta(seconds=length))
    whole = list(every.between(clock, moments[0], moments[-1]))
    parts = [each for after, upto in pairwise(moments) for each in every.between(clock, after, upto)]
    assert parts == whole
    shown = [local for _, local in whole]
    assert len(set(shown)) == len(shown)
    days = (moments[-1] - moments[0]) / timedelta(days=1)
    assert abs(len(whole) - days) <= 2.1  # a zone may have skipped a day, or lived one twice


@given(st.sampled_from(ZONES), HOURS, MOMENTS)
def test_it_is_the_hour_that_the_clock_shows_unless_it_leaves_that_out(zone: str, at: time, start: datetime) -> None:
    clock = ZoneInfo(zone)
    for moment, shown in daily(at).between(clock, start, start + timedelta(days=3)):
        local = moment.astimezone(clock)
        named = datetime.fromisoformat(shown)
        assert local.replace(tzinfo=None) == named or local.replace(tzinfo=None) > named
        assert local.replace(tzinfo=None) - named < timedelta(days=1, hours=1)


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (daily(time(2, 30)), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # Berlin leaves 02:30 out
        (weekly("sunday", time(10)), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        (monthly(28, time(10)), None),
    ],
)
def test_when_clocks_go_forward(every: Every, expected: datetime | None) -> None:
    day = datetime(2026, 3, 28, 23, tzinfo=UTC)
    found = [moment for moment, _ in every.between(ZoneInfo("Europe/Berlin"), day, day + timedelta(days=1))]
    assert found == ([expected] if expected else [])


def test_of_an_hour_that_comes_twice_it_is_the_first() -> None:
    day = datetime(2026, 10, 24, 22, tzinfo=UTC)
    found = [
        moment for moment, _ in daily(time(2, 30)).between(ZoneInfo("Europe/Berlin"), day, day + timedelta(days=1))
    ]
    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_weekly_and_monthly_keep_their_day() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for every, days in ((weekly("Friday", time(9)), 52), (monthly(1, time(9)), 12)):
        shown = [local for _, local in every.between(ZoneInfo("Asia/Kolkata"), start, start + timedelta(days=364))]
        assert abs(len(shown) - days) <= 1
        dates = [date.fromisoformat(local[:10]) for local in shown]
        assert (
            {each.weekday() for each in dates} == {4} if every.unit == "week" else {each.day for each in dates} == {1}
        )

"""Which moments of a week are open, by a clock on a wall."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from nudgekit.law.public_holidays import Calendar, is_holiday

DAY: Final = 86_400
"""Seconds on the clock of a day; midnight at its end."""

HORIZON: Final = timedelta(days=21)
"""How far ahead an open moment is looked for."""

Intervals = tuple[tuple[int, int], ...]
"""Open stretches of a day, in seconds on the clock: start included, end excluded, in order."""


@dataclass(frozen=True)
class Schedule:
    """When something may happen.

    Attributes:
        week: the open stretches of each weekday, Monday first.
        calendars: on their public holidays nothing is open.
    """

    week: tuple[Intervals, ...]
    calendars: tuple[Calendar, ...] = ()

    def __and__(self, other: "Schedule") -> "Schedule":
        """Open when both are."""
        week = tuple(_both(mine, theirs) for mine, theirs in zip(self.week, other.week, strict=True))
        return Schedule(week, tuple(dict.fromkeys((*self.calendars, *other.calendars))))

    def is_open(self, local: datetime) -> bool:
        """Whether it is open when a clock on the wall shows `local`."""
        now = local.hour * 3600 + local.minute * 60 + local.second
        for start, end in self.week[local.weekday()]:
            if start <= now < end:
                return not self.calendars or not self._is_closed(local.date())
        return False

    def _is_closed(self, day: date) -> bool:
        return any(is_holiday(calendar, day) for calendar in self.calendars)

    def next_open(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment from `now` on that is open in `zone`, in UTC; None within the horizon."""
        local = now.astimezone(zone)
        if self.is_open(local):
            return now
        for ahead in range(HORIZON.days + 1):
            day = local.date() + timedelta(days=ahead)
            if self._is_closed(day):
                continue
            starts = (start for start, _ in self.week[day.weekday()])
            for moment in _moments(day, starts, zone):
                if moment > now and self.is_open(moment.astimezone(zone)):
                    return moment
        return None

    def closes_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment from `now` on that is not open in `zone`, in UTC; None within two days."""
        local = now.astimezone(zone)
        if not self.is_open(local):
            return now
        for ahead in range(3):
            day = local.date() + timedelta(days=ahead)
            ends = (end for _, end in self.week[day.weekday()])
            for moment in _moments(day, ends, zone):
                if moment > now and not self.is_open(moment.astimezone(zone)):
                    return moment
        return None


ALWAYS: Final = Schedule((((0, DAY),),) * 7)


def seconds_of(clock: time) -> int:
    """Seconds that `clock` shows since midnight."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def except_between(start: time, end: time) -> Schedule:
    """Open but from `start`, included, to `end`, excluded; over midnight when `start` is the later."""
    first, last = seconds_of(start), seconds_of(end)
    stretches = ((0, first), (last, DAY)) if first <= last else ((last, first),)
    return Schedule((tuple((a, b) for a, b in stretches if a < b),) * 7)


def next_open_in_all(schedule: Schedule, now: datetime, zones: tuple[ZoneInfo, ...]) -> datetime | None:
    """The first moment from `now` on that is open in every one of `zones`; None when there is none in the horizon.

    Thousands may ask within an hour where nothing is open; what is found from the hour's beginning on serves them all.
    """
    found = _from_hour(schedule, now.replace(minute=0, second=0, microsecond=0), zones)
    return found if found is None or found >= now else _open_in_all(schedule, now, zones)


@lru_cache(maxsize=1024)
def _from_hour(schedule: Schedule, hour: datetime, zones: tuple[ZoneInfo, ...]) -> datetime | None:
    return _open_in_all(schedule, hour, zones)


def _open_in_all(schedule: Schedule, now: datetime, zones: tuple[ZoneInfo, ...]) -> datetime | None:
    moment, clocks = now, _different(zones, now)
    while moment <= now + HORIZON:
        waits = [schedule.next_open(moment, zone) for zone in clocks]
        found = [each for each in waits if each is not None]
        if len(found) < len(waits):
            return None
        latest = max(found, default=moment)
        if latest == moment:
            return moment
        moment = latest
    return None


def _different(zones: tuple[ZoneInfo, ...], now: datetime) -> tuple[ZoneInfo, ...]:
    """One of each that show the same hour every day of the horizon: of the thirty of a country, half a dozen."""
    if len(zones) == 1:
        return zones
    days = [now + timedelta(days=day) for day in range(HORIZON.days + 1)]
    return tuple({tuple(day.astimezone(zone).utcoffset() for day in days): zone for zone in zones}.values())


def _moments(day: date, clocks: Iterable[int], zone: ZoneInfo) -> list[datetime]:
    """When the clock of `zone` shows one of `clocks`, seconds of `day`, and when it is changed, in UTC and in order.

    What a change of the clock shows twice is there twice; what it leaves out is there as both sides would read it.
    """
    found = {reading for each in clocks for reading in _readings(day, each, zone)}
    return sorted(found | _changes(day, zone))


def _readings(day: date, seconds: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    wanted = datetime.combine(day, time(), zone) + timedelta(seconds=seconds)
    return wanted.replace(fold=0).astimezone(UTC), wanted.replace(fold=1).astimezone(UTC)


def _changes(day: date, zone: ZoneInfo) -> set[datetime]:
    """The moment of the day at which the clock is changed, to the second; most days have none."""
    first, last = min(_readings(day, 0, zone)), min(_readings(day, DAY, zone))
    before = first.astimezone(zone).utcoffset()
    if before == last.astimezone(zone).utcoffset():
        return set()
    moments = range(int((last - first).total_seconds()))
    after = bisect_left(moments, True, key=lambda each: _offset(first, each, zone) != before)
    return {first + timedelta(seconds=after)}


def _offset(first: datetime, seconds: int, zone: ZoneInfo) -> timedelta | None:
    return (first + timedelta(seconds=seconds)).astimezone(zone).utcoffset()


def _both(mine: Intervals, theirs: Intervals) -> Intervals:
    pairs = ((max(a, c), min(b, d)) for a, b in mine for c, d in theirs)
    return tuple(sorted((start, end) for start, end in pairs if start < end))

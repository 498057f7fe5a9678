"""No promotional SMS outside its legal window: every IANA zone, every place of the table, hour by hour for two years.

`NUDGEKIT_SWEEP=full` (`make sweep`) walks every hour of 2026 and 2027; without it, a choice of days that has every
change of the clock. The oracle is written again here, from plain local times and the numbers of the table: it shares
nothing with the engine but the library of holidays. The full walk asks once for zones whose clocks show the same time
at every one of those hours; that they do is looked up for every zone and hour.
"""

import os
import sys
import time as stopwatch
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import holidays
import pytest

from nudgekit.decide.case import Case
from nudgekit.decide.gates.legal_hours import legal_hours
from nudgekit.decide.hours import law_of, look
from nudgekit.language.ladder import Rung
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel
from nudgekit.model.phone import PhoneFacts
from nudgekit.model.profile import Profile
from tests.builders import make_case

FULL = os.environ.get("NUDGEKIT_SWEEP") == "full"
ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
FIRST, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 730
SMS = Rung(Channel.SMS)

PEOPLE: dict[str, Profile] = {
    **{
        row.country: Profile(country=row.country, phone="+0", phone_place=PhoneFacts(row.country))
        for row in tables().hours
        if not row.state and row.country != "*"
    },
    **{
        f"US-{row.state}": Profile(country="US", state=row.state, phone="+0", phone_place=PhoneFacts("US"))
        for row in tables().hours
        if row.state
    },
    "nowhere": Profile(phone="+0", phone_place=PhoneFacts()),
}
"""Somebody in every place of the table; `US` alone is somebody in a state nobody knows."""


@pytest.mark.skipif(FULL, reason="the full walk is asked for")
def test_a_refusal_waits_until_the_next_legal_hour_in_every_zone() -> None:
    asked = 0
    for name in ZONES:
        zone, turn = ZoneInfo(name), _turn(name)
        for place in sorted(PEOPLE)[turn % 8 :: 8]:
            for now in _moments(zone, turn)[turn % 2 :: 3]:
                asked += 1
                verdict = legal_hours(_case(place, name, now), SMS)
                assert (verdict.answer == "pass") == _is_legal(place, now.astimezone(zone)), f"{place} {name} {now}"
                if verdict.answer == "wait":
                    _assert_next_legal(place, zone, now, verdict.until)
    assert asked > 10_000


def _assert_next_legal(place: str, zone: ZoneInfo, now: datetime, until: datetime | None) -> None:
    assert until is not None
    assert _is_legal(place, until.astimezone(zone))
    hour = now
    while (hour := hour + timedelta(hours=1)) < until:
        later_reading = until - hour <= timedelta(hours=1)
        assert later_reading or not _is_legal(place, hour.astimezone(zone)), f"{place} {zone} could go at {hour}"


def test_no_promotional_sms_leaves_outside_its_legal_window(capsys: pytest.CaptureFixture[str]) -> None:
    began, asked, legal = stopwatch.perf_counter(), 0, 0
    clocks = _different_clocks() if FULL else {name: (name,) for name in ZONES}
    for name in clocks:
        zone, turn = ZoneInfo(name), _turn(name)
        moments = [(now, now.astimezone(zone)) for now in (_hours() if FULL else _moments(zone, turn))]
        for place in PEOPLE if FULL else sorted(PEOPLE)[turn % 5 :: 5]:
            case = _case(place, name, FIRST)
            for now, local in moments:
                case.now = now
                is_open, _ = look(case, law_of(case, Channel.SMS, frozenset()).schedule)
                assert is_open == _is_legal(place, local), f"{place} in {name} at {now}"
                asked, legal = asked + 1, legal + is_open
    with capsys.disabled():
        told = f"{len(ZONES)} zones ({len(clocks)} different clocks), {len(PEOPLE)} places, {asked:,} moments asked"
        seconds = stopwatch.perf_counter() - began
        sys.stdout.write(f"\nlegal hours{', every hour' if FULL else ''}: {told}, {legal:,} legal, {seconds:.0f} s\n")
    assert 0 < legal < asked


@cache
def _base(place: str, zone: str) -> Profile:
    return PEOPLE[place].model_copy(update={"timezone": zone})


_START = make_case()


def _case(place: str, zone: str, now: datetime) -> Case:
    return Case(_START.trigger, _START.policy, _START.run, now, profile=_base(place, zone), facts=_START.facts)


def _hours() -> Iterator[datetime]:
    """Every hour of two years."""
    return (FIRST + timedelta(hours=hour) for hour in range(DAYS * 24))


def _different_clocks() -> dict[str, tuple[str, ...]]:
    """Zones by the first whose clock shows the same time at every hour."""
    same: dict[tuple[object, ...], tuple[str, ...]] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        shown = tuple(now.astimezone(zone).utcoffset() for now in _hours())
        same[shown] = (*same.get(shown, ()), name)
    return {names[0]: names for names in same.values()}


def _moments(zone: ZoneInfo, turn: int) -> list[datetime]:
    """A choice: some hours of the days around each change of the clock, and of days spread over the two years."""
    spread = range(turn % 97, DAYS, 97)
    hours = range(turn % 3, 24, 3)
    around = {day + near for day in _changes(zone.key) for near in (0, 1)}
    return [FIRST + timedelta(days=day, hours=hour) for day in sorted({*spread, *around}) for hour in hours]


@cache
def _changes(name: str) -> tuple[int, ...]:
    """The days at whose noon the clock of the zone is another than the noon before."""
    noons = [(FIRST + timedelta(days=day, hours=12)).astimezone(ZoneInfo(name)).utcoffset() for day in range(DAYS)]
    return tuple(day for day in range(1, DAYS) if noons[day] != noons[day - 1])


def _turn(name: str) -> int:
    """A number that differs from zone to zone, so that together they are asked at every hour."""
    return sum(map(ord, name))


LATE_START = {"US-CA": 9, "US-CT": 9, "US-IL": 9, "US-KY": 10, "US-MI": 9, "US-MN": 9, "US-NM": 9, "US-NV": 9}
EARLY_END = {"US-AL", "US-CT", "US-FL", "US-LA", "US-MA", "US-MD", "US-MS", "US-NJ", "US-NV", "US-OK", "US-WA"}
OVERSEAS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976", "PM": "PM", "BL": "BL", "MF": "MF"}
NO_SUNDAYS = {"US-AL", "US-LA", "US-MS", "FR", "US", *OVERSEAS}
NO_HOLIDAYS = {
    "FR": ("57", "6AE"),
    "US-AL": ("AL",),
    "US-LA": ("LA",),
    "US-MS": ("MS",),
    "US-PA": ("PA",),
    "US-RI": ("RI",),
    "US-UT": ("UT",),
    "US": ("AL", "LA", "MS", "PA", "RI", "UT"),
    **{country: (subdivision,) for country, subdivision in OVERSEAS.items()},
}


def _is_legal(place: str, local: datetime) -> bool:
    """The oracle: the hours of the table, told in another way."""
    if place in NO_SUNDAYS and local.isoweekday() == 7:
        return False
    country = "FR" if place in OVERSEAS else place[:2]
    if any(local.date() in _holidays(country, each) for each in NO_HOLIDAYS.get(place, ())):
        return False
    return _opens(place, local) <= local.hour < _closes(place, local)


def _opens(place: str, local: datetime) -> int:
    match place, local.isoweekday():
        case ("US", _) | ("US-RI", 6 | 7) | ("IN", _):
            return 10
        case ("US-TX", 7):
            return 12
        case ("US-RI" | "US-TX", _):
            return 9
    return LATE_START.get(place, 8)


def _closes(place: str, local: datetime) -> int:
    if place == "FR":
        return 22
    if place in {"US", "US-RI"}:
        return 17 if local.isoweekday() > 5 else 18
    return 20 if place in EARLY_END else 21


@cache
def _holidays(country: str, subdivision: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdivision, years=(2025, 2026, 2027, 2028)))

"""The hours a message may go out: what the law leaves open, what the shop leaves open, and both together."""

from datetime import datetime
from functools import cache
from typing import Any

from nudgekit.decide.case import Case
from nudgekit.law.hours import LegalHours, legal_hours
from nudgekit.law.places import Places
from nudgekit.law.rows import WEEKDAYS
from nudgekit.law.schedule import Schedule, next_open_in_all
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel

Seen = tuple[tuple[str, Any], ...]


def law_of(case: Case, channel: Channel, overridden: frozenset[str]) -> LegalHours:
    """What the law of every place the person may be in says about the hours of `channel`."""
    places = case.places if channel in tables().channels_with_hours else Places()
    return legal_hours(places, channel, case.trigger.purpose, case.now.date(), overridden)


def next_moment(case: Case, channel: Channel, overridden: frozenset[str]) -> datetime | None:
    """The first moment that law and quiet hours allow in every zone the person may be in: one wait suffices."""
    schedule = law_of(case, channel, overridden).schedule & case.policy.quiet_schedule(channel)
    return next_open_in_all(schedule, case.now, case.zones.zones)


def closing_time(case: Case, channel: Channel, at: datetime | None = None) -> datetime | None:
    """When law or quiet hours first close after `at` (now), in any zone the person may be in; None: not in two days."""
    if case.trigger.purpose == "transactional":
        return None
    overridden = case.policy.overridden
    schedule = law_of(case, channel, overridden).schedule & case.policy.quiet_schedule(channel)
    ends = (schedule.closes_at(at or case.now, zone) for zone in case.zones.zones)
    return min((each for each in ends if each is not None), default=None)


def look(case: Case, schedule: Schedule) -> tuple[bool, Seen]:
    """Whether the schedule is open in every zone the person may be in, and the clock that decides it.

    That is the first clock outside the schedule, or the first of all.
    """
    first: Seen = ()
    for zone in case.zones.zones:
        local = case.now.astimezone(zone)
        if not schedule.is_open(local):
            return False, _clock(case, local, zone.key)
        first = first or _clock(case, local, zone.key)
    return True, first


def _clock(case: Case, local: datetime, zone: str) -> Seen:
    shown = _shown(local.weekday(), local.hour, local.minute)
    return ("local_time", shown), ("zone", zone), ("zones", case.zones.text), ("zone_from", case.zones.link)


@cache
def _shown(weekday: int, hour: int, minute: int) -> str:
    """What a clock shows, as in `wed 14:30`: one of the ten thousand minutes of a week."""
    return f"{WEEKDAYS[weekday]} {hour:02}:{minute:02}"

"""The hours a message may go out: what the law leaves open, what the shop leaves open, and both together."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from nudgekit.decide.case import Case
from nudgekit.language.policy import QuietHours
from nudgekit.law.hours import LegalHours, legal_hours
from nudgekit.law.places import Places
from nudgekit.law.schedule import ALWAYS, Schedule, except_between, next_open_in_all, open_in_all
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel


class Hours(NamedTuple):
    """When a message on one channel may go out.

    Attributes:
        law: by the law of every place the person may be in.
        quiet: by the shop's quiet hours.
        both: by both, so that one wait suffices.
    """

    law: LegalHours
    quiet: Schedule
    both: Schedule


def hours_of(case: Case, channel: Channel, overridden: frozenset[str]) -> Hours:
    """The hours for the case on `channel`, with the rows `overridden` set aside."""
    purpose = case.trigger.purpose
    window = case.policy.quiet_window(channel) if purpose != "transactional" else None
    places = case.places if channel in tables().channels_with_hours else Places()
    return _hours(places, channel, purpose, case.now.date(), overridden, window)


def next_moment(case: Case, hours: Hours) -> datetime | None:
    """The first moment at which law and quiet hours allow it in every zone the person may be in."""
    return next_open_in_all(hours.both, case.now, case.zones.zones)


def is_open(case: Case, schedule: Schedule) -> bool:
    """Whether the schedule is open now in every zone the person may be in."""
    return schedule.always or open_in_all(schedule, case.now, case.zones.zones)


def local_times(case: Case, schedule: Schedule) -> tuple[tuple[str, str], ...]:
    """The clock that decides: the first that is outside the schedule, else the first of all."""
    outside = (zone for zone in case.zones.zones if not schedule.is_open(case.now.astimezone(zone)))
    zone = next(outside, case.zone)
    local = case.now.astimezone(zone)
    return (
        ("local_time", f"{local:%a %H:%M}"),
        ("zone", zone.key),
        ("zones", case.zones.text),
        ("zone_from", case.zones.link),
    )


@lru_cache(maxsize=4096)
def _hours(  # noqa: PLR0913, PLR0917  everything that the hours depend on
    places: Places,
    channel: Channel,
    purpose: str,
    day: date,
    overridden: frozenset[str],
    window: QuietHours | None,
) -> Hours:
    law = legal_hours(places, channel, purpose, day, overridden)
    quiet = except_between(window.start, window.end) if window else ALWAYS
    return Hours(law, quiet, law.schedule & quiet)

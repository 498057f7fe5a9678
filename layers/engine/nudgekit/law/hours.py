"""The hours at which a message may arrive: every row that applies must allow the moment."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache, reduce
from typing import NamedTuple

from nudgekit.law.places import Places
from nudgekit.law.public_holidays import Calendar
from nudgekit.law.rows import ELSEWHERE, WEEKDAYS, HoursRow, PlaceRow
from nudgekit.law.schedule import ALWAYS, Schedule, seconds_of
from nudgekit.law.tables import Tables, tables
from nudgekit.model.base import Channel


class LegalHours(NamedTuple):
    """What the law says about the hours of a message.

    Attributes:
        schedule: when it may arrive.
        rows: the ids of the rows that say so.
        text: the same ids as one text, for traces.
    """

    schedule: Schedule
    rows: tuple[str, ...] = ()
    text: str = ""


@lru_cache(maxsize=4096)
def legal_hours(
    places: Places, channel: Channel, purpose: str, days: frozenset[date], overridden: frozenset[str] = frozenset()
) -> LegalHours:
    """The hours for a message to somebody at `places`.

    Args:
        places: where the person is, and where the number belongs.
        channel: of the message.
        purpose: of the message.
        days: the dates that clocks show where the person may be; rows in force on any of them count.
        overridden: rows that the shop has set aside.
    """
    applicable = applicable_hours(tables(), places, channel, purpose, days)
    rows = tuple(row for row in applicable if row.id not in overridden)
    schedules = (schedule_of(row, places.states(row.country)) for row in rows)
    ids = tuple(row.id for row in rows)
    return LegalHours(reduce(Schedule.__and__, schedules, ALWAYS), ids, ", ".join(ids))


def applicable_hours(
    law: Tables, places: Places, channel: Channel, purpose: str, days: frozenset[date]
) -> Iterator[HoursRow]:
    """The rows of `law` that apply: of every country the person may be in, and of every state that it may be."""
    in_force = [row for row in law.hours if row.covers(channel, purpose, days)]
    with_rows = {row.country for row in in_force}
    countries = {each if each in with_rows else ELSEWHERE for each in places.countries or (ELSEWHERE,)}
    for row in in_force:
        known = places.states(row.country)
        if row.country in countries and (not row.state or not known or row.state in known):
            yield row


def schedule_of(row: HoursRow, states: frozenset[str]) -> Schedule:
    """The hours that one row leaves open to somebody in `states` (none: it is not known which)."""
    spans = (row.span_on(weekday) for weekday in WEEKDAYS)
    week = tuple(((seconds_of(span.start), seconds_of(span.end)),) if span else () for span in spans)
    return Schedule(week, () if row.public_holidays else (_calendar(row, states),))


def _calendar(row: HoursRow, states: frozenset[str]) -> Calendar:
    if row.state:
        return Calendar(row.country, (row.state,))
    own = (row.holiday_subdivisions.get(each, ()) for each in states or row.holiday_subdivisions)
    return Calendar(row.country, tuple(sorted({each for several in own for each in several})))


def in_number_country[R: PlaceRow](
    rows: tuple[R, ...], places: Places, channel: Channel, purpose: str, days: frozenset[date]
) -> tuple[R, ...]:
    """The rows that apply to the country a number belongs to: networks and registers know numbers, not people."""
    number = places.number
    if number is None:
        return ()
    return tuple(row for row in rows if row.country == number.country and row.covers(channel, purpose, days))

"""The windows that caps count in: any stretch of a length, or a day or a week of the person's own calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nudgekit.decide.case import Case
from nudgekit.language.policy import Cap
from nudgekit.model.base import MILLISECOND, from_ms, to_ms

DAY = timedelta(days=1)


class Room(NamedTuple):
    """How full a cap is.

    Attributes:
        used: how many messages count against it now.
        room_at: from when on one more fits, should none be added; the present moment when one fits now.
        frees_at: when a place that is taken now is free again.
    """

    used: int
    room_at: datetime
    frees_at: datetime


def room(case: Case, cap: Cap) -> Room:
    """How full `cap` is for the case; the message that is being handed off does not count against itself.

    A cap is full while nobody knows any more what the person got at the beginning of its window.
    """
    if cap.window == "calendar":
        return _calendar_room(case, cap)
    now, per = case.now, cap.per
    known_since = case.ledger.known_since(cap.purpose, cap.channels)
    if known_since > to_ms(now - per):
        return Room(cap.limit, from_ms(known_since) + per, now + per)
    times = case.ledger.times(cap.purpose, cap.channels, now - per, cap.trigger, case.message)
    room_at = from_ms(times[-cap.limit]) + per if len(times) >= cap.limit else now
    return Room(len(times), room_at, now + per)


def _calendar_room(case: Case, cap: Cap) -> Room:
    start, end = calendar_window(case.now, case.zone, cap.per)
    if case.ledger.known_since(cap.purpose, cap.channels) > to_ms(start):
        return Room(cap.limit, end, end)
    used = len(case.ledger.times(cap.purpose, cap.channels, start - MILLISECOND, cap.trigger, case.message))
    return Room(used, end if used >= cap.limit else case.now, end)


def calendar_window(now: datetime, zone: ZoneInfo, per: timedelta) -> tuple[datetime, datetime]:
    """The first moment of the zone's present day, or of its present week, and the first of the next, in UTC."""
    today = now.astimezone(zone).date()
    first = today if per == DAY else today - timedelta(days=today.weekday())
    return day_start(first, zone), day_start(first + per, zone)


@lru_cache(maxsize=1024)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` in `zone`, in UTC.

    Where a change of the clock skips midnight, the day begins after it; where midnight comes twice, at the first.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)

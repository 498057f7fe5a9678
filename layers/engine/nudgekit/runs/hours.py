"""The hours of a calendar that clocks have shown, by the zones that people are in."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from nudgekit.language.cohorts import Every
from nudgekit.model.zone import zone


class Hour(NamedTuple):
    """An hour of the calendar: the moment, and what the clocks there showed, as in 2026-11-22T10:00."""

    at: datetime
    shown: str


def hours_between(every: Every, zones: Mapping[str, str], after: datetime, upto: datetime) -> dict[Hour, list[str]]:
    """Every hour that came after `after` and not after `upto`, in order, with the names of the zones it came in.

    Args:
        every: the calendar.
        zones: name -> the IANA zone that is meant by it.
        after: up to when hours have been looked at.
        upto: the present moment.
    """
    found: dict[Hour, list[str]] = {}
    for name, meant in sorted(zones.items()):
        clock = zone(meant)
        for moment, shown in every.between(clock, after, upto) if clock is not None else ():
            found.setdefault(Hour(moment, shown), []).append(name)
    return dict(sorted(found.items()))

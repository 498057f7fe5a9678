"""Public holidays, from the library `holidays`; loaded only when a row asks for them."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple


class Calendar(NamedTuple):
    """The public holidays of a country, with those of `subdivisions` (ISO 3166-2, second part)."""

    country: str
    subdivisions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join((self.country, *self.subdivisions))


def is_holiday(calendar: Calendar, day: date) -> bool:
    """Whether `day` is a public holiday, as such or as the day it is observed on."""
    return day in _holidays(calendar, day.year)


@lru_cache(maxsize=256)
def _holidays(calendar: Calendar, year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415  # dear to import; most rows do not ask

    known = [country_holidays(calendar.country, subdiv, years=year) for subdiv in calendar.subdivisions or (None,)]
    return frozenset(day for each in known for day in each)

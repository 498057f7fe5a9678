"""Whom a trigger asks when the shop or the calendar starts it: `everyone()`, or `followers(of="product_id")`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

from nudgekit.language.durations import seconds, spell
from nudgekit.language.mistakes import nearest, report

FOLLOWED: Final = ("product_id", "category", "brand")
"""What people can follow: properties of products, and of events about them."""

Waves = Literal["", "stock"]
"""How many are asked at once: all, or as many as the product's stock bears."""

ONE_DAY: Final = timedelta(days=1)

Unit = Literal["day", "week", "month"]
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Among:
    """The people who are asked; the audience then decides about each.

    Attributes:
        by: what they follow, one of `FOLLOWED`, the same as the start event is about; empty: everyone.
        waves: how many at once.
        pause: how long after one wave the next may follow.
    """

    by: str = ""
    waves: Waves = ""
    pause: timedelta = timedelta()

    def __str__(self) -> str:
        if not self.by:
            return "everyone()"
        waves = f', waves="{self.waves}", pause={spell(self.pause)}' if self.waves else ""
        return f'followers(of="{self.by}"{waves})'

    def to_data(self) -> dict[str, Any]:
        """The cohort as plain JSON values; times in seconds."""
        return {"by": self.by, "waves": self.waves, "pause": seconds(self.pause)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Among":
        """The cohort that `to_data` wrote."""
        return cls(data["by"], data["waves"], timedelta(seconds=data["pause"]))


def everyone() -> Among:
    """Everybody the shop knows."""
    return Among()


def followers(of: str, waves: Waves = "", pause: timedelta | None = None) -> Among:
    """Those who watch, liked or lately looked at what the start event is about; see `Among`."""
    if of not in FOLLOWED:
        report(f"nobody follows a {of!r}", nearest(str(of), FOLLOWED))
    if waves not in get_args(Waves):
        report(f"waves={waves!r} is not known", 'write waves="stock", or leave it out to ask all at once')
    if bool(waves) != isinstance(pause, timedelta):
        report("waves and their pause belong together", 'write waves="stock", pause=hours(1), or neither')
    return Among(of, waves, pause if isinstance(pause, timedelta) else timedelta())


@dataclass(frozen=True)
class Every:
    """A wall-clock time that comes again and again, in each person's own zone.

    Attributes:
        unit: how often.
        day: of a week 0 (Monday) to 6, of a month 1 to 28; 0 for every day.
        at: the hour and minute.
    """

    unit: Unit
    day: int
    at: time

    def __str__(self) -> str:
        at = f"time({self.at.hour}, {self.at.minute})"
        day = {"day": "", "week": f'"{WEEKDAYS[self.day]}", ', "month": f"{self.day}, "}[self.unit]
        return f"{ {'day': 'daily', 'week': 'weekly', 'month': 'monthly'}[self.unit] }({day}{at})"

    def to_data(self) -> dict[str, Any]:
        """The calendar as plain JSON values."""
        return {"unit": self.unit, "day": self.day, "at": self.at.isoformat("minutes")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Every":
        """The calendar that `to_data` wrote."""
        return cls(data["unit"], data["day"], time.fromisoformat(data["at"]))

    def between(self, zone: ZoneInfo, after: datetime, upto: datetime) -> Iterator[tuple[datetime, str]]:
        """When clocks in `zone` showed it after `after` and not after `upto`: the moment in UTC, and what they showed.

        Once a day and never twice: an hour that the clocks leave out is that of the offset before, and of one that they
        show twice it is the first (RFC 5545, section 3.3.5).
        """
        day, last = after.astimezone(zone).date() - ONE_DAY, upto.astimezone(zone).date() + ONE_DAY
        while day <= last:
            moment = datetime.combine(day, self.at, zone).astimezone(UTC)
            if after < moment <= upto and self._falls_on(day):
                yield moment, f"{day.isoformat()}T{self.at.isoformat('minutes')}"
            day += ONE_DAY

    def _falls_on(self, day: date) -> bool:
        return {"day": True, "week": day.weekday() == self.day, "month": day.day == self.day}[self.unit]


def daily(at: time) -> Every:
    """Every day at the hour `at` where the person is."""
    return Every("day", 0, _hour(at, "daily(time(9))"))


def weekly(day: str, at: time) -> Every:
    """Every week on the weekday `day` at the hour `at` where the person is."""
    known = isinstance(day, str) and day.lower() in WEEKDAYS
    if not known:
        report(f"{day!r} is not a weekday", nearest(str(day), WEEKDAYS))
    return Every("week", WEEKDAYS.index(day.lower()) if known else 0, _hour(at, 'weekly("sunday", time(10))'))


def monthly(day: int, at: time) -> Every:
    """Every month on `day`, 1 to 28, at the hour `at` where the person is."""
    if type(day) is not int or not 1 <= day <= 28:
        report(f"monthly({day!r}, ...) is not a day that every month has", "give a day from 1 to 28")
        day = 1
    return Every("month", day, _hour(at, "monthly(1, time(9))"))


def _hour(at: object, example: str) -> time:
    if not isinstance(at, time) or at.second or at.microsecond or at.tzinfo:
        report(f"{at!r} is not an hour of the day", f"write it in whole minutes without a zone, as in {example}")
        return time(9)
    return at

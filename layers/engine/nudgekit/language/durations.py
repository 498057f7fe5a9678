"""Lengths of time, as rules write them."""

from datetime import timedelta

from nudgekit.language.mistakes import report

at_once = timedelta()
"""No time at all between the start event and the decision."""

UNSAID = timedelta(-1)
"""Stands for a length of time that a rule left out, and may have to say."""

LENGTHS = ("within", "again_after", "expires_after")
"""The keywords of a trigger that are lengths of time."""

SECOND = timedelta(seconds=1)
_LONGEST_SECONDS = 366 * 86400
_UNITS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))


def minutes(number: float) -> timedelta:
    """`number` minutes."""
    return _length("minutes", number, timedelta(minutes=1))


def hours(number: float) -> timedelta:
    """`number` hours."""
    return _length("hours", number, timedelta(hours=1))


def days(number: float) -> timedelta:
    """`number` days of 24 hours."""
    return _length("days", number, timedelta(days=1))


def _length(unit: str, number: float, one: timedelta) -> timedelta:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not is_number or not 1 <= number * one.total_seconds() <= _LONGEST_SECONDS:
        report(f"{unit}({number!r}) is not a length of time", f"write a number above 0, as in {unit}(3), up to a year")
        return one
    return timedelta(seconds=round(number * one.total_seconds()))


def seconds(length: timedelta) -> int:
    """`length` in whole seconds, as canonical JSON has it."""
    return length // SECOND


def spell(length: timedelta) -> str:
    """`length` as a rule would write it, as in `days(7)`."""
    for unit, one in _UNITS:
        if length % one == timedelta():
            return f"{unit}({length // one})"
    return f"minutes({length / _UNITS[-1][1]:g})"


def brief(length: timedelta) -> str:
    """`length` for tables, as in `30 min`."""
    units = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))
    for unit, one in units:
        if length >= one and length % one == timedelta():
            return f"{length // one} {unit}"
    return f"{length // SECOND} s"

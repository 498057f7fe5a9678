"""Times that a start event names, as in `moment("ends_at").before(hours(3))`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from nudgekit.language.durations import seconds, spell
from nudgekit.language.mistakes import report

YEARS: Final = range(1971, 2200)
"""Years that a time may lie in."""


class Named(NamedTuple):
    """A property that holds a time, and how long before that time is meant."""

    name: str
    before: timedelta = timedelta()

    def of(self, about: Mapping[str, object]) -> datetime | None:
        """The time that the start event's properties `about` name, aware; None when they name none."""
        named = as_moment(about.get(self.name))
        return named - self.before if named is not None else None

    def __str__(self) -> str:
        before = f".before({spell(self.before)})" if self.before else ""
        return f'moment("{self.name}"){before}'


@dataclass(frozen=True)
class Moment:
    """A time that the start event names; of several, the first that it has. `|` joins them."""

    parts: tuple[Named, ...]

    def before(self, length: timedelta) -> "Moment":
        """So long before it."""
        if not isinstance(length, timedelta) or length <= timedelta():
            report(f"{self}.before({length!r}) is not a time", "give a length of time, as in hours(3)")
            return self
        return Moment(tuple(part._replace(before=part.before + length) for part in self.parts))

    def __or__(self, other: "Moment") -> "Moment":
        if not isinstance(other, Moment):
            report(f"{other!r} is not a moment", 'join moments, as in moment("ends_at") | moment("remind_at")')
            return self
        return Moment((*self.parts, *other.parts))

    def __str__(self) -> str:
        return " | ".join(map(str, self.parts))

    def of(self, about: Mapping[str, object]) -> datetime | None:
        """The time it means with the start event's properties `about`; None when they name none."""
        return next((found for part in self.parts if (found := part.of(about)) is not None), None)

    def end(self, about: Mapping[str, object]) -> datetime | None:
        """The named time itself, however long before it is meant; None when there is none."""
        return Moment(tuple(part._replace(before=timedelta()) for part in self.parts)).of(about)

    def deadline(self, about: Mapping[str, object]) -> datetime | None:
        """What a reminder before it must not come after; None when the named time itself is meant, or none is named."""
        part = next((part for part in self.parts if part.of(about) is not None), None)
        return as_moment(about.get(part.name)) if part is not None and part.before else None

    def to_data(self) -> list[dict[str, Any]]:
        """The moment as plain JSON values; times in seconds."""
        return [{"property": part.name, "before": seconds(part.before)} for part in self.parts]

    @classmethod
    def from_data(cls, data: list[dict[str, Any]]) -> "Moment":
        """The moment that `to_data` wrote."""
        return cls(tuple(Named(part["property"], timedelta(seconds=part["before"])) for part in data))


def moment(name: str) -> Moment:
    """The time in the start event's property `name`, in ISO 8601 with its offset, as in 2026-11-27T20:00:00+01:00."""
    if not isinstance(name, str) or not name.strip():
        report(f"moment({name!r}) names no property", 'write its name, as in moment("ends_at")')
    return Moment((Named(str(name)),))


def as_moment(value: object) -> datetime | None:
    """`value` as an aware UTC moment; None when it is no ISO 8601 text with an offset: a time must never be guessed.

    Nor is it one outside `YEARS`, which no sale or coupon names.
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        return None
    return found.astimezone(UTC)

"""The rows of the tables: what each kind says, and the checks that every row must pass."""

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from nudgekit.model.base import Channel, Purpose

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `datetime.weekday`."""

ELSEWHERE = "*"
"""The country of a row for places that have no row of their own."""


class Confidence(StrEnum):
    """How well a row is founded, best first."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    VENDOR = "vendor"
    UNVERIFIED = "unverified"
    CHOICE = "choice"


def _channel(given: object) -> object:
    return Channel(given) if isinstance(given, str) and given in tuple(Channel) else given


def _tuple(given: object) -> object:
    return tuple(given) if isinstance(given, list) else given


def _confidence(given: object) -> object:
    return Confidence(given) if isinstance(given, str) and given in tuple(Confidence) else given


type Several[T] = Annotated[tuple[T, ...], BeforeValidator(_tuple), Field(min_length=1)]


_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
"""Checks are built with the first row that is read: arming a run reads none."""


class Row(BaseModel):
    """What every row says.

    Attributes:
        id: its name, for overrides and traces; never used again for something else.
        source: where it stands, or "our choice".
        read_on: when it was read there.
        valid_from: from when on it holds; None: it held before anybody asked.
        valid_until: the first day it no longer holds on; None: nobody knows of an end.
        confidence: how well it is founded.
        note: what else to know.
    """

    model_config = _STRICT

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    source: str = Field(min_length=1)
    read_on: date
    valid_from: date | None = None
    valid_until: date | None = None
    confidence: Annotated[Confidence, BeforeValidator(_confidence)]
    note: str = ""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("valid_until is not after valid_from")
        return self

    def holds_on(self, *days: date) -> bool:
        """Whether the row is in force on one of `days`."""
        first, end = self.valid_from or date.min, self.valid_until or date.max
        return any(first <= day < end for day in days)


class MessageRow(Row):
    """A row about messages of certain channels and purposes."""

    channels: Several[Annotated[Channel, BeforeValidator(_channel)]]
    purposes: Several[Purpose]

    def covers(self, channel: Channel, purpose: str, days: Iterable[date]) -> bool:
        """Whether messages of the channel and purpose are meant on one of `days`."""
        return channel in self.channels and purpose in self.purposes and self.holds_on(*days)


class PlaceRow(MessageRow):
    """A row about a place: a country (ISO 3166-1, or `*` for those without a row), or one state of it (ISO 3166-2)."""

    country: str = Field(pattern=r"^([A-Z]{2}|\*)$")


class Span(BaseModel):
    """From `start`, included, to `end`, excluded, on one day."""

    model_config = _STRICT

    start: time
    end: time

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if not self.start < self.end:
            raise ValueError("end is not after start; legal hours lie within one day")
        if any((each.second, each.microsecond) != (0, 0) for each in (self.start, self.end)):
            raise ValueError("legal hours are told to the minute")
        return self


class HoursRow(PlaceRow):
    """When messages may arrive.

    Attributes:
        state: the second part of the state's ISO 3166-2 code; empty: the whole country.
        start: the first moment of the day at which they may.
        end: the first moment at which they may no longer.
        days: other hours on some weekdays.
        closed: weekdays on which they may not at all.
        public_holidays: whether they may on public holidays.
        holiday_subdivisions: the state in a person's profile -> places whose own holidays count there. When the state
            is not known, all of these count.
    """

    state: str = Field(default="", pattern=r"^[A-Z0-9]{0,3}$")
    start: time
    end: time
    days: dict[Weekday, Span] = {}
    closed: Annotated[tuple[Weekday, ...], BeforeValidator(_tuple)] = ()
    public_holidays: bool = True
    holiday_subdivisions: dict[str, Several[str]] = {}

    @model_validator(mode="after")
    def _possible(self) -> Self:
        Span(start=self.start, end=self.end)
        if set(self.days) & set(self.closed):
            raise ValueError("a weekday has hours and is closed")
        if self.state and self.country == ELSEWHERE:
            raise ValueError("a state needs its country")
        if self.country == ELSEWHERE and not self.public_holidays:
            raise ValueError("public holidays need a country")
        return self

    def span_on(self, weekday: Weekday) -> Span | None:
        """The hours of that weekday, or None when it is closed."""
        if weekday in self.closed:
            return None
        return self.days.get(weekday) or Span(start=self.start, end=self.end)


class RegistrationRow(PlaceRow):
    """Fields that messages to numbers of the country must carry, every one."""

    fields: Several[Literal["dlt_template_id", "dlt_entity_id"]]


class DoNotCallRow(PlaceRow):
    """A register to be asked before messages to numbers of the country; an answer holds for `valid_days`."""

    register_name: str = Field(alias="register", min_length=1)
    valid_days: int = Field(gt=0)


class UndeliveredRow(PlaceRow):
    """Templates to numbers of the country that the provider does not deliver."""


class WindowRow(MessageRow):
    """For how many hours after a person's own message free text may answer it."""

    hours: int = Field(gt=0)
    hours_from_ad: int = Field(gt=0)


class PauseRow(MessageRow):
    """How long to leave a person alone after the provider held a message back; doubled with each repeat."""

    hours: int = Field(gt=0)
    longest_hours: int = Field(gt=0)
    remembered_days: int = Field(gt=0, le=60)


def as_row(kind: type[Row], given: Any) -> Row:
    """The row that `given`, as read from a table, says.

    Raises:
        pydantic.ValidationError: it says something else.
    """
    return kind.model_validate(given)

"""An offer: what may be given away, to whom, until when and how often. Everybody else gets the story.

Offers stand in `rules/offers.py`, each under the name that triggers use. What is promised, and to whom, is part of each
rule that uses it and stays as it was for runs in flight; how much there is of it, and on which days, is read as it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from nudgekit.language.canonical import condition_data, condition_from
from nudgekit.language.durations import seconds
from nudgekit.language.expressions import Condition, as_amount
from nudgekit.language.mistakes import caller, keyword_place, report

Codes = Literal["generated", "pool"]
"""Where codes come from: they are made as they are needed, or were imported."""

LONGEST: Final = timedelta(days=365)
MOST_CODES: Final = 20_000_000


@dataclass(frozen=True)
class Terms:
    """What an offer promises, and to whom: the part of it that a rule keeps.

    Attributes:
        id: the offer's name in `rules/offers.py`.
        to: who may get it.
        expires_after: for how long a code counts from the message on that first shows it.
        percent: so many hundredths off; None: it is an amount.
        amount, currency: so much off.
    """

    id: str
    to: Condition
    expires_after: timedelta
    percent: int | None = None
    amount: Decimal | None = None
    currency: str | None = None

    def to_data(self) -> dict[str, Any]:
        """The terms as plain JSON values."""
        value = {"percent": self.percent} if self.percent is not None else {"amount": str(self.amount)}
        named = {"currency": self.currency} if self.currency else {}
        return {
            "id": self.id, "to": condition_data(self.to), "seconds": seconds(self.expires_after), **value, **named
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Terms":
        """The terms that `to_data` wrote."""
        amount = Decimal(data["amount"]) if "amount" in data else None
        return cls(
            data["id"],
            condition_from(data["to"]),
            timedelta(seconds=data["seconds"]),
            data.get("percent"),
            amount,
            data.get("currency"),
        )

    def __str__(self) -> str:
        return f"{self.percent} %" if self.percent is not None else f"{self.amount} {self.currency}"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One offer of the shop.

    Attributes:
        to: who may get it: a condition as in an audience. Everybody else gets the message's other half.
        percent: so many hundredths off.
        amount: so much off, in `currency`, instead.
        currency: of the amount, ISO 4217.
        expires_after: for how long a code counts from the message on that first shows it.
        codes: where they come from, `generated` or `pool`.
        budget: how many people may have one; None, for a pool: as many as there are codes.
        valid_from, valid_until: the first and the last day on which it is given and counts, in the shop's zone.
    """

    to: Condition
    expires_after: timedelta
    codes: Codes
    percent: int | None = None
    amount: Decimal | int | str | None = None
    currency: str | None = None
    budget: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        place = None
        for keyword, what, remedy in _mistakes(self):
            place = place or caller()
            report(what, remedy, keyword_place(place, keyword))

    def terms(self, name: str) -> Terms:
        """What the offer `name` promises, and to whom."""
        amount = as_amount(Decimal(self.amount)) if self.amount is not None else None
        return Terms(name, self.to, self.expires_after, self.percent, amount, self.currency)

    def given_on(self, day: date) -> Literal["yes", "not_yet", "over"]:
        """Whether it is given on `day`."""
        if self.valid_from is not None and day < self.valid_from:
            return "not_yet"
        return "over" if self.valid_until is not None and day > self.valid_until else "yes"


def _mistakes(offer: Offer) -> Iterator[tuple[str, str, str]]:
    if not isinstance(offer.to, Condition):
        yield (
            "to",
            "nobody is named who may get it",
            'write a condition, as in to=~event("Order Completed").happened(days(90))',
        )
    length = offer.expires_after
    if not isinstance(length, timedelta) or not timedelta() < length <= LONGEST:
        yield "expires_after", f"expires_after={length!r} is not a length of time", "write it as in days(7)"
    if offer.codes not in get_args(Codes):
        yield "codes", f"codes={offer.codes!r} is not known", 'write codes="generated" or codes="pool"'
    yield from _value_mistakes(offer)
    if offer.budget is None and offer.codes == "generated":
        yield (
            "budget",
            "nothing ends it: codes are made without limit",
            "say how many people may have one, as in budget=1000",
        )
    if offer.budget is not None and (type(offer.budget) is not int or not 0 <= offer.budget <= MOST_CODES):
        yield "budget", f"{offer.budget!r} is not a number of people", f"write a whole number up to {MOST_CODES}"
    for keyword in ("valid_from", "valid_until"):
        if not isinstance(getattr(offer, keyword), date | None):
            yield keyword, f"{keyword} is not a date", "write it as in date(2026, 12, 31)"
    if (
        isinstance(offer.valid_from, date)
        and isinstance(offer.valid_until, date)
        and offer.valid_until < offer.valid_from
    ):
        yield "valid_until", "it ends before it begins", "write a later day"


def _value_mistakes(offer: Offer) -> Iterator[tuple[str, str, str]]:
    if (offer.percent is None) == (offer.amount is None):
        yield "percent", "it is worth nothing, or two things", 'write percent=10, or amount="5.00" with currency="EUR"'
    if offer.percent is not None and (type(offer.percent) is not int or not 1 <= offer.percent <= 100):
        yield "percent", f"{offer.percent!r} is not a percentage", "write a whole number from 1 to 100"
    if offer.amount is not None and not _is_amount(offer.amount):
        yield "amount", f"{offer.amount!r} is not an amount", 'write it as in amount="5.00"'
    if offer.amount is not None and not re.fullmatch("[A-Z]{3}", str(offer.currency)):
        yield "currency", f"{offer.currency!r} is not a currency", "write its three letters, as in EUR"


def _is_amount(given: object) -> bool:
    if isinstance(given, bool) or not isinstance(given, Decimal | int | str):
        return False
    try:
        found = Decimal(given)
    except ArithmeticError:
        return False
    return found.is_finite() and found > 0

"""Orders one by one, and what came in by day: how much money changed hands, and when."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from nudgekit.model.amounts import as_amount
from nudgekit.model.event import Event

MAX_ORDERS: Final = 16
MAX_CURRENCIES: Final = 4
SUMMED_DAYS: Final = 15
SUMMED: Final = frozenset({"Listing Sold", "Cashback Granted", "Cashback Redeemed"})
"""Events whose amounts are summed by day and for good; orders are kept one by one."""

LARGEST: Final = Decimal(10) ** 12
"""No amount is this large or larger."""

_PLACES: Final = 6
"""Decimal places of an amount. With both limits sums stay exact, and so the same in any order."""

Amounts = dict[str, Decimal]
"""Money by currency; an empty text stands for the shop's own."""


class Order(NamedTuple):
    """One order: when (ms), how much, in which currency. An amount that was not said is None.

    One that was `undone`, cancelled or refunded whole, counts no more, whichever of the two is heard of first.
    """

    at: int
    amount: Decimal | None = None
    currency: str = ""
    undone: bool = False


class Older(NamedTuple):
    """The orders that the sheet has no room for: how many, up to when (ms), and what they came to."""

    number: int = 0
    up_to: int = 0
    spent: Amounts = {}


class Takings(NamedTuple):
    """What one kind of event brought: how often and how much for good, and how much by day since 1970."""

    number: int = 0
    total: Amounts = {}
    days: dict[int, Amounts] = {}


def amount_of(event: Event) -> Decimal | None:
    """What the event was worth: its value, total or revenue, or what its products cost together."""
    properties = event.detail.properties
    given = properties.model_extra or {}
    for stated in (properties.value, given.get("total"), given.get("revenue")):
        if (amount := _amount(stated)) is not None:
            return amount
    prices = [line.price * line.quantity for line in event.lines if line.price is not None]
    return _amount(sum(prices, Decimal(0))) if prices else None


def currency_of(event: Event) -> str:
    """In which currency; empty when the event does not say."""
    lines = event.lines[:1]
    return event.detail.properties.currency or (lines[0].currency if lines else None) or ""


def _amount(value: object) -> Decimal | None:
    amount = as_amount(value)
    if amount is None or not 0 <= amount < LARGEST:
        return None
    exponent = amount.as_tuple().exponent
    return round(amount, _PLACES) if isinstance(exponent, int) and exponent < -_PLACES else amount


def later(one: Order, other: Order) -> Order:
    """Which of two reports of one order counts: the same one whichever came first."""
    latest = max(one, other, key=lambda order: (order.at, order.amount or Decimal(-1), order.currency))
    return latest._replace(undone=one.undone or other.undone)


def within_bounds(orders: dict[str, Order], older: Older) -> tuple[dict[str, Order], Older]:
    """The latest orders one by one, and the rest as numbers."""
    if len(orders) <= MAX_ORDERS:
        return orders, older
    ranked = sorted(orders.items(), key=lambda item: (item[1].at, item[0]), reverse=True)
    gone = [order for _, order in ranked[MAX_ORDERS:]]
    spent = add_up(valid(gone), dict(older.spent))
    return dict(ranked[:MAX_ORDERS]), Older(older.number + len(valid(gone)), max(older.up_to, gone[0].at), spent)


def valid(orders: Iterable[Order]) -> list[Order]:
    """The orders that were not undone."""
    return [order for order in orders if not order.undone]


def add_up(orders: Iterable[Order], to: Amounts) -> Amounts:
    """The amounts of `orders` added `to` others."""
    for order in orders:
        if order.amount is not None:
            add(to, order.currency, order.amount)
    return to


def add(amounts: Amounts, currency: str, amount: Decimal) -> None:
    """Add an amount to others; a currency beyond the few that a sheet has room for is left out."""
    if currency in amounts or len(amounts) < MAX_CURRENCIES:
        amounts[currency] = amounts.get(currency, Decimal(0)) + amount


def summed(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> Amounts:
    """Both together."""
    both = dict(one)
    for currency, amount in other.items():
        add(both, currency, amount)
    return both


def in_currency(amounts: Mapping[str, Decimal], currency: str) -> Decimal:
    """What stands in `currency`, the shop's own, with what names none."""
    return amounts.get(currency, Decimal(0)) + (amounts.get("", Decimal(0)) if currency else Decimal(0))

"""Amounts of money, as templates meet them."""

from decimal import Decimal
from typing import NamedTuple


class Money(NamedTuple):
    """An amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


def written_value(percent: int | None, amount: Money | None, locale: str) -> str:
    """What an offer is worth, as people of `locale` write it: so many hundredths, or an amount."""
    from babel.numbers import format_currency, format_percent  # noqa: PLC0415  # dear to import; arming needs none

    from nudgekit.content.locales import known_locale  # noqa: PLC0415

    known = known_locale(locale)
    if percent is not None:
        return format_percent(Decimal(percent) / 100, locale=known)
    return format_currency(amount.amount, amount.currency, locale=known) if amount is not None else ""

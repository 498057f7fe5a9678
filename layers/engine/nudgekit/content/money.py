"""Amounts of money, as templates meet them."""

from decimal import Decimal
from typing import NamedTuple


class Money(NamedTuple):
    """An amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

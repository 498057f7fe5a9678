"""Amounts against amounts, one of which an event named: as a number or as its text."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

Comparison = Callable[[Decimal | None, object], bool]


def as_money(value: object) -> Decimal | None:
    """`value` as an amount; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _comparison(compare: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def of(value: Decimal | None, other: object) -> bool:
        amount = as_money(other)
        return value is not None and amount is not None and compare(value, amount)

    return of


AMOUNTS: Final[Mapping[str, Comparison]] = {
    "==": _comparison(operator.eq),
    "!=": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
}
"""What an amount and another may be to each other. One that is not known is nothing to any."""

"""Amounts against amounts, one of which an event named: as a number or as its text."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from nudgekit.model.amounts import as_amount

Comparison = Callable[[Decimal | None, object], bool]


def _comparison(compare: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def of(value: Decimal | None, other: object) -> bool:
        amount = as_amount(other)
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

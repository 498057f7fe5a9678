"""Amounts as others write them: as a number or as its text."""

from decimal import Decimal, InvalidOperation


def as_amount(value: object) -> Decimal | None:
    """The finite number that `value` is or says; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None

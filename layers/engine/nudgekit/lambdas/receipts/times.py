"""Moments as providers write them."""

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """The moment that `text` names in ISO 8601.

    Raises:
        ValueError: it is no time, or one without a zone.
        OverflowError: it lies beyond the calendar.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found.astimezone(UTC)

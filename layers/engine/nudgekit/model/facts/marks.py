"""What tells events apart, and the greatest time of several."""

from collections.abc import Mapping
from typing import Final

from nudgekit.model.base import fingerprint

_MARK_BYTES: Final = 4
"""One event in sixteen million is taken for one of the 256 that a sheet tells apart; a byte more costs it 256 bytes."""


def event_mark(source: str, event_id: str) -> str:
    """What stands in `Facts.seen` for an event that has been counted."""
    return fingerprint(source, event_id, size=_MARK_BYTES)


def raise_to(latest_times: dict[str, int], key: str, at: int) -> None:
    """Let `key` be no earlier than `at`."""
    if at > latest_times.get(key, 0):
        latest_times[key] = at


def raise_all(latest_times: dict[str, int], others: Mapping[str, int]) -> None:
    """Let no key be earlier than the others have it."""
    for key, at in others.items():
        raise_to(latest_times, key, at)

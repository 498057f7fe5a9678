"""Calls a step, counted on the ports; the same counts are assertions of tests/functional/test_io_counts.py."""

from collections.abc import Iterator
from typing import Final

from tests.benchmarks.table import Row
from tests.counting import Calls, life

BUDGETS: Final = {
    "the start event comes again": ("1 read, 0 writes", {"read": 1}),
    "a wake-up sends": (
        "1 read, 1 transaction, 1 enqueue, 1 wake-up; 1 count a batch",
        {"read": 1, "commit": 2, "enqueue": 1, "wake": 1},
    ),
}
_WORDS: Final = {
    "read": "read",
    "commit": "transaction",
    "wake": "wake-up",
    "enqueue": "enqueue",
    "send": "provider call",
    "publish": "publish",
}


def rows() -> Iterator[Row]:
    """One line a step in the life of a run."""
    for step, calls in life().items():
        words, allowed = BUDGETS.get(step, ("", None))
        yield Row(f"calls: {step}", _said(calls), "", words, None if allowed is None else calls == allowed)


def _said(calls: Calls) -> str:
    return ", ".join(f"{calls[name]} {word}" for name, word in _WORDS.items() if calls[name])

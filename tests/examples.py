"""How many examples a property is tried with: the same ones in every check, new and more of them on demand."""

import os

from hypothesis import settings

FACTOR = int(os.environ.get("NUDGEKIT_EXAMPLES", "1"))
"""How many times as many; from 2 on they are drawn anew in every run."""


def examples(number: int) -> settings:
    """So many examples, or `FACTOR` times as many new ones."""
    return settings(max_examples=number * FACTOR, deadline=None, derandomize=FACTOR == 1)

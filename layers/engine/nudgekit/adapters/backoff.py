"""Pauses between attempts: longer each time, and spread, so that many callers do not come back at once."""

import random
import time
from collections.abc import Callable, Iterator

FIRST_SECONDS = 0.05
ATTEMPTS = 5

Sleep = Callable[[float], None]


def attempts(sleep: Sleep = time.sleep, times: int = ATTEMPTS) -> Iterator[int]:
    """Counts `times` attempts from 0, pausing before each but the first."""
    for attempt in range(times):
        if attempt:
            sleep(random.uniform(0, FIRST_SECONDS * 2**attempt))  # noqa: S311 - spreading load needs no secrecy
        yield attempt


def step_aside(sleep: Sleep = time.sleep) -> None:
    """Pauses a moment after a lost race, so that those who lost to each other do not meet again at once."""
    sleep(random.uniform(0, FIRST_SECONDS))  # noqa: S311 - spreading load needs no secrecy

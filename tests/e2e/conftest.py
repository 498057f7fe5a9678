"""The whole service on this machine, once for all end-to-end tests, in a project folder's own `.nudgekit/`."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.cli.local import lifecycle
from nudgekit.cli.local.stack import Stack
from nudgekit.cli.sink.engagement import Engagement, read

ROOT = Path(__file__).parents[2]
PACE = 300.0
NOON = timedelta(hours=12)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A deployed stack whose clock starts at noon today and runs 300 times faster than the wall's."""
    lifecycle.down(ROOT)
    yield lifecycle.up(ROOT, lambda ready: Clock(_noon(ready), ready, PACE))
    lifecycle.down(ROOT)


def _noon(today: datetime) -> datetime:
    return today.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC) + NOON


Await = Callable[[Callable[[Engagement], bool]], Engagement]


@pytest.fixture
def decided(stack: Stack) -> Await:
    """Waits until what was decided fits a description; fails with what there was instead."""

    def wait(fits: Callable[[Engagement], bool]) -> Engagement:
        deadline = time.monotonic() + 240
        while not fits(found := read(stack, people=True)):
            assert time.monotonic() < deadline, f"{[(run.key, run.outcome, run.reason) for run in found.runs]}"
            time.sleep(1)
        return found

    return wait

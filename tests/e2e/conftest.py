"""The whole service on this machine, once for all end-to-end tests, in a project folder's own `.nudgekit/`."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock, Pace
from nudgekit.cli.local import lifecycle
from nudgekit.cli.local.stack import Stack
from nudgekit.cli.sink.engagement import Engagement, read
from tests.e2e import play

ROOT = Path(__file__).parents[2]
PACE = 300.0
NOON = timedelta(hours=12)
WEEKS = timedelta(days=26)
WEEKS_PACE = timedelta(days=1) / timedelta(seconds=2)


@pytest.fixture(scope="session")
def deployed(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A deployed stack whose clock shows the noon of this week's Sunday and runs 300 times faster than the wall's.

    Where the playbook is to be seen, almost four weeks pass before, within a minute: some rules count weeks.
    """
    lifecycle.down(ROOT)
    yield lifecycle.up(ROOT, _weeks_before if _is_wanted(request) else lambda ready: Clock(_noon(ready), ready, PACE))
    lifecycle.down(ROOT)


@pytest.fixture(scope="session")
def played(deployed: Stack, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The playbook is begun before anything else happens: its messages come while other tests run."""
    return play.begin(deployed, tmp_path_factory.mktemp("playbook")) if _is_wanted(request) else {}


@pytest.fixture(scope="session")
def stack(deployed: Stack, played: dict[str, Any]) -> Stack:
    """The deployed stack."""
    return deployed


def _is_wanted(request: pytest.FixtureRequest) -> bool:
    return any(item.path.name == "test_playbook.py" for item in request.session.items)


def _weeks_before(ready: datetime) -> Clock:
    return Clock(_noon(ready) - WEEKS, ready, WEEKS_PACE, (Pace(ready + WEEKS / WEEKS_PACE, PACE),))


def _noon(today: datetime) -> datetime:
    """The latest Sunday's: from it on the calendar's hours come soon."""
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    return midnight - timedelta(days=today.isoweekday() % 7) + NOON


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

"""Many workers on one person and on many, over memory and moto; and stores that lose races, found out.

Memory meets 2 to 32 workers, moto up to 8: its cost grows with the square of the crowd. A real server meets 2, 8 and
32. NUDGEKIT_CROWD=full (make prove) has crowds of every size meet everywhere.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.race.backends import CarelessStore, MakeStore, memory, moto
from tests.race.crowd import Crowd
from tests.race.scenarios import NOON, SCENARIOS, Scenario
from tests.stateful.life import book
from tests.stateful.model import RULES
from tests.yard import Yard

SIZES = (2, 4, 8, 16, 32)
FULL = os.environ.get("NUDGEKIT_CROWD") == "full"
MOST_ON_MOTO = 32 if FULL else 8
BACKENDS: dict[str, Callable[[], AbstractContextManager[MakeStore]]] = {"memory": memory, "moto": moto}
Tell = Callable[[str, object], None]


def race(scenario: Scenario, make: MakeStore, size: int) -> Crowd:
    """Play `scenario` with `size` workers."""
    with pytest.MonkeyPatch.context() as patch:
        crowd = Crowd(Yard(book(), RULES, NOON), make, size, patch)
        scenario(crowd)
    return crowd


def met(crowd: Crowd, what: str, record_property: Tell) -> None:
    """Tell how often the workers were in each other's way, which they must have been."""
    tally = crowd.tally
    told = f"{what}: {tally.commits} commits, {tally.conflicts} conflicts"
    record_property("told", f"{told}, at most {tally.most_tries} deliveries of one record")
    assert tally.conflicts > 0, "nobody met anybody: this proves nothing"


everywhere = pytest.mark.parametrize(
    ("backend", "size"),
    [(backend, size) for backend in BACKENDS for size in SIZES if backend == "memory" or size <= MOST_ON_MOTO],
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
@everywhere
def test_nothing_breaks_in_a_crowd(backend: str, scenario: Scenario, size: int, record_property: Tell) -> None:
    with BACKENDS[backend]() as make:
        crowd = race(scenario, make, size)
    met(crowd, f"race {scenario.__name__}, {backend}, {size:2} workers", record_property)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
def test_a_store_that_ignores_versions_is_found_out(scenario: Scenario) -> None:
    """The suite can fail: with the planted defect, every scenario does."""
    for _ in range(10):
        with memory(CarelessStore) as make:
            try:
                race(scenario, make, 8)
            except AssertionError:
                return
    pytest.fail("a store that ignores versions passes")

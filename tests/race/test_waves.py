"""Many workers on the waves of one sale, on memory and on moto; and engines that lose or double people, found out.

`test_server.py` plays the same on a real server.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from nudgekit.adapters.memory import MemoryStore
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Count, Write
from nudgekit.runs.fan_out import FanOut
from nudgekit.runs.plan import Plan
from nudgekit.runs.safety import Safety
from nudgekit.runs.snapshot import Snapshot
from tests.race.backends import CarelessStore, LockedStore, memory
from tests.race.scenarios import Scenario
from tests.race.test_race import BACKENDS, Tell, everywhere, met
from tests.race.waves import WAVES, a_sale_for_everybody, a_sale_over_its_limit, race

Plant = Callable[[pytest.MonkeyPatch], type[LockedStore]]


@pytest.mark.parametrize("scenario", WAVES, ids=lambda each: each.__name__)
@everywhere
def test_nobody_is_asked_twice_and_nobody_is_left_out(
    backend: str, scenario: Scenario, size: int, record_property: Tell
) -> None:
    with BACKENDS[backend]() as make:
        crowd = race(scenario, make, size)
    met(crowd, f"race {scenario.__name__}, {backend}, {size:2} workers", record_property)


def versions_ignored(patch: pytest.MonkeyPatch) -> type[LockedStore]:
    """The last writer wins."""
    return CarelessStore


def rows_first(patch: pytest.MonkeyPatch) -> type[LockedStore]:
    """A wave moves on before the starts of its page are on the queue: who dies in between leaves people out."""
    do = Conductor._do

    def written_first(self: Conductor, plan: Plan, snapshot: Snapshot) -> Any:
        snapshot.commit(plan.puts)
        return do(self, plan._replace(puts=()), snapshot)

    patch.setattr(Conductor, "_do", written_first)
    return LockedStore


def no_second_word(patch: pytest.MonkeyPatch) -> type[LockedStore]:
    """A step that comes again puts nothing back on the queue: who dies before the next step stops the wave for ever."""
    stale = FanOut._stale
    patch.setattr(FanOut, "_stale", lambda self, *given: stale(self, *given)._replace(steps=()))
    return LockedStore


def nobody_counts(patch: pytest.MonkeyPatch) -> type[LockedStore]:
    """The safety limit never hears whom a batch reached."""
    patch.setattr(Safety, "count", lambda *_: ())
    return LockedStore


def counts_written_over(patch: pytest.MonkeyPatch) -> type[LockedStore]:
    """A count is what its batch read and its own people: those of batches at work meanwhile are gone."""

    class Overwriting(LockedStore):
        def commit(self, puts: Sequence[Write]) -> None:
            with self.lock:
                for count in (each for each in puts if isinstance(each, Count)):
                    self.rows.pop(count.ref, None)
                MemoryStore.commit(self, puts)

    return Overwriting


@pytest.mark.parametrize(
    ("scenario", "plant"),
    [
        (a_sale_for_everybody, versions_ignored),
        (a_sale_for_everybody, rows_first),
        (a_sale_for_everybody, no_second_word),
        (a_sale_over_its_limit, nobody_counts),
        (a_sale_over_its_limit, counts_written_over),
        (a_sale_for_everybody, counts_written_over),
    ],
    ids=lambda each: each.__name__,
)
def test_a_planted_defect_is_found_out(scenario: Scenario, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite can fail: with each of these defects it does."""
    store = plant(monkeypatch)
    for _ in range(10):
        with memory(store) as make:
            try:
                race(scenario, make, 8)
            except AssertionError:
                return
    pytest.fail(f"{plant.__doc__} Nobody noticed.")

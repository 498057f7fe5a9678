"""The same crowd against a real server over HTTP, and processes instead of threads."""

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.errors import Conflict
from nudgekit.model.event import parse_event
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.project import project
from tests.race.backends import TABLES, client_at, served, server
from tests.race.crowd import event
from tests.race.scenarios import NOON, SCENARIOS, Scenario
from tests.race.test_backends import lost_updates
from tests.race.test_race import FULL, SIZES, met, race
from tests.race.waves import WAVES
from tests.race.waves import race as race_on_waves

PROCESSES, EVENTS, AT_ONCE = 4, 48, 6  # together under the events that one fact sheet can tell apart
NOW = NOON + timedelta(hours=1)
Tell = Callable[[str, object], None]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("server")
    with served(folder) as found:
        yield found


def test_the_server_loses_nothing(address: str) -> None:
    with server(address) as make:
        assert lost_updates(make) == 0


@pytest.mark.parametrize("size", SIZES if FULL else SIZES[::2])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
def test_nothing_breaks_in_a_crowd(address: str, scenario: Scenario, size: int, record_property: Tell) -> None:
    with server(address) as make:
        crowd = race(scenario, make, size)
    met(crowd, f"race {scenario.__name__}, server, {size:2} workers", record_property)


@pytest.mark.parametrize("size", SIZES if FULL else SIZES[::2])
@pytest.mark.parametrize("scenario", WAVES, ids=lambda each: each.__name__)
def test_nobody_is_asked_twice_and_nobody_is_left_out(
    address: str, scenario: Scenario, size: int, record_property: Tell
) -> None:
    with server(address) as make:
        crowd = race_on_waves(scenario, make, size)
    met(crowd, f"race {scenario.__name__}, server, {size:2} workers", record_property)


def test_processes_fold_one_person_without_losing_anything(address: str, record_property: Tell) -> None:
    with server(address):
        context = multiprocessing.get_context("spawn")
        with context.Pool(PROCESSES) as pool:
            conflicts = sum(pool.starmap(fold_part, [(address, number) for number in range(PROCESSES)]))
        store = DynamoStore(client_at(address), TABLES, Clock())
        facts, profile = Ref(Kind.FACTS, "ann"), Ref(Kind.PROFILE, "ann")
        found = store.read([facts, profile])
        assert found[facts].value.count("Product Viewed", NOON - timedelta(days=1)) == PROCESSES * EVENTS
        assert len(found[profile].value.traits) == PROCESSES * EVENTS // AT_ONCE
    record_property("told", f"race of {PROCESSES} processes on one person, server: {conflicts} conflicts")
    assert conflicts > 0, "nobody met anybody: this proves nothing"


def fold_part(address: str, number: int) -> int:
    """Fold this process's share of what happened; how many races it lost on the way."""
    counting = Counting(DynamoStore(client_at(address), TABLES, Clock()))
    for first in range(0, EVENTS, AT_ONCE):
        told = [event(1000 * number + n, "Product Viewed", NOON, "ann") for n in range(first, first + AT_ONCE)]
        told.append(event(9000 + 100 * number + first, "Profile Updated", NOON, "ann", **{f"t{number}-{first}": 1}))
        events = [parse_event(raw, NOW) for raw in told]
        while any(isinstance(answer, Exception) for answer in project(events, counting, NOW).values()):
            pass  # the queue delivers again
    return counting.conflicts


class Counting:
    """A store that counts the races it loses."""

    def __init__(self, store: DynamoStore) -> None:
        self.store, self.conflicts = store, 0

    def read(self, refs: Any) -> Any:
        return self.store.read(refs)

    def commit(self, puts: Any) -> None:
        try:
            self.store.commit(puts)
        except Conflict:
            self.conflicts += 1
            raise

"""The beat says how far folding has come, and only when everything before it is folded."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.memory import MemoryStore
from nudgekit.errors import EventError, Throttled
from nudgekit.lambdas import project_profile, wiring
from nudgekit.runs.beat import beat_body, read_beat
from nudgekit.runs.documents import OPERATION
from nudgekit.runs.operation import read_operation
from tests.builders import NOON
from tests.functional.deployment import batch


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    memory = MemoryStore()
    monkeypatch.setattr(wiring, "store", lambda: memory)
    monkeypatch.setattr(wiring, "clock", lambda: Clock(wall=lambda: NOON))
    monkeypatch.setattr(wiring, "secret", lambda name: b"a key")
    return memory


def event(number: int = 1) -> dict[str, Any]:
    detail = {"message_id": f"e{number}", "user_id": "ada", "timestamp": NOON.isoformat(), "properties": {}}
    return {"source": "shop", "detail-type": "Cart Viewed", "detail": detail}


def hear(*bodies: dict[str, Any]) -> Any:
    return project_profile.handler(batch(*bodies), None)


def test_a_beat_moves_on_how_far_folding_has_come_and_never_back(store: MemoryStore) -> None:
    hear(beat_body(NOON))
    hear(beat_body(NOON - timedelta(minutes=1)))
    assert read_operation(store).folded_to == NOON


def test_beats_of_a_batch_cost_one_write_and_a_repeat_none(store: MemoryStore) -> None:
    hear(*(beat_body(NOON - timedelta(minutes=each)) for each in range(3)))
    assert store.get(OPERATION).version == 1
    hear(beat_body(NOON))
    assert store.get(OPERATION).version == 1


def test_a_beat_beside_events_comes_after_them(store: MemoryStore) -> None:
    assert hear(beat_body(NOON), event()) == {"batchItemFailures": []}
    assert read_operation(store).folded_to == NOON


def test_while_something_of_the_batch_must_come_again_nothing_is_said(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overloaded(puts: Any) -> None:
        raise Throttled("later")

    monkeypatch.setattr(store, "commit", overloaded)
    assert hear(beat_body(NOON), event()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert read_operation(store).folded_to is None


def test_under_a_faster_clock_it_is_the_engines_time(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = Clock(NOON, NOON, 60, wall=lambda: NOON + timedelta(minutes=1))
    monkeypatch.setattr(wiring, "clock", lambda: fast)
    hear(beat_body(NOON + timedelta(minutes=1)))
    assert read_operation(store).folded_to == NOON + timedelta(hours=1)


@pytest.mark.parametrize("time", [None, "soon", "2026-06-10T12:00:00"])
def test_a_beat_that_does_not_say_when_is_set_aside(time: str | None) -> None:
    with pytest.raises(EventError):
        read_beat({**beat_body(NOON), "time": time})


def test_events_of_the_shop_are_no_beats() -> None:
    assert read_beat(event()) is None
    assert read_beat({**beat_body(NOON), "source": "shop"}) is None
    assert read_beat(beat_body(datetime.fromisoformat("2026-06-10T12:00:00Z"))) is not None

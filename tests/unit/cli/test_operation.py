"""Stopping and resuming from the shell: refused where it would stop nothing, and told in words."""

from datetime import timedelta
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.memory import MemoryStore
from nudgekit.cli import operation
from nudgekit.cli.reach import Reached
from nudgekit.errors import Problem
from nudgekit.model.base import Channel
from nudgekit.model.operation import Breaker, Operation
from nudgekit.runs.operation import read_operation
from tests.builders import NOON


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """The documents of a stack with one trigger."""
    memory: Any = MemoryStore()
    outputs = {"CartAbandonmentFunctionName": "f"}
    reached = Reached(memory, Clock(wall=lambda: NOON), outputs)
    monkeypatch.setattr(operation, "reach", lambda profile, stack: reached)
    kept: MemoryStore = memory
    return kept


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        (("all",), "all"),
        (("trigger", "cart_abandonment"), "trigger:cart_abandonment"),
        (("channel", "sms"), "channel:sms"),
    ],
)
def test_what_is_stopped_names_who_and_why_until_it_goes_on(
    store: MemoryStore, words: tuple[str, ...], scope: str, capsys: pytest.CaptureFixture[str]
) -> None:
    what, name = (*words, "")[:2]
    operation.run_stop(what, name, why="wrong prices", by="ada")
    held = read_operation(store).stops[scope]
    assert (held.by, held.why, held.at) == ("ada", "wrong prices", NOON)
    operation.run()
    assert f"stopped    {scope} since 2026-06-10 12:00:00 UTC by ada: wrong prices" in capsys.readouterr().out
    operation.run_resume(*words)
    assert read_operation(store).stops == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trigger", "cart_abandonmant"), "no trigger 'cart_abandonmant'"),
        (("trigger", ""), "no trigger ''"),
        (("channel", "emial"), "did you mean email"),
        (("everything", ""), "Say `all`"),
        (("all", "sms"), "Say `all`"),
    ],
)
def test_a_slip_stops_nothing_and_says_so(store: MemoryStore, words: tuple[str, str], said: str) -> None:
    with pytest.raises(Problem, match=said):
        operation.run_stop(*words, why="wrong prices")
    assert store.rows == {}


def test_a_stop_without_a_reason_is_refused(store: MemoryStore) -> None:
    with pytest.raises(Problem, match="Say why"):
        operation.run_stop("all", why=" ")
    assert store.rows == {}


def test_what_is_not_stopped_cannot_go_on(store: MemoryStore) -> None:
    with pytest.raises(Problem, match="is not stopped"):
        operation.run_resume("channel", "sms")


def test_breakers_and_the_age_of_facts_are_shown() -> None:
    down = Operation().with_breaker(Channel.SMS, Breaker.opened(NOON)).folded(NOON - timedelta(seconds=40))
    assert operation.describe(down, NOON) == [
        "stopped    nothing",
        "down       sms since 2026-06-10 12:00:00 UTC, tried again from 2026-06-10 12:01:00 UTC on",
        "facts      complete up to 2026-06-10 11:59:20 UTC, 40 seconds ago",
    ]
    assert operation.describe(Operation(), NOON)[-1] == "facts      no beat has been heard yet"

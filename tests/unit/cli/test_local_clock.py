"""The local stack's clock is set when the functions stand, and starts when they are ready."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.cli.local import deploy, lifecycle
from nudgekit.cli.local.stack import Stack
from nudgekit.errors import Problem

NAMES = {f"{number}FunctionName": f"function-{number}" for number in range(30)}


class Machine:
    """A machine on which starting all functions takes so long, the first time and then."""

    def __init__(self, patch: pytest.MonkeyPatch, *starts: float) -> None:
        self.moment, self.starts = datetime(2026, 11, 22, 12, tzinfo=UTC), list(starts)
        self.did: list[str] = []
        patch.setattr(lifecycle, "datetime", SimpleNamespace(now=lambda _: self.moment))
        patch.setattr(deploy, "deploy", self.deploy)
        patch.setattr(lifecycle, "warm", self.warm)
        patch.setattr(lifecycle, "set_clock", lambda _: self.did.append("set"))

    def pass_(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def deploy(self, *_: Any) -> dict[str, str]:
        self.pass_(26)
        self.did.append("deployed")
        return NAMES

    def warm(self, _: str, functions: list[str]) -> None:
        assert len(functions) == len(NAMES)
        self.pass_(self.starts.pop(0) if len(self.starts) > 1 else self.starts[0])
        self.did.append("warmed")

    def up(self, scale: lifecycle.Scale) -> Stack:
        return lifecycle._deploy_in_time(Path(), Stack(), scale)


def hurried(ready: datetime) -> Clock:
    return Clock(ready, ready, 300.0)


def test_every_function_starts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 20)
    stack = machine.up(hurried)
    assert machine.did == ["deployed", "set", "warmed"]
    assert stack.clock.real_start > machine.moment


def test_a_clock_that_started_too_early_is_set_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 70, 60)
    stack = machine.up(hurried)
    assert machine.did == ["deployed", "set", "warmed", "set", "warmed"]
    assert stack.clock.real_start > machine.moment


def test_without_a_clock_of_its_own_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 20)
    assert machine.up(lambda _: None).time_scale == ""
    assert machine.did == ["deployed", "warmed"]


def test_a_machine_that_gets_ever_slower_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 100, 200, 400, 800)
    with pytest.raises(Problem, match="too busy"):
        machine.up(hurried)

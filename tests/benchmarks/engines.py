"""The other engines, each in a process of its own, in an environment apart from the project's."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from nudgekit.cli.local import paths, tools
from tests.benchmarks import contestant
from tests.benchmarks.person import DATA
from tests.benchmarks.timing import Times

CALLS: Final = {"zen-engine": 3000, "zen-decision": 150, "cel": 500, "rule-engine": 100}
"""How often each engine is asked in one turn: about as long as the others' turns."""


class Pair(NamedTuple):
    """An engine beside plain Python, both in its own process."""

    engine: Times
    plain: Times


class Contestant:
    """One engine's process."""

    def __init__(self, name: str, python: Path) -> None:
        self.name, self.rounds = name, list[tuple[float, float]]()
        command = [str(python), str(contestant.__file__), name, json.dumps(DATA)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def take_turn(self, times: int) -> tuple[float, float]:
        """Nanoseconds a question, of the engine and of plain Python."""
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("both ends are pipes")
        self.process.stdin.write(f"{times}\n")
        self.process.stdin.flush()
        engine, plain = json.loads(self.process.stdout.readline())
        return engine, plain

    def end(self) -> None:
        """Let the process end by itself."""
        self.process.communicate(timeout=10)


@contextmanager
def contestants() -> Iterator[list[Contestant]]:
    """All engines, ready to be asked; the environment is made on first use."""
    python = tools.ensure(paths.project(), "bench") / "bin" / "python"
    started = [Contestant(name, python) for name in CALLS]
    try:
        for each in started:
            each.take_turn(CALLS[each.name])
        yield started
    finally:
        for each in started:
            each.end()


def take_turns(started: list[Contestant]) -> None:
    """One round of all engines."""
    for each in started:
        each.rounds.append(each.take_turn(CALLS[each.name]))


def result(each: Contestant) -> Pair:
    """What all rounds of an engine gave."""
    engine, plain = zip(*each.rounds, strict=True)
    return Pair(Times(engine), Times(plain))

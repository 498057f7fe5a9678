"""A server runs in a group of its own and is ended with everything it started, even from another shell."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nudgekit.cli.local.processes import Server, alive, await_answer, end, free_port, start
from nudgekit.errors import Problem

# Starts a grandchild that ignores the polite signal, and says its id.
FAMILY = """
import subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Server]:
    log = tmp_path / "log"
    server = start("A family", [sys.executable, "-c", FAMILY], os.environ, tmp_path, log)
    while not log.read_text().strip():
        time.sleep(0.02)
    yield server
    end(server)


def running(process: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")


def test_the_whole_group_ends_even_who_ignores_the_polite_signal(
    family: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nudgekit.cli.local.processes.GRACE", 0.5)
    grandchild = int(Path(family.log).read_text())
    assert alive(family)
    assert running(grandchild)
    end(family)
    assert not alive(family)
    assert not running(grandchild)


def test_a_stranger_with_the_same_id_is_left_alone(family: Server) -> None:
    end(replace(family, started="long ago"))
    assert alive(family)


def test_ending_twice_does_nothing(family: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nudgekit.cli.local.processes.GRACE", 0.5)
    end(family)
    end(family)
    assert not alive(family)


def test_a_server_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    port = free_port()
    server = start(
        "A server", [sys.executable, "-c", "raise SystemExit('no room')"], os.environ, tmp_path, tmp_path / "log"
    )
    with pytest.raises(Problem, match=r"A server did not come up.*\n.*no room"):
        await_answer(server, f"http://127.0.0.1:{port}")

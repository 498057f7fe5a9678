"""Start a server in a process group of its own, and end the whole group later, even from another shell."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nudgekit.errors import Problem

_children: dict[int, subprocess.Popen[bytes]] = {}

PATIENCE = 60.0  # seconds for a server to answer
GRACE = 5.0  # seconds for a group to end by itself


@dataclass(frozen=True)
class Server:
    """A running server: its group (which is its leader's process id), and when the leader started.

    The start tells our leader from a stranger who got the same id after ours had ended.
    """

    name: str
    group: int
    started: str
    log: str


def free_port() -> int:
    """Ask the system for a port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(name: str, command: list[str], environment: Mapping[str, str], folder: Path, log: Path) -> Server:
    """Start a command as leader of a new process group, its output in a log file."""
    with log.open("ab") as output:
        leader = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[leader.pid] = leader
    return Server(name, leader.pid, _started(leader.pid), str(log))


def await_answer(server: Server, url: str) -> None:
    """Wait until a server answers a GET with success.

    Raises:
        Problem: The server ended or did not answer in time; with the end of its log.
    """
    deadline = time.monotonic() + PATIENCE
    while not _answers(url):
        if not alive(server) or time.monotonic() > deadline:
            raise Problem(f"{server.name} did not come up. The end of its log:\n{tail(Path(server.log))}")
        time.sleep(0.1)


def alive(server: Server) -> bool:
    """Say whether the server's leader still runs (and is ours)."""
    _reap(server.group)
    return bool(server.started) and _started(server.group) == server.started


def end(server: Server) -> None:
    """End a server's whole group: ask, then insist. Does nothing when it is gone or not ours."""
    _reap(server.group)
    if _started(server.group) not in {"", server.started}:
        return  # the id belongs to somebody else by now
    _signal(server.group, signal.SIGTERM)
    _until(lambda: not _members(server.group), GRACE)
    _signal(server.group, signal.SIGKILL)
    _until(lambda: not _members(server.group), GRACE)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.is_file() else "(no log)"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _started(process: int) -> str:
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(process)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def _members(group: int) -> bool:
    """Whether anything of the group still runs; the dead that nobody has collected do not count."""
    _reap(group)
    shown = subprocess.run(["ps", "-e", "-o", "pgid=,stat="], capture_output=True, text=True, check=False)
    rows = (row.split() for row in shown.stdout.splitlines())
    return any(row[0] == str(group) and not row[1].startswith("Z") for row in rows)


def _signal(group: int, which: signal.Signals) -> None:
    try:
        os.killpg(group, which)
    except ProcessLookupError:
        return


def _reap(process: int) -> None:
    """Collect a child of ours that has ended; a child of another shell's is collected by the system."""
    child = _children.get(process)
    if child is not None and child.poll() is not None:
        del _children[process]


def _until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)

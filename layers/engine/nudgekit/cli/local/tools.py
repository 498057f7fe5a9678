"""Isolated tool environments: each tool pins what it needs, so each has a home of its own, away from the project's."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from nudgekit.cli.console import say
from nudgekit.cli.local import paths
from nudgekit.errors import Problem

PURPOSES = {
    "ministack": "MiniStack, the local AWS",
    "sam": "SAM CLI, which builds and deploys",
    "lambda-runtime": "what the Lambda Python runtime brings along (boto3)",
    "bench": "the engines that the benchmarks compare against",
}


def ensure(root: Path, name: str) -> Path:
    """Install a tool's pinned packages into its own environment, once for each state of its requirements.

    Returns:
        The environment's folder; its programs are in `bin/`.

    Raises:
        Problem: The installation failed; with the installer's last words.
    """
    home, pins = paths.tools(root) / name, root / "requirements" / f"{name}.txt"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    marker = home / ".installed"
    with _alone(home):
        if not marker.is_file() or marker.read_text() != digest:
            say(f"installing {PURPOSES[name]} (requirements/{pins.name}, checked by hash) into .tools/{name}/")
            _install(home, pins)
            marker.write_text(digest)
    return home


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let no other process install the same meanwhile; the system takes the lock from one that dies."""
    home.parent.mkdir(exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _install(home: Path, pins: Path) -> None:
    uv = str(Path(sys.executable).parent / "uv")
    _uv([uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", sys.executable, str(home)])
    python = str(home / "bin" / "python")
    _uv([uv, "pip", "install", "--quiet", "--require-hashes", "--python", python, "-r", str(pins)])


def _uv(command: list[str]) -> None:
    # The project's own environment is active under `make`; uv must not mistake it for the tool's.
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Problem(f"Could not install into {command[-1]}:\n{done.stderr.strip()[-2000:]}")

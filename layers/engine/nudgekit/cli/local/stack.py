"""What is running: the state file that `up` writes, and that every other command reads."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nudgekit.adapters.clock import Clock
from nudgekit.cli.local import paths
from nudgekit.cli.local.processes import Server, alive
from nudgekit.errors import Problem

STACK_NAME = "nudgekit-local"
BUS = "EventBusName"


@dataclass(frozen=True)
class Stack:
    """A local stack: its servers, their addresses, and the deployed template's outputs by name."""

    servers: tuple[Server, ...] = ()
    aws: str = ""
    sink: str = ""
    time_scale: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """The stage's clock."""
        return Clock.parse(self.time_scale, "local")

    def functions(self) -> list[str]:
        """Return the names of the deployed functions."""
        return sorted(value for name, value in self.outputs.items() if name.endswith("FunctionName"))

    def log_groups(self) -> list[str]:
        """Return the log groups of the deployed functions."""
        return sorted(value for name, value in self.outputs.items() if name.endswith("LogGroupName"))


def save(root: Path, stack: Stack) -> None:
    """Write the state file whole or not at all."""
    place = _place(root)
    place.parent.mkdir(exist_ok=True)
    fresh = place.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(stack), indent=2))
    fresh.replace(place)


def load(root: Path) -> Stack | None:
    """Read the state file; None when there is none."""
    place = _place(root)
    return _stack(json.loads(place.read_text())) if place.is_file() else None


def running(root: Path) -> Stack:
    """Return the stack that runs.

    Raises:
        Problem: Nothing runs, or not all of it.
    """
    stack = load(root)
    if stack is None or not stack.outputs:
        raise Problem("No local stack is up. Start one with `nudgekit up`.")
    for server in stack.servers:
        if not alive(server):
            raise Problem(f"{server.name} of the local stack has ended. Run `nudgekit down`, then `nudgekit up`.")
    return stack


def _place(root: Path) -> Path:
    return paths.work(root) / "stack.json"


def _stack(record: dict[str, Any]) -> Stack:
    return Stack(**{**record, "servers": tuple(Server(**server) for server in record["servers"])})

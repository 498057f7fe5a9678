"""What a trigger's handler costs to import, beside boto3 with a DynamoDB client."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from nudgekit.cli.local import paths, tools
from tests.benchmarks.table import Row
from tests.benchmarks.timing import Times

BUDGET: Final = 1.5
ROUNDS: Final = 11

_TIMED = "import time; begun = time.perf_counter_ns(); {0}; print(time.perf_counter_ns() - begun)"
_BOTO3: Final = "import boto3; boto3.client('dynamodb', region_name='eu-west-1')"
STATEMENTS: Final[Mapping[str, str]] = {
    "boto3": _BOTO3,
    "trigger": "import app",
    "both": f"import app; {_BOTO3}",
}


class Place(NamedTuple):
    """Where handlers are imported from: an interpreter, its path, and how to say it."""

    python: Path
    path: tuple[Path, ...]
    title: str


def rows() -> Iterator[Row]:
    """Import in fresh processes, in turn, each from a warm disk and with compiled files."""
    place = as_lambda_has_it(paths.project())
    rounds: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for number in range(ROUNDS + 1):
        for name, statement in STATEMENTS.items():
            took = _import(place, statement)
            if number:  # the first round warms the disk and writes the compiled files
                rounds[name].append(took)
    times = {name: Times(tuple(each)) for name, each in rounds.items()}
    unit, ratio = times["boto3"], times["trigger"].over(times["boto3"])
    yield Row(f"import of boto3 and a DynamoDB client ({place.title})", _ms(unit), "1")
    yield Row(
        "import of a trigger's handler", _ms(times["trigger"]), f"{ratio:.2f} x", f"{BUDGET:g} x", ratio <= BUDGET
    )
    yield Row("both, as a first invocation needs them", _ms(times["both"]), f"{times['both'].over(unit):.2f} x")


def as_lambda_has_it(root: Path) -> Place:
    """The built layers and function beside the runtime's own packages; before a `sam build`, the project's."""
    built = root / ".aws-sam" / "build"
    layers = (built / "EngineLayer" / "python", built / "RulesLayer" / "python")
    function = built / "CartAbandonmentFunction"
    if all(each.is_dir() for each in (*layers, function)):
        runtime = tools.ensure(root, "lambda-runtime")
        return Place(runtime / "bin" / "python", (function, *layers), "built layers")
    sources = (root / "functions" / "cart_abandonment", root / "layers" / "engine", root)
    return Place(root / ".venv" / "bin" / "python", sources, "project's environment")


def _import(place: Place, statement: str) -> float:
    environment = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(map(str, place.path)), "HOME": os.devnull}
    command = [str(place.python), "-P", "-c", _TIMED.format(statement)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=place.path[0])
    return float(done.stdout)


def _ms(times: Times) -> str:
    return f"{times.median / 1e6:.0f} ms"

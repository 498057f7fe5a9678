"""`nudgekit up`: the whole service on this machine."""

from datetime import datetime
from typing import Annotated

import typer

from nudgekit.adapters.clock import Clock
from nudgekit.cli.console import out, say
from nudgekit.cli.local import lifecycle, paths
from nudgekit.cli.local.stack import Stack


def run(
    time_scale: Annotated[float, typer.Option(help="How many times faster than the wall's the clock runs.", min=1)] = 1,
) -> None:
    """Start a local AWS, deploy template.yaml to it, and show the inbox."""

    def clock(ready: datetime) -> Clock | None:
        return Clock(ready, ready, time_scale) if time_scale > 1 else None

    announce(lifecycle.up(paths.project(), clock))
    say("end it with: nudgekit down")


def announce(stack: Stack) -> None:
    """Print where everything is."""
    rows = [("inbox", stack.sink), ("AWS", stack.aws), ("event bus", stack.outputs["EventBusName"])]
    rows += [("clock", _pace(stack.clock))]
    rows += [("functions", ", ".join(_short(name) for name in stack.functions()))]
    for name, value in rows:
        out.print(f"  {name:<10} {value}", markup=False)


def _pace(clock: Clock) -> str:
    factors = [f"{pace.factor:g}" for pace in clock.paces if pace.factor != 1]
    return f"{', then '.join(factors)} times the wall's pace" if factors else "the wall's"


def _short(function: str) -> str:
    return function.removeprefix("nudgekit-local-").split("Function")[0]

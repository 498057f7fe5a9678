"""`nudgekit send`: put a file of shop events on the bus, of the local stack or of an account."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nudgekit.adapters.clock import Clock
from nudgekit.cli.console import err, out, say
from nudgekit.cli.devices import Devices
from nudgekit.cli.formats.parts import Event, happened
from nudgekit.cli.gather import gather
from nudgekit.cli.local import paths
from nudgekit.cli.local.clients import account_client, client
from nudgekit.cli.local.stack import BUS, running
from nudgekit.cli.people import events_of, strangers
from nudgekit.cli.replay import at_once, due, moved, play
from nudgekit.errors import Problem

EARLIER = timedelta(hours=1)  # synthetic people have introduced themselves this long before


def run(  # noqa: PLR0913, PLR0917 - one option each
    file: Annotated[Path, typer.Argument(help="Events: JSON lines or CSV, plain or gzipped.")],
    format: Annotated[str, typer.Option(help="segment, rees46 or retailrocket.")] = "segment",  # noqa: A002
    profile: Annotated[str | None, typer.Option(help="AWS profile; without it, the local stack.")] = None,
    stack: Annotated[str, typer.Option(help="Stack name in the account of --profile.")] = "nudgekit",
    rejects: Annotated[Path | None, typer.Option(help="Where to set aside lines that cannot be read.")] = None,
    keep_times: Annotated[bool, typer.Option(help="Send timestamps as they are; else the latest becomes now.")] = False,
    time_scale: Annotated[
        float,
        typer.Option(help="Send each event in its turn, so many times faster than it happened; 0: at once.", min=0),
    ] = 0,
    synthetic: Annotated[bool, typer.Option(help="On the local stack, make up people who are unknown.")] = True,
) -> None:
    """Put the events of a file on the bus."""
    events, _ = gather(file, format, rejects)
    if profile is None:
        _send_locally(events, time_scale, keep_times=keep_times, synthetic=synthetic)
        return
    bus = bus_of(profile, stack)
    _send(account_client("events", profile), bus, _timed(events, datetime.now(UTC), keep_times), time_scale)


def _send_locally(events: list[Event], time_scale: float, *, keep_times: bool, synthetic: bool) -> None:
    stack = running(paths.project())
    target, bus = client("events", stack.aws), stack.outputs[BUS]
    if time_scale and stack.time_scale and time_scale != stack.clock.factor:
        raise Problem(
            f"The stack's clock runs {stack.clock.factor:g} times faster; say --time-scale {stack.clock.factor:g}."
        )
    now = stack.clock.to_virtual(datetime.now(UTC))
    if synthetic:
        introduce(target, bus, events, now, Devices(stack))
    timed = Devices(stack).registered(_timed(events, now, keep_times, first=bool(time_scale)))
    _send(target, bus, timed, time_scale, now)


def introduce(target: Any, bus: str, events: Sequence[Event], now: datetime, devices: Devices) -> int:
    """Make up the people that events do not introduce, and put them on the bus; says how many."""
    people = strangers(events)
    made_up = [each for person in people for each in events_of(person, now - EARLIER)]
    if made_up:
        say(f"{len(people)} people are unknown: made-up profiles and consents go first (trait synthetic)")
        with_progress("people", devices.registered(made_up), lambda each, sent: at_once(target, bus, each, sent))
    return len(people)


def with_progress(what: str, events: Sequence[Event], send: Any) -> None:
    """Send events under a progress bar; on a pipe or in a log file only the result is said."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        task = bar.add_task(f"sending {what}", total=len(events))
        send(events, lambda count: bar.advance(task, count))
    out.print(f"  sent {len(events)} {what}", markup=False)


def _send(target: Any, bus: str, events: list[Event], time_scale: float, now: datetime | None = None) -> None:
    real = datetime.now(UTC)
    clock = Clock(now or real, real, time_scale or 1)

    def send(each: Sequence[Event], sent: Any) -> None:
        if time_scale:
            play(target, bus, due(each, clock), sent)
        else:
            at_once(target, bus, each, sent)

    with_progress("events", events, send)


def _timed(events: list[Event], now: datetime, keep_times: bool, *, first: bool = False) -> list[Event]:
    """Move the events so that the latest (or, when they are sent in their turn, the first) happens now."""
    edge = (min if first else max)(happened(each) for each in events)
    return events if keep_times else moved(events, now - edge)


def bus_of(profile: str, stack: str) -> str:
    """The bus of a stack in an account, by its name."""
    found = account_client("cloudformation", profile).describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    names = [each["OutputValue"] for each in found if each["OutputKey"] == BUS]
    if not names:
        raise Problem(f"The stack {stack} has no output {BUS}; is it nudgekit's?")
    return str(names[0])

"""`nudgekit stop`, `resume` and `operation`: what holds for everybody at the moment, changed and shown."""

import getpass
from datetime import datetime
from typing import Annotated, get_args

import typer

from nudgekit.cli.console import out, say
from nudgekit.cli.reach import Profile, Reached, StackName, reach
from nudgekit.errors import Problem
from nudgekit.language.mistakes import nearest
from nudgekit.model.base import Channel
from nudgekit.model.operation import Operation, Scope, scope_of
from nudgekit.runs import operation as changes

What = Annotated[str, typer.Argument(help="all, trigger or channel.")]
Name = Annotated[str, typer.Argument(help="The trigger's id, or the channel.")]
SCOPES: tuple[str, ...] = get_args(Scope)


def run_stop(  # noqa: PLR0913, PLR0917 - one option each
    what: What,
    name: Name = "",
    why: Annotated[str, typer.Option(help="The reason, for whoever finds it stopped.")] = "",
    by: Annotated[str, typer.Option(help="Who you are; your user name when left out.")] = "",
    profile: Profile = None,
    stack: StackName = "nudgekit",
) -> None:
    """Stop all messages, those of a trigger, or those on a channel; runs wait, messages on their way are withheld."""
    if not why.strip():
        raise Problem('Say why, as in --why "wrong prices in the shop": it stands in every decision that waits.')
    reached = reach(profile, stack)
    scope = _scope(what, name, reached)
    after = changes.stop(reached.store, scope, by or getpass.getuser(), why, reached.clock.now())
    held = after.stops[scope]
    say(f"{scope} is stopped since {_moment(held.at)} by {held.by}: {held.why}")


def run_resume(what: What, name: Name = "", profile: Profile = None, stack: StackName = "nudgekit") -> None:
    """Let what was stopped go on; every run that waited decides anew when it asks again."""
    reached = reach(profile, stack)
    scope = _scope(what, name, reached)
    if scope not in changes.read_operation(reached.store).stops:
        raise Problem(f"{scope} is not stopped. `nudgekit operation` shows what is.")
    changes.resume(reached.store, scope)
    say(f"{scope} goes on")


def run(profile: Profile = None, stack: StackName = "nudgekit") -> None:
    """Show what is stopped, which providers are down, and how fresh the facts are."""
    reached = reach(profile, stack)
    for line in describe(changes.read_operation(reached.store), reached.clock.now()):
        out.print(line, markup=False)


def describe(operation: Operation, now: datetime) -> list[str]:
    """What holds at the moment, a line each."""
    stops = [
        f"stopped    {scope} since {_moment(stop.at)} by {stop.by}: {stop.why}"
        for scope, stop in sorted(operation.stops.items())
    ]
    breakers = [
        f"down       {channel} since {_moment(each.opened_at)}, tried again from {_moment(each.until)} on"
        for channel, each in sorted(operation.breakers.items())
    ]
    facts = f"facts      {_age(operation, now)}"
    return [*(stops or ["stopped    nothing"]), *(breakers or ["down       nothing"]), facts]


def _age(operation: Operation, now: datetime) -> str:
    if operation.folded_to is None:
        return "no beat has been heard yet"
    seconds = max(int((now - operation.folded_to).total_seconds()), 0)
    return f"complete up to {_moment(operation.folded_to)}, {seconds} seconds ago"


def _scope(what: str, name: str, reached: Reached) -> str:
    """The scope that the words of the shell name; one that does not exist would stop nothing, so it is refused."""
    match what, name:
        case "all", "":
            return "all"
        case "trigger", _ if name and reached.deploys(name):
            return scope_of("trigger", name)
        case "trigger", _:
            raise Problem(f"The stack has no trigger {name!r}. Name one by its folder in rules/.")
        case "channel", _ if name in tuple(Channel):
            return scope_of("channel", name)
        case "channel", _:
            raise Problem(f"{name!r} is not a channel; {nearest(name, tuple(Channel))}.")
    raise Problem('Say `all`, `trigger ID` or `channel NAME`, as in: nudgekit stop channel sms --why "...".')


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"

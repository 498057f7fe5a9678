"""`nudgekit demo`: a shop's morning, replayed on a local stack, with every message and every silence to look at."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from nudgekit.adapters.clock import Clock, Pace
from nudgekit.book import load_book
from nudgekit.cli.account import account_events, judge, lateness, of_kind, visits, without_outcome
from nudgekit.cli.console import out, say
from nudgekit.cli.devices import Devices
from nudgekit.cli.follow import Progress, follow
from nudgekit.cli.formats.parts import Event, happened
from nudgekit.cli.gather import gather
from nudgekit.cli.local import lifecycle, paths
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.logs import Logs
from nudgekit.cli.replay import density, due, moved, play, whole_days
from nudgekit.cli.send import introduce
from nudgekit.cli.show import show_account, show_events, show_story, show_summary
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.story import story
from nudgekit.cli.summary import Summary, best_story, summarise
from nudgekit.cli.up import announce
from nudgekit.errors import Problem
from nudgekit.language.trigger import Trigger

SAMPLE = Path("events/sample/shop.jsonl")
TRIGGER = "cart_abandonment"
SAMPLE_PACE = 600.0  # a day and a quarter in three minutes
FASTEST_FILE_PACE = 60.0  # half an hour of real data should last at least half a minute
CAPACITY = 180.0  # events a second that a laptop with two cores folds without falling behind (220 measured)
QUARTER = timedelta(minutes=15)
MOST_PACES = 48  # what the setting of a function can hold
LADDER_PACE = 3600.0  # the rungs' waits, once the events are in: a day in half a minute
DECIDED_QUARTERS = 4  # after the last event: the rule's half hour, and some lateness
PATIENCE = timedelta(minutes=10)  # of the wall's clock, after the last event
SLACK = 2.5  # seconds of the wall's clock within which a decision is on time


@dataclass(frozen=True)
class Replay:
    """What is replayed: the events, moved to today, and on what stack."""

    root: Path
    events: list[Event]
    own: bool  # the project's own sample, which must show everything
    keep: bool


def run(
    events: Annotated[Path | None, typer.Option(help="A file of events; else the sample shop's morning.")] = None,
    format: Annotated[str, typer.Option(help="segment, rees46 or retailrocket.")] = "segment",  # noqa: A002
    time_scale: Annotated[float | None, typer.Option(help="How many times faster than the wall's clock.")] = None,
    limit: Annotated[int | None, typer.Option(help="Take only so many events of the file.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack and the inbox up.")] = False,
) -> None:
    """Start a local AWS, deploy to it, replay a shop's events, and show what was sent, what was not, and why."""
    root = paths.project()
    found, _ = gather(events or root / SAMPLE, format, None, limit)
    first = min(happened(each) for each in found)
    fastest = time_scale or (FASTEST_FILE_PACE if events else SAMPLE_PACE)
    paces = _paces(found, fastest)
    stack = lifecycle.up(root, lambda ready: _clock(found, paces, ready))
    replay = Replay(root, moved(found, stack.clock.virtual_start - first), events is None, keep)
    try:
        _replay(replay, stack)
    finally:
        _finish(replay, stack)


def _clock(events: Sequence[Event], paces: Sequence[float], ready: datetime) -> Clock:
    """The stage's clock: each quarter of an hour at its pace until every cart has been decided once, then faster.

    Args:
        events: what will be replayed.
        paces: the pace of each quarter of an hour, from the first event on.
        ready: when the replay begins, by the wall's clock.
    """
    first = min(happened(each) for each in events)
    turns = [Pace(ready, paces[0])]
    for before, factor in pairwise([*paces, *[paces[-1]] * DECIDED_QUARTERS, LADDER_PACE]):
        turns.append(Pace(turns[-1].start + QUARTER / before, factor))
    changes = tuple(turn for before, turn in pairwise(turns) if turn.factor != before.factor)
    return Clock(first + whole_days(first, ready), ready, paces[0], changes)


def _replay(replay: Replay, stack: Stack) -> None:
    announce(stack)
    bus, logs = client("events", stack.aws), Logs(stack)
    devices = Devices(stack)
    introduce(bus, stack.outputs[BUS], replay.events, stack.clock.virtual_start, devices)
    events = devices.registered(replay.events)
    progress = Progress(len(events))
    say(f"replaying {len(events)} events, up to {_fastest(stack):g} times faster than they happened")
    sender = threading.Thread(
        target=play, args=(bus, stack.outputs[BUS], due(events, stack.clock), progress.add), daemon=True
    )
    sender.start()
    engagement = follow(stack, logs, progress, _Over(events, stack))
    _report(replay, stack, logs, engagement)


def _paces(events: Sequence[Event], fastest: float) -> list[float]:
    """The pace of each quarter of an hour, so that a laptop can fold what happens in it; one for all of a long file."""
    paces = [min(fastest, CAPACITY * QUARTER.total_seconds() // max(1, each)) for each in density(events, QUARTER)]
    return paces if len(paces) <= MOST_PACES else [min(paces)] * len(paces)


def _fastest(stack: Stack) -> float:
    """The fastest pace of the replay itself."""
    return max(pace.factor for pace in stack.clock.paces[:-1] or stack.clock.paces)


class _Over:
    """Says when a replay is over: every run has ended."""

    def __init__(self, events: Sequence[Event], stack: Stack) -> None:
        self._last = max(happened(each) for each in events)
        self._stack = stack

    def __call__(self, engagement: Engagement, now: datetime) -> bool:
        if now < self._last + QUARTER * DECIDED_QUARTERS:
            return False
        overdue = datetime.now(UTC) > self._stack.clock.to_real(self._last) + PATIENCE
        return overdue or all(run.outcome is not None for run in engagement.runs)


def _report(replay: Replay, stack: Stack, logs: Logs, engagement: Engagement) -> None:
    summary = summarise(engagement)
    show_summary(summary, logs)
    best = best_story(engagement)
    if best:
        profile = engagement.profiles.get(best.person)
        show_story(
            profile.name if profile and profile.name else best.person, story(best.person, replay.events, engagement)
        )
    _check(replay, summary, _account(replay, stack, logs, engagement))


def _account(replay: Replay, stack: Stack, logs: Logs, engagement: Engagement) -> list[str]:
    trigger = load_book(replay.root / "rules").trigger(TRIGGER)
    found = visits(replay.events, _starts(trigger), _stops(trigger), trigger.within)
    slack = timedelta(seconds=SLACK) * _fastest(stack)
    now = stack.clock.to_virtual(datetime.now(UTC))
    lines = judge(found, engagement.decisions, now, slack)
    show_account(lines, _fastest(stack), max([slack, *lateness(lines)[-1:]]))
    ended = {(run.person, run.key) for run in engagement.runs if run.outcome is not None}
    seen = {person: facts.seen.keys() for person, facts in engagement.facts.items()}
    answers = sum(logs.of(TRIGGER)[name] for name in ("armed", "repeated", "ignored: expired"))
    account = account_events(replay.events, seen, _starts(trigger), answers, without_outcome(found, ended))
    show_events(account)
    wrong = len(of_kind(lines, "violation"))
    return [*account.faults, *([f"{wrong} carts were decided wrongly"] if wrong else [])]


def _starts(trigger: Trigger) -> frozenset[str]:
    return frozenset(trigger.start_events)


def _stops(trigger: Trigger) -> frozenset[str]:
    return frozenset(trigger.stop_events)


def _check(replay: Replay, summary: Summary, faults: list[str]) -> None:
    missing = [*faults, *(summary.missing() if replay.own else [])]
    if missing:
        raise Problem("The replay did not show what it should:\n" + "\n".join(f"  {each}" for each in missing))


def _finish(replay: Replay, stack: Stack) -> None:
    if replay.keep:
        say(f"the inbox is at {stack.sink}; end everything with: nudgekit down")
        return
    with suppress(KeyboardInterrupt):
        lifecycle.down(replay.root)
    out.print()
    say("everything has ended and nothing is left behind")

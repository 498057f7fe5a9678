"""`nudgekit demo`: a shop's day, replayed on a local stack, with every message and every silence to look at."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from nudgekit.book import Book, load_book
from nudgekit.cli.account import account_events, judge, lateness, of_kind, visits, without_outcome
from nudgekit.cli.console import out, say
from nudgekit.cli.devices import Devices
from nudgekit.cli.follow import Progress, follow
from nudgekit.cli.formats.parts import Event, arrived, happened, person_of
from nudgekit.cli.gather import gather
from nudgekit.cli.incidents import Incident, happen, incidents
from nudgekit.cli.incidents import play as play_incidents
from nudgekit.cli.local import lifecycle, paths
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.logs import Logs
from nudgekit.cli.pacing import DECIDED_QUARTERS, QUARTER, SAMPLE_PACE, WEEKS, of_file, of_sample, paces_of
from nudgekit.cli.page_visits import Visitors
from nudgekit.cli.playbook import missing, played
from nudgekit.cli.premises import LocalPremises
from nudgekit.cli.reach import reach
from nudgekit.cli.recommend import build, put_rows
from nudgekit.cli.replay import at_once, due, moved, play, whole_days
from nudgekit.cli.report import show_account, show_events, show_playbook, show_story, show_summary
from nudgekit.cli.send import introduce
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.story import story
from nudgekit.cli.summary import best_story, summarise
from nudgekit.cli.template import camel
from nudgekit.cli.up import announce
from nudgekit.errors import Problem
from nudgekit.language.trigger import Trigger
from nudgekit.model.event import SHOP_EVENTS

SAMPLE, HISTORY = Path("events/sample/shop.jsonl"), Path("events/sample/history.jsonl")
INCIDENTS = Path("events/sample/incidents.jsonl")
TRIGGER = "cart_abandonment"
FASTEST_FILE_PACE = 60.0  # half an hour of real data should last at least half a minute
DAWN = timedelta(hours=2)  # so long before its first event the sample's day begins
LENGTH = timedelta(hours=30)  # and so long it is looked at: to Monday's noon
LONGEST = timedelta(hours=60)  # or longer, until every cart's run is over
PATIENCE = timedelta(minutes=10)  # of the wall's clock, after the last event
SLACK = 2.5  # seconds of the wall's clock within which a decision is on time
TICK = 2.0  # seconds of the wall's clock: the template's own tick comes once a minute, which may be days by the stage's


@dataclass(frozen=True)
class Replay:
    """What is replayed: the events, moved to today, and on what stack.

    Attributes:
        history: what happened before the replay, for the import.
        own: whether it is the project's own sample, which must show everything.
        fastest: the fastest pace of the replay itself.
        by: how far it is moved.
    """

    root: Path
    events: list[Event]
    history: list[Event]
    own: bool
    keep: bool
    fastest: float
    by: timedelta

    @property
    def begins(self) -> datetime:
        """When the replay begins, on the stage's clock."""
        return min(arrived(each) for each in self.events)


def run(
    events: Annotated[Path | None, typer.Option(help="A file of events; else the sample shop's Sunday.")] = None,
    format: Annotated[str, typer.Option(help="segment, rees46 or retailrocket.")] = "segment",  # noqa: A002
    time_scale: Annotated[float | None, typer.Option(help="How many times faster than the wall's clock.")] = None,
    limit: Annotated[int | None, typer.Option(help="Take only so many events of the file.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack and the inbox up.")] = False,
) -> None:
    """Start a local AWS, deploy to it, replay a shop's events, and show what was sent, what was not, and why."""
    root = paths.project()
    found, _ = gather(events or root / SAMPLE, format, None, limit)
    first = min(arrived(each) for each in found)
    pace = time_scale or (FASTEST_FILE_PACE if events else SAMPLE_PACE)
    if events:
        stack = lifecycle.up(root, lambda ready: of_file(found, pace, ready))
        by, history = whole_days(first, stack.clock.virtual_start), list[Event]()
    else:
        stack = lifecycle.up(root, lambda ready: of_sample(found, first - DAWN, pace, ready))
        by, history = stack.clock.virtual_start + WEEKS + DAWN - first, gather(root / HISTORY, format, None)[0]
    replay = Replay(root, moved(found, by), moved(history, by), events is None, keep, max(paces_of(found, pace)), by)
    try:
        _replay(replay, stack)
    finally:
        _finish(replay, stack)


def _replay(replay: Replay, stack: Stack) -> None:
    announce(stack)
    bus, logs = client("events", stack.aws), Logs(stack)
    devices = Devices(stack)
    introduce(bus, stack.outputs[BUS], [*replay.history, *replay.events], stack.clock.virtual_start, devices)
    book = load_book(replay.root / "rules")
    events = devices.registered([*replay.history, *replay.events])
    progress = Progress(len(events))
    say(f"replaying {len(events)} events, up to {replay.fastest:g} times faster than they happened")
    _aside(lambda: _send(bus, stack, events, progress))
    if replay.own:
        _aside(lambda: _recommend(replay))
        _aside(lambda: _go_wrong(replay, stack, book))
    _aside(lambda: Visitors(stack).walk(replay.events))
    _aside(lambda: _tick(book, replay, stack))
    engagement = follow(stack, logs, progress, _Over(replay, stack))
    _report(replay, stack, logs, engagement, book)


def _send(bus: Any, stack: Stack, events: Sequence[Event], progress: Progress) -> None:
    """What is older than the stage's clock is imported at once, the rest goes out when the clock shows its time."""
    starts = stack.clock.virtual_start
    older = sorted((each for each in events if arrived(each) < starts), key=happened)
    at_once(bus, stack.outputs[BUS], older, progress.add)
    younger = [each for each in events if arrived(each) >= starts]
    play(bus, stack.outputs[BUS], due(younger, stack.clock), progress.add)


def _aside(work: Callable[[], None]) -> None:
    """Do it beside the rest, and no longer than that."""
    threading.Thread(target=work, daemon=True).start()


def _recommend(replay: Replay) -> None:
    """Count over the history what goes with what, as a shop does every night."""
    put_rows(reach(None, "").store, build(replay.root / HISTORY, "segment", people=2))


def _go_wrong(replay: Replay, stack: Stack, book: Book) -> None:
    """Bring about what goes wrong on the sample's day."""
    premises, clock = LocalPremises(stack, book.policy), stack.clock

    def each(incident: Incident) -> None:
        happen(incident, premises, book, clock.to_virtual(datetime.now(UTC)))

    play_incidents(incidents(replay.root / INCIDENTS, replay.by), clock.to_real, each)


def _tick(book: Book, replay: Replay, stack: Stack) -> None:
    """Let the calendar's triggers look at the clock as often as its pace asks for."""
    sqs, asked = client("sqs", stack.aws), [each for each in sorted(book.ids) if book.trigger(each).every is not None]
    time.sleep(max(0.0, (stack.clock.to_real(replay.begins - DAWN) - datetime.now(UTC)).total_seconds()))
    with suppress(BotoCoreError, ClientError):  # the stack has ended
        while True:
            for each in asked:
                sqs.send_message(QueueUrl=stack.outputs[f"{camel(each)}QueueUrl"], MessageBody=json.dumps({"tick": {}}))
            time.sleep(TICK)


class _Over:
    """Says when a replay is over: every run has ended; of the sample, its day, and every run about a cart."""

    def __init__(self, replay: Replay, stack: Stack) -> None:
        self._replay, self._stack = replay, stack
        self._last = max(arrived(each) for each in replay.events)

    def __call__(self, engagement: Engagement, now: datetime) -> bool:
        if now < self._last + QUARTER * DECIDED_QUARTERS:
            return False
        if datetime.now(UTC) > self._stack.clock.to_real(self._last) + PATIENCE:
            return True
        if not self._replay.own:
            return all(run.outcome is not None for run in engagement.runs)
        carts = all(run.outcome is not None for run in engagement.runs if run.trigger == TRIGGER)
        return now > self._replay.begins + (LENGTH if carts else LONGEST)


def _report(replay: Replay, stack: Stack, logs: Logs, engagement: Engagement, book: Book) -> None:
    carts = _of_carts(engagement)
    summary, plays = summarise(carts), played(book, engagement)
    show_summary(summary, logs)
    best = best_story(carts)
    if best:
        profile = engagement.profiles.get(best.person)
        told = story(best.person, [*replay.history, *replay.events], engagement)
        show_story(profile.name if profile and profile.name else best.person, told)
    faults = _account(book.trigger(TRIGGER), replay, stack, logs, carts)
    show_playbook(plays)
    wanted = [*summary.missing(), *missing(plays)] if replay.own else []
    _check([*faults, *wanted])


def _of_carts(engagement: Engagement) -> Engagement:
    """What concerns carts alone."""
    return replace(
        engagement,
        runs=[each for each in engagement.runs if each.trigger == TRIGGER],
        messages=[each for each in engagement.messages if each.trigger == TRIGGER],
        decisions=[(person, each) for person, each in engagement.decisions if each.trigger == TRIGGER],
    )


def _account(trigger: Trigger, replay: Replay, stack: Stack, logs: Logs, engagement: Engagement) -> list[str]:
    told = [each for each in replay.events if person_of(each) and _is_folded(each)]
    found = visits(told, _starts(trigger), _stops(trigger), trigger.within)
    slack = timedelta(seconds=SLACK) * replay.fastest
    now = stack.clock.to_virtual(datetime.now(UTC))
    lines = judge(found, engagement.decisions, now, slack)
    show_account(lines, replay.fastest, max([slack, *lateness(lines)[-1:]]))
    ended = {(run.person, run.key) for run in engagement.runs if run.outcome is not None}
    seen = {person: facts.seen.keys() for person, facts in engagement.facts.items()}
    answers = sum(logs.of(TRIGGER)[name] for name in ("armed", "repeated", "ignored: expired"))
    account = account_events(told, seen, _starts(trigger), answers, without_outcome(found, ended))
    show_events(account)
    wrong = len(of_kind(lines, "violation"))
    return [*account.faults, *([f"{wrong} carts were decided wrongly"] if wrong else [])]


def _is_folded(event: Event) -> bool:
    """Whether the facts know it afterwards: not what the shop tries on somebody, nor what arrived days late."""
    return event["detail-type"] not in SHOP_EVENTS and "arrived" not in event


def _starts(trigger: Trigger) -> frozenset[str]:
    return frozenset(trigger.start_events)


def _stops(trigger: Trigger) -> frozenset[str]:
    return frozenset(trigger.stop_events)


def _check(lacking: Sequence[str]) -> None:
    if lacking:
        raise Problem("The replay did not show what it should:\n" + "\n".join(f"  {each}" for each in lacking))


def _finish(replay: Replay, stack: Stack) -> None:
    if replay.keep:
        say(f"the inbox is at {stack.sink}; end everything with: nudgekit down")
        return
    with suppress(KeyboardInterrupt):
        lifecycle.down(replay.root)
    out.print()
    say("everything has ended and nothing is left behind")

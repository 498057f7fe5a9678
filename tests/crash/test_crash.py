"""A fault at every port call of every function, then redelivery in any order, and of some things twice.

Whatever call fails, on whichever side of its work, and whether the process survives it: no run is lost, every run ends
in a stated outcome, every message in a stated fate, no promotional message reaches a provider twice, and whatever was
not sent that should have been is stated as in doubt. `NUDGEKIT_CRASH_HISTORIES` sets how many histories are tried.
"""

import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple
from zlib import crc32

import pytest

from nudgekit.lambdas import batch as working
from nudgekit.model.message import MessageStatus
from nudgekit.runs import conduct
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.plan import Plan
from nudgekit.runs.ports import WakeUp
from nudgekit.runs.reports import Report
from nudgekit.runs.snapshot import Snapshot
from tests.crash.faults import Fault, Gremlin, strikes_at
from tests.crash.stories import BEFORE, STORIES, rules
from tests.crash.town import Town

HISTORIES = int(os.environ.get("NUDGEKIT_CRASH_HISTORIES") or 10_500)
"""How many histories are tried at least; every single fault in every story is tried in any case."""

BLOCKS = 40
"""The histories of chance are cut into so many tests, so that several processes can share them."""

SHIPPED = frozenset(each.parent.name for each in Path("rules").glob("*/rule.py"))
UNSTATED = {MessageStatus.CLAIMED, MessageStatus.HANDING_OFF}
LONG = {"provider is down", "a sale begins"}
"""Stories of many people: faults are placed by chance, not one after the other."""


class History(NamedTuple):
    """One history: a story, the faults in it, and the order in which queues deliver."""

    story: str
    faults: tuple[Fault, ...] = ()
    seed: int | None = None


def lived(history: History) -> Town:
    """The history from its beginning to its end."""
    story = STORIES[history.story]
    town = Town(partial(rules, transactional=story.transactional), BEFORE, Gremlin(*history.faults), history.seed)
    town.absent = SHIPPED - set(story.triggers)
    story.tell(town)
    with pytest.MonkeyPatch.context() as patch:
        town.wire(patch)
        town.live()
        town.forget()
    return town


@cache
def calls_of(story: str) -> tuple[str, ...]:
    """The port calls of the story when nothing fails and everything is in order."""
    return tuple(lived(History(story)).gremlin.calls)


@pytest.mark.parametrize("name", STORIES)
def test_without_a_fault_the_story_ends_as_it_should(name: str) -> None:
    story, town = STORIES[name], lived(History(name))
    if story.outcome is not None:
        assert [(run.outcome, run.reason) for run in town.runs()] == [(story.outcome, story.reason)]
        assert sorted(message.channel for message in town.taken()) == sorted(story.sends)
    check(town, History(name))


def test_the_stories_lead_through_every_function() -> None:
    functions = {app.parent.name for app in Path("functions").glob("*/app.py")}
    led = {call.partition("/")[0] for name in STORIES for call in calls_of(name)}
    unseen = functions - SHIPPED - led
    assert unseen == set(), "write a story into tests/crash/stories.py that leads through these functions"
    assert SHIPPED & led, "triggers have one handler: a story must lead through some of them"


def sends_what_may_have_been_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(HandOff, "_take_over", HandOff._attempt)


def asks_to_be_woken_last(patch: pytest.MonkeyPatch) -> None:
    def do(self: Conductor, plan: Plan, snapshot: Snapshot) -> Report:
        snapshot.commit(plan.puts)
        for message in plan.messages:
            self.ports.outbox.enqueue(message)
        for wake_up, at in plan.wake_ups:
            self.ports.timer.wake(wake_up, at)
        return plan.report

    patch.setattr(Conductor, "_do", do)


def forgets_what_failed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(working, "_answer", lambda failed: {"batchItemFailures": []})


def believes_the_claim(patch: pytest.MonkeyPatch) -> None:
    """A run that is woken takes its last message for sent, as long as nobody says otherwise."""
    patch.setattr(conduct, "asked_message", lambda run: None)
    patch.setattr(conduct, "plan_stale", lambda wake_up, run: Plan(noted_stale(wake_up)))


def noted_stale(wake_up: WakeUp) -> Report:
    return Report("ignored", wake_up.trigger)


Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize(
    "plant", [sends_what_may_have_been_sent, asks_to_be_woken_last, forgets_what_failed, believes_the_claim]
)
def test_a_planted_defect_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    histories = single_faults("nobody reacts")
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        try_out_all(histories)


def try_out_all(histories: list[History]) -> list[Town]:
    """Live them one after the other."""
    return [try_out(history) for history in histories]


def single_faults(name: str) -> list[History]:
    """Every fault at every call, each with an order of its own."""
    return [
        History(name, (Fault(at, side, kind),), crc32(f"{name} {at} {side} {kind}".encode()))
        for at, call in enumerate(calls_of(name), start=1)
        for side, kind in strikes_at(call)
    ]


@pytest.mark.parametrize("name", [name for name in STORIES if name not in LONG])
def test_with_any_one_fault_nothing_is_lost_and_nothing_sent_twice(
    name: str, record_property: pytest.FixtureRequest
) -> None:
    record(record_property, try_out_all(single_faults(name)))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_with_several_faults_in_any_order_it_is_the_same(block: int, record_property: pytest.FixtureRequest) -> None:
    certain = sum(len(single_faults(name)) for name in STORIES if name not in LONG)
    wanted = max(HISTORIES - certain, BLOCKS) // BLOCKS + 1
    record(record_property, [try_out(by_chance(seed)) for seed in range(block * wanted, (block + 1) * wanted)])


def by_chance(seed: int) -> History:
    """A story with one to four faults somewhere in it."""
    chance = Random(seed)
    name = chance.choice(sorted(set(STORIES) - LONG) * 4 + sorted(LONG))
    calls = calls_of(name)
    faults = []
    for at in sorted(chance.sample(range(1, len(calls) + 20), chance.randint(1, 4))):
        side, kind = chance.choice(strikes_at(calls[min(at, len(calls)) - 1]))
        faults.append(Fault(at, side, kind))
    return History(name, tuple(faults), seed)


def try_out(history: History) -> Town:
    """Live the history and see that all is well."""
    town = lived(history)
    check(town, history)
    return town


def check(town: Town, history: History) -> None:
    """Nothing is lost, nothing sent twice, nothing left unsaid."""
    story = STORIES[history.story]
    where = f"{history} {town.gremlin.struck}"
    assert len(town.runs()) == story.runs, f"a run was lost: {where}"
    for run in town.runs():
        assert run.outcome is not None, f"a run has no end: {where}"
        assert run.reason is not None, f"an end has no reason: {where}"
    assert not [message for message in town.messages() if message.status in UNSTATED], f"no fate: {where}"
    assert town.dead.letters == [], f"something was set aside: {where}"
    assert town.given_up == [], f"a queue gave something up: {where}"
    taken = [(message.person if history.story in LONG else "", message.channel) for message in town.taken()]
    if not story.transactional:
        assert len(set(taken)) == len(taken), f"a channel was used twice for a person: {where}"
    story.ends_well(town)
    if story.outcome is not None or story.runs == 2:
        doubtful = {each.channel for each in town.messages() if each.status is MessageStatus.IN_DOUBT}
        lost = set(story.sends) - {channel for _, channel in taken} - (set() if story.transactional else doubtful)
        assert not lost, f"{lost} should have been used: {where}"
        more = {channel for _, channel in taken} - set(story.sends)
        assert doubtful or not more, f"{more} should not have been used: {where}"


def record(record_property: object, towns: list[Town]) -> None:
    """What the summary at the end of the suite counts."""
    record_property("crash_histories", len(towns))  # type: ignore[operator]
    struck = sorted({point for town in towns for point in town.gremlin.struck})
    record_property("crash_points", struck)  # type: ignore[operator]
    doubtful = sum(each.status is MessageStatus.IN_DOUBT for town in towns for each in town.messages())
    record_property("crash_in_doubt", doubtful)  # type: ignore[operator]
    record_property("crash_handed_over", sum(len(town.taken()) for town in towns))  # type: ignore[operator]

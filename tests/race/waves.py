"""A sale asks many people, and many workers step its waves at once: what comes twice, late or from the dead included.

The people stand in two lanes, a few on each page, so that all workers meet on the same two rows. Every message comes
twice at once, as it does when a queue's lease has run out under a worker that is still at work. And workers die: after
they have moved a wave on and before they could put its next step, or while they put something on the queue.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, islice
from threading import Lock
from typing import Any

import pytest

from nudgekit import Book, SafetyLimit, load_book
from nudgekit.adapters.memory import MemoryOwnQueue
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.operation import SAFETY
from nudgekit.model.profile import Profile
from nudgekit.model.wave import Wave
from nudgekit.runs import pages
from nudgekit.runs.cohorts import shard_of
from nudgekit.runs.documents import Kind, Put, Ref, Stored, Write
from nudgekit.runs.operation import read_operation, resume
from nudgekit.runs.ports import Page
from nudgekit.runs.snapshot import Snapshot
from tests.functional.deployment import ROOT, fixture
from tests.race.backends import MakeStore
from tests.race.crowd import Crowd
from tests.race.scenarios import Scenario
from tests.yard import Yard

START = datetime.fromisoformat(fixture("flash_sale/start")["detail"]["timestamp"])
TRIGGER = "flash_sale"
HOLDOUT = 0.05
LANES = (0, 1)
GUESTS = (name for name in map("guest-{}".format, count()) if place_of(TRIGGER, name) >= HOLDOUT)
PEOPLE = tuple(islice((name for name in GUESTS if shard_of(name) in LANES), 14))
"""Nobody of them is held out."""

ON_A_PAGE = 2
COPIES = 2
"""How often everything is delivered, at once."""

A_WHILE = timedelta(minutes=3)
ROUNDS = 8
"""How often somebody looks whether the sale was stopped, and lets it go on."""

LIMIT = 5
MANY = 1_000_000


class Died(RuntimeError):
    """A worker is gone in the middle of its work; the queue delivers the record to somebody else."""


class Deaths:
    """Says who dies: one of so many."""

    def __init__(self, one_of: int) -> None:
        self.one_of, self.number, self.lock = one_of, count(1), Lock()

    def come(self) -> None:
        """Die, if it is one's turn.

        Raises:
            Died: it is.
        """
        with self.lock:
            number = next(self.number)
        if number % self.one_of == 0:
            raise Died


class MortalQueue(MemoryOwnQueue):
    """A queue in front of which workers die: before they have put anything on it, or just after."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = Deaths(7), Deaths(5)

    def put(self, bodies: Sequence[Mapping[str, Any]], at: datetime | None = None) -> None:
        self.before.come()
        super().put(bodies, at)
        self.after.come()


class MortalStore:
    """A worker's store, after whose writes of waves the worker may die."""

    def __init__(self, store: Any, deaths: Deaths) -> None:
        self.store, self.deaths = store, deaths

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        found: dict[Ref, Stored] = self.store.read(refs)
        return found

    def commit(self, puts: Sequence[Write]) -> None:
        self.store.commit(puts)
        if any(put.ref.kind is Kind.WAVE for put in puts):
            self.deaths.come()

    def page(self, kind: Kind, part: str, after: str, limit: int) -> Page:
        found: Page = self.store.page(kind, part, after, limit)
        return found


def book(limit: int) -> Book:
    """The shipped rules under a safety limit, with nothing in the way of a message but that."""
    found = load_book(ROOT / "rules")
    safety = (SafetyLimit(people=limit, per=timedelta(hours=1)),)
    found.__dict__["policy"] = replace(found.policy, freshness=None, quiet_hours=(), safety=safety)
    return found


def race(scenario: Scenario, make: MakeStore, size: int) -> Crowd:
    """Play `scenario` with `size` workers, some of whom die."""
    deaths = Deaths(4)
    limit = LIMIT if scenario is a_sale_over_its_limit else MANY
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "PAGE", ON_A_PAGE)
        yard = Yard(book(limit), (TRIGGER,), START)
        yard.own_queue = MortalQueue()
        crowd = Crowd(yard, lambda: MortalStore(make(), deaths), size, patch)
        _introduce(crowd)
        scenario(crowd)
        assert any(isinstance(each, Died) for each in yard.failures), "nobody died: this proves little"
    return crowd


def _introduce(crowd: Crowd) -> None:
    """Everybody has an address for mail and allows it."""
    tables = Snapshot(crowd.plain)
    said = Consent().heard(Evidence(channel=Channel.EMAIL, status=Status.GRANTED, at=START, event_id="e"))
    for person in PEOPLE:
        profile = Profile(name="Ada Example", email=f"{person}@example.com", timezone="Europe/London")
        tables.commit((Put(Ref(Kind.PROFILE, person), profile, 0), Put(Ref(Kind.CONSENT, person), said, 0)))


def a_sale_for_everybody(crowd: Crowd) -> None:
    """Everybody is asked once and hears once, and every wave knows how many it asked."""
    _begin(crowd)
    _everybody_once(crowd)
    counted = sum(sum(tally.people.values()) for tally in crowd.documents(Kind.TALLY))
    assert counted == len(PEOPLE), f"{counted} of {len(PEOPLE)} people were counted for the safety limit"


def a_sale_over_its_limit(crowd: Crowd) -> None:
    """The safety limit stops the sale, as often as somebody lets it go on; at the end nobody was left out."""
    _begin(crowd)
    heard, stops = 0, 0
    for _ in range(ROUNDS):
        if _stopped(crowd):
            reached = len({call.message.person for call in crowd.yard.calls})
            most = LIMIT + crowd.size - 1  # see `runs.safety`: workers at once do not see each other's claims
            assert reached - heard <= most, (
                f"{reached - heard} people were reached, of {LIMIT}, by {crowd.size} workers"
            )
            heard, stops = reached, stops + 1
            resume(crowd.plain, f"trigger:{TRIGGER}")
        crowd.live(crowd.yard.now + A_WHILE, COPIES)
    assert stops or crowd.size + LIMIT > len(PEOPLE), "nothing was ever stopped: this proves nothing"
    _everybody_once(crowd)


def _begin(crowd: Crowd) -> None:
    crowd.publish(fixture("flash_sale/start"), copies=COPIES)
    crowd.live(START + A_WHILE, COPIES)


def _stopped(crowd: Crowd) -> bool:
    stop = read_operation(crowd.plain).stopped(TRIGGER)
    return stop is not None and stop.by == SAFETY


def _everybody_once(crowd: Crowd) -> None:
    waves: list[Wave] = crowd.documents(Kind.WAVE)
    assert all(wave.over for wave in waves), "a wave stands still"
    assert sum(wave.asked for wave in waves) == len(PEOPLE), "a wave counts somebody twice, or not at all"
    runs = Counter(run.person for run in crowd.runs)
    assert runs == dict.fromkeys(PEOPLE, 1), f"{len(PEOPLE) - len(runs)} people were never asked, or one twice"
    calls = Counter(call.message.person for call in crowd.yard.calls)
    assert set(calls) == set(PEOPLE), f"{len(set(PEOPLE) - set(calls))} people heard nothing"
    assert max(calls.values()) == 1, f"somebody heard of one sale {max(calls.values())} times"
    assert not crowd.yard.letters.kept, json.dumps([reason for _, reason in crowd.yard.letters.kept])


WAVES: tuple[Scenario, ...] = (a_sale_for_everybody, a_sale_over_its_limit)

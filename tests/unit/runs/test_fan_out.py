"""What the shop or the calendar starts reaches everybody it concerns, once, and no faster than it may."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nudgekit import at_once, daily, days, event, everyone, followers, hours, load_book, moment, rung, weekly
from nudgekit.decide.case import Case
from nudgekit.errors import Conflict
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Trigger
from nudgekit.model.catalogue import Product
from nudgekit.model.event import Event
from nudgekit.model.follower import Follower, part_of, rank_of
from nudgekit.model.message import Content
from nudgekit.model.wave import Wave
from nudgekit.runs import pages
from nudgekit.runs.documents import InCohort, Kind, Put, Ref
from nudgekit.runs.operation import resume, stop
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import Tick, WaveStep
from tests.builders import NOON, make_event, write
from tests.world import World

SALE = {"sale_id": "s1", "ends_at": (NOON + timedelta(hours=6)).isoformat()}
SUNDAY = datetime(2026, 6, 14, tzinfo=UTC)


class Bulk(Rulebook):
    """The shipped rule, started by the shop, without quiet hours and caps: what is seen is the asking."""

    def __init__(self, *, pace: int = 100_000, **changes: Any) -> None:
        super().__init__(load_book(Path("rules")), "cart_abandonment")
        self.pace = pace
        self.changes = {
            "when": event("Flash Sale Started"), "among": everyone(), "unless": None, "audience": None, "goal": None,
            "within": at_once, "per": "sale_id", "holdout": 0, "ladder": (rung("email"),), "expires_after": days(1),
            **changes,
        }  # fmt: skip

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, **self.changes)

    def version(self, number: int) -> Trigger:
        return self.trigger

    def render(self, case: Case, rung: Rung, message_id: str) -> Content | str:
        return write(case, rung)

    @cached_property
    def policy(self) -> Policy:
        return replace(super().policy, quiet_hours=(), spread=timedelta(), caps=(), safety=(), pace=self.pace)


def shop(people: int = 3, zone: str | None = "Europe/London", **changes: Any) -> World:
    world = World(Bulk(**changes), NOON - timedelta(hours=1))
    for number in range(people):
        introduce(world, f"p{number}", zone)
    world.turn_to(NOON)
    return world


def introduce(world: World, person: str, zone: str | None = None, **traits: Any) -> None:
    given = {"email": f"{person}@example.com", **({"timezone": zone} if zone else {}), **traits}
    world.tell(make_event("Profile Updated", world.now, given, person=person))
    allowed = {"channel": "email", "purpose": "promotional", "status": "granted"}
    world.tell(make_event("Consent Updated", world.now, allowed, person=person))


def sale(at: datetime = NOON, event_id: str = "sale-1", **properties: Any) -> Event:
    return make_event("Flash Sale Started", at, {**SALE, **properties}, person="", event_id=event_id)


def reached(world: World) -> list[str]:
    return sorted(message.person for message in world.messages())


def waves(world: World) -> list[Wave]:
    return [world.store.get(ref).value for ref in world.store.rows if ref.kind is Kind.WAVE]


def test_everybody_is_asked_and_messaged_once() -> None:
    world = shop(40)
    world.tell(sale())
    assert reached(world) == sorted(f"p{number}" for number in range(40))
    assert all(wave.over for wave in waves(world))
    assert sum(wave.asked for wave in waves(world)) == 40


def test_a_repeat_of_the_event_asks_nobody_again() -> None:
    world = shop(5)
    world.tell(sale())
    reports = len(world.reports)
    world.tell(sale())
    assert [each.outcome for each in world.reports[reports:]] == ["repeated"]


def test_another_sale_is_another_matter() -> None:
    world = shop(2, again_after=None)
    world.tell(sale())
    world.tell(sale(NOON + timedelta(hours=1), "sale-2", sale_id="s2"))
    assert reached(world) == ["p0", "p0", "p1", "p1"]


def test_somebody_known_by_a_device_alone_is_asked_under_that_name() -> None:
    started = sale().for_person("anonymous:device-1")
    assert Event.model_validate(started).person == "anonymous:device-1"
    assert Event.model_validate(started).of_shop


@pytest.mark.parametrize(
    ("event_of_the_shop", "reason"),
    [
        (sale(NOON - timedelta(days=2)), "expired"),
        (sale(ends_at=(NOON - timedelta(hours=1)).isoformat()), "expired"),
    ],
)
def test_what_is_over_asks_nobody(event_of_the_shop: Event, reason: str) -> None:
    world = shop(until=moment("ends_at"))
    world.signal(event_of_the_shop)
    assert world.reports[-1].reason == reason
    assert waves(world) == []


def test_a_sale_that_ends_while_people_are_asked_ends_the_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    world = shop(40, until=moment("ends_at"), pace=1)
    world.tell(sale(ends_at=(NOON + timedelta(minutes=40)).isoformat()))
    world.turn(hours=5)
    asked = sum(wave.asked for wave in waves(world))
    assert 16 <= asked < 40
    assert len(reached(world)) == asked
    assert all(wave.over for wave in waves(world))


def test_a_page_follows_another_no_faster_than_the_policy_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    world = shop(60, pace=16)  # each of 16 lanes asks one person a minute
    world.tell(sale())
    assert len(reached(world)) <= 16
    asked = []
    for _ in range(12):
        asked.append(len(reached(world)))
        world.turn(minutes=1)
    assert all(after - before <= 16 for before, after in pairwise(asked))
    assert len(reached(world)) == 60


def test_two_sales_at_once_keep_the_pace_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    world = shop(60, pace=16, again_after=None)
    world.tell(sale(), sale(event_id="sale-2", sale_id="s2"))
    before = len(reached(world))
    world.turn(minutes=1)
    assert len(reached(world)) - before <= 16
    world.turn(minutes=20)
    assert len(reached(world)) == 120


def test_while_the_trigger_is_stopped_nobody_is_asked() -> None:
    world = shop(5)
    stop(world.store, "trigger:cart_abandonment", "an operator", "look first", world.now)
    world.tell(sale())
    world.turn(minutes=10)
    assert sum(wave.asked for wave in waves(world)) == 0
    resume(world.store, "trigger:cart_abandonment")
    world.turn(minutes=2)
    assert len(reached(world)) == 5


def test_while_the_facts_lag_behind_nobody_is_asked() -> None:
    world = shop(5)
    world.facts_stand_still_since = world.now
    world.turn(minutes=20)
    world.tell(sale(world.now))
    assert sum(wave.asked for wave in waves(world)) == 0
    world.catch_up()
    world.turn(minutes=2)
    assert len(reached(world)) == 5


def test_a_message_of_a_wave_that_comes_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    world = shop(40)
    world.tell(sale())
    world.turn(minutes=1)
    before = {ref: row for ref, row in world.store.rows.items() if ref.kind is Kind.WAVE}
    for ref in before:
        for step in range(4):
            world.signal(WaveStep(world.rules.id, ref.name, step))
    assert before == {ref: row for ref, row in world.store.rows.items() if ref.kind is Kind.WAVE}
    assert len(reached(world)) == 40


def test_whoever_dies_after_moving_a_wave_on_loses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    world = shop(40)
    put, lost = world.own_queue.put, list[Mapping[str, Any]]()

    def losing(bodies: Any, at: datetime | None = None) -> None:
        """The message for the second page is never put: the process dies between the write and it."""
        for body in bodies:
            if body.get("wave", {}).get("step") == 1:
                lost.append(body)
            else:
                put([body], at)

    monkeypatch.setattr(world.own_queue, "put", losing)
    world.tell(sale())
    assert len(reached(world)) < 40
    monkeypatch.setattr(world.own_queue, "put", put)
    for body in lost:  # the queue delivers the message of the first page again
        world.signal(WaveStep(**{**body["wave"], "step": 0}))
    world.turn(minutes=1)
    assert len(reached(world)) == 40


def test_a_race_for_a_wave_asks_nobody_twice() -> None:
    world = shop(5)
    commit, races = world.store.commit, iter([True])

    def racing(puts: Any) -> None:
        if any(put.ref.kind is Kind.WAVE and put.expect for put in puts) and next(races, False):
            raise Conflict("wave")
        commit(puts)

    world.store.commit = racing  # type: ignore[method-assign]
    world.tell(sale())
    assert reached(world) == [f"p{number}" for number in range(5)]


# --- followers


def follow(world: World, person: str, since: datetime, by: str = "product_id", value: str = "mug") -> None:
    ms = int(since.timestamp() * 1000)
    place = InCohort(part_of(f"{by}={value}", person), rank_of(ms, person))
    put = Put(Ref(Kind.FOLLOWER, f"{by}={value}", person), Follower(since=ms, at=ms), 0, cohort=place)
    world.store.commit([put])


def test_followers_alone_are_asked_who_came_first_first() -> None:
    world = shop(12, among=followers(of="product_id"), per="product_id")
    for number in range(10):
        follow(world, f"p{number}", NOON - timedelta(minutes=number))
    world.tell(sale(product_id="mug"))
    (wave,) = waves(world)
    assert wave.asked == 10
    assert [message.person for message in world.messages()] == [f"p{number}" for number in reversed(range(10))]


def test_waves_ask_as_many_as_the_stock_bears_and_pause() -> None:
    among = followers(of="product_id", waves="stock", pause=hours(1))
    world = shop(10, among=among, per="product_id")
    for number in range(10):
        follow(world, f"p{number}", NOON - timedelta(days=1) + timedelta(minutes=number))
    stocked(world, 3)
    world.tell(sale(product_id="mug"))
    assert reached(world) == ["p0", "p1", "p2"]
    world.turn(minutes=59)
    assert len(reached(world)) == 3
    stocked(world, 2)
    world.turn(minutes=2)
    assert reached(world) == ["p0", "p1", "p2", "p3", "p4"]
    stocked(world, 0)
    world.turn(hours=2)
    assert len(reached(world)) == 5
    assert all(wave.over for wave in waves(world))


def stocked(world: World, stock: int) -> None:
    ref = Ref(Kind.PRODUCT, "mug")
    product = Product(product_id="mug", stock=stock)
    world.store.commit([Put(ref, product, world.store.get(ref).version)])


def test_what_names_nothing_to_follow_asks_nobody() -> None:
    world = shop(among=followers(of="category"))
    world.tell(sale())
    assert world.reports[-1].reason == "nobody_follows"


# --- the calendar


def tick(world: World) -> None:
    world.signal(Tick())


def ticking(world: World, until: datetime) -> None:
    while world.now < until:
        tick(world)
        world.turn(minutes=15)


def newsletter(**changes: Any) -> World:
    given = {"when": None, "every": weekly("sunday", time(10)), "per": "person", "again_after": None, **changes}
    return shop(0, **given)


def test_everybody_is_asked_at_their_own_hour() -> None:
    world = newsletter()
    zones = {
        "tokyo": "Asia/Tokyo",
        "kathmandu": "Asia/Kathmandu",
        "berlin": "Europe/Berlin",
        "denver": "America/Denver",
    }
    for person, zone in zones.items():
        introduce(world, person, zone)
    introduce(world, "nowhere")
    ticking(world, SUNDAY + timedelta(days=2))
    got = {message.person: message.claimed_at for message in world.messages()}
    expected = {person: SUNDAY.replace(hour=10, tzinfo=ZoneInfo(zone)) for person, zone in zones.items()}
    assert got == {**expected, "nowhere": SUNDAY.replace(hour=10, tzinfo=ZoneInfo("Europe/London"))}


def test_a_tick_that_comes_again_asks_nobody_again() -> None:
    world = newsletter()
    introduce(world, "ada", "Europe/London")
    ticking(world, SUNDAY + timedelta(hours=10))
    for _ in range(3):
        tick(world)
    assert reached(world) == ["ada"]


def test_after_an_outage_what_is_still_of_use_is_caught_up_with() -> None:
    world = newsletter(every=daily(time(10)), expires_after=hours(6))
    introduce(world, "ada", "Europe/London")
    tick(world)
    world.turn_to(SUNDAY + timedelta(hours=12))
    tick(world)
    assert reached(world) == ["ada"]  # Sunday's hour alone: those of the days before have expired


def test_two_sales_at_once_keep_to_one_pace() -> None:
    """A lane takes a sixteenth of the pace: at one person a minute it is free again after sixteen minutes."""
    world = shop(1, pace=1, again_after=None)
    world.tell(sale(sale_id="first"), sale(event_id="sale-2", sale_id="second"))
    world.turn(hours=1)
    first, second = sorted(message.claimed_at for message in world.messages())
    assert second - first == timedelta(minutes=16)


def test_after_an_outage_of_hours_all_zones_are_caught_up_with_in_writes_that_a_table_takes() -> None:
    world = newsletter(every=daily(time(10)), expires_after=hours(20))
    zones = {f"p{offset}": f"Etc/GMT{offset:+}" for offset in range(-9, 10)}
    for person, zone in zones.items():
        introduce(world, person, zone)
    tick(world)
    world.turn_to(SUNDAY + timedelta(hours=20))
    for _ in range(4):
        tick(world)
        world.turn_to(world.now + timedelta(minutes=15))
    assert set(reached(world)) == set(zones)


def test_the_first_tick_brings_nothing_of_what_was_before_it() -> None:
    world = newsletter()
    introduce(world, "ada", "Europe/London")
    world.turn_to(SUNDAY + timedelta(hours=9, minutes=1))
    ticking(world, SUNDAY + timedelta(days=1))
    assert reached(world) == []


def test_who_travels_west_is_not_asked_again_at_the_next_zones_hour() -> None:
    world = newsletter()
    introduce(world, "ada", "Europe/London")
    ticking(world, SUNDAY + timedelta(hours=10))
    introduce(world, "ada", "America/Denver")
    ticking(world, SUNDAY + timedelta(days=1))
    assert reached(world) == ["ada"]

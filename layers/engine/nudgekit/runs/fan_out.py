"""What the shop or the calendar starts, turned into one start for each person of a cohort.

An event becomes *waves*: rows that say how far the asking of one share of the people has come, and a message on the
trigger's own queue for each. Every message takes one page of people, puts one start for each of them on the queue,
moves the row on and asks for the next page. A message that comes again finds its row gone on, and starts that come
again are repeats of a run: whoever dies in between, everybody is asked, and nobody is messaged twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeGuard

from nudgekit.language.cohorts import Among
from nudgekit.language.trigger import Trigger
from nudgekit.model.catalogue import Product
from nudgekit.model.event import CALENDAR, Detail, Event, Properties
from nudgekit.model.operation import SAFETY, Operation
from nudgekit.model.reasons import Reason
from nudgekit.model.wave import Calendar, Pace, Wave
from nudgekit.runs.arm import times_of
from nudgekit.runs.cohorts import HOME, SHARDS, everyone_in, followers_of, shard_of
from nudgekit.runs.documents import OPERATION, ZONES, Kind, Put, Ref
from nudgekit.runs.hours import Hour, hours_between
from nudgekit.runs.pages import KEPT, put_wave, take
from nudgekit.runs.plan import Plan
from nudgekit.runs.ports import Cohorts
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import SOURCE, Signal, Tick, WaveStep, wave_body
from nudgekit.runs.snapshot import Snapshot

PAUSE: Final = timedelta(minutes=1)
"""How long nobody is asked while the trigger is stopped, or while the facts lag behind."""

CREDIT: Final = timedelta(seconds=10)
"""How much of the time that a lane has lost it may make up for."""

EARLY: Final = timedelta(seconds=1)
"""A queue's delays are whole seconds: a page so much ahead of its time is asked all the same."""

MOST_HOURS: Final = 5
"""So many hours of the calendar are begun at a tick, and one more that comes at the same moment as the last (across
the date line clocks show the same time on two days): a row a share of each, all in one transaction of at most 100."""

Bulk = Event | Tick | WaveStep
"""What concerns many people: an event of the shop, the calendar's tick, or one step of a wave."""

Shares = Mapping[int, Sequence[str]]
"""The parts of a cohort by the lane in which they are asked."""


class Held(NamedTuple):
    """Why nobody may be asked, and when to look again."""

    reason: str
    until: datetime


def is_bulk(signal: Signal) -> TypeGuard[Bulk]:
    """Whether the signal concerns many people."""
    return isinstance(signal, Tick | WaveStep) or (isinstance(signal, Event) and not signal.person)


class FanOut:
    """Asks everybody whom one trigger's starts concern.

    Args:
        rules: the trigger's rules.
        cohorts: finds the people; None only for a trigger without `among`.
    """

    def __init__(self, rules: Rulebook, cohorts: Cohorts | None) -> None:
        self.rules, self.cohorts = rules, cohorts

    def refs(self, signal: Bulk) -> tuple[Ref, ...]:
        """What is worth reading for `signal`."""
        if isinstance(signal, Event):
            return (ZONES,)
        if isinstance(signal, Tick):
            return (ZONES, self._calendar)
        return (Ref(Kind.WAVE, self.rules.id, signal.name), self._lane(signal.name), OPERATION)

    def plan(self, signal: Bulk, snapshot: Snapshot, now: datetime) -> Plan:
        """What `signal` brings about."""
        trigger = self.rules.trigger
        if trigger.among is None:
            return self._nothing("nobody_is_asked")
        if isinstance(signal, Event):
            return self._begin(signal, trigger.among, snapshot, now)
        if isinstance(signal, Tick):
            return self._tick(trigger, snapshot, now)
        return self._step(signal, trigger.among, snapshot, now)

    @property
    def _calendar(self) -> Ref:
        return Ref(Kind.CALENDAR, self.rules.id)

    def _lane(self, wave: str) -> Ref:
        return Ref(Kind.PACE, self.rules.id, wave.rpartition("#")[2])

    # --- an event, or an hour of the calendar, becomes waves

    def _begin(self, event: Event, among: Among, snapshot: Snapshot, now: datetime) -> Plan:
        """Waves for an event of the shop; none when it comes too late, or names no time or nothing to follow."""
        if not event.of_shop:
            return self._nothing("nobodys_event")
        late = self._too_late(event, now)
        if late:
            return self._nothing(late)
        shares = _shares(among, event, snapshot)
        return self._waves(event, shares, snapshot, now) if shares else self._nothing("nobody_follows")

    def _too_late(self, event: Event, now: datetime) -> str:
        times = times_of(self.rules.trigger, event)
        if times is None:
            return "no_time"
        return Reason.EXPIRED if times.expires <= now else ""

    def _waves(self, event: Event, shares: Shares, snapshot: Snapshot, now: datetime) -> Plan:
        """Rows for those shares that have none yet, and a message for each that is not through."""
        refs = {lane: Ref(Kind.WAVE, self.rules.id, f"{event.id}#{lane}") for lane in shares}
        snapshot.refresh(refs.values())
        puts: list[Put] = []
        steps: list[tuple[Mapping[str, Any], datetime]] = []
        for lane, ref in refs.items():
            stored = snapshot.get(ref)
            wave: Wave = stored.value or self._wave(event, shares[lane], now)
            if stored.version == 0:
                puts.append(put_wave(ref, wave, 0, now))
            if not wave.over:
                steps.append((self._next(ref, wave), wave.due_at))
        return Plan(self._report("fanned_out" if puts else "repeated"), puts=tuple(puts), steps=tuple(steps))

    def _wave(self, event: Event, parts: Iterable[str], now: datetime) -> Wave:
        among = self.rules.trigger.among
        of: Any = Kind.FOLLOWER if among is not None and among.by else Kind.PROFILE
        return Wave(event=event, of=of, places=dict.fromkeys(parts, ""), due_at=now)

    def _tick(self, trigger: Trigger, snapshot: Snapshot, now: datetime) -> Plan:
        """Waves for every hour that some zone's clock has shown since the last tick; the first tick begins to count.

        After an outage the hours come a few at a tick. How far was looked is written last: a tick that dies before its
        messages are put is made up for by the next.
        """
        if trigger.every is None:
            return self._nothing("no_calendar")
        stored = snapshot.get(self._calendar)
        since: datetime = stored.value.until if stored.value is not None else now
        if stored.value is not None and since >= now:
            return self._nothing("stale")
        zones = {name: self._zone(name) for name in snapshot.get(ZONES).value or ()}
        hours = hours_between(trigger.every, zones, max(since, now - trigger.expires_after), now)
        until = list(hours)[MOST_HOURS - 1].at if len(hours) > MOST_HOURS else now
        due = ((hour, _everyone(names)) for hour, names in hours.items() if hour.at <= until)
        plans = [self._waves(self._event(hour), shares, snapshot, now) for hour, shares in due]
        looked = Put(self._calendar, Calendar(until=until), stored.version)
        return Plan(
            self._report("fanned_out" if any(plan.puts for plan in plans) else "looked"),
            puts=tuple(put for plan in plans for put in plan.puts),
            steps=tuple(step for plan in plans for step in plan.steps),
            last=(looked,),
        )

    def _zone(self, name: str) -> str:
        return self.rules.policy.default_timezone if name == HOME else name

    def _event(self, hour: Hour) -> Event:
        named = f"{self.rules.id}@{hour.at:%Y-%m-%dT%H:%MZ}@{hour.shown}"
        properties = Properties.model_validate({"local_time": hour.shown})
        return Event(
            source=SOURCE, name=CALENDAR, detail=Detail(message_id=named, timestamp=hour.at, properties=properties)
        )

    # --- one step of a wave

    def _step(self, signal: WaveStep, among: Among, snapshot: Snapshot, now: datetime) -> Plan:
        ref = Ref(Kind.WAVE, self.rules.id, signal.name)
        stored = snapshot.get(ref)
        wave: Wave | None = stored.value
        if wave is None or wave.over or signal.step < wave.step:
            return self._stale(signal, ref, wave)
        late = self._too_late(wave.event, now)
        if late:
            return self._end(ref, wave, stored.version, late, now)
        held = self._held(ref, wave, snapshot, now)
        if held is not None:
            return Plan(self._report("waited", held.reason), steps=((self._next(ref, wave), held.until),))
        wave = _with_room(wave, among, snapshot)
        if wave.over:
            return self._end(ref, wave, stored.version, Reason.OUT_OF_STOCK, now)
        return self._ask(ref, wave, among, snapshot, now)

    def _stale(self, signal: WaveStep, ref: Ref, wave: Wave | None) -> Plan:
        """A repeat of the last step asks for the next once more: who moved the row may have died before it could."""
        plan = self._nothing("stale" if wave else "unknown_wave")
        if wave is None or wave.over or signal.step < wave.step - 1:
            return plan
        return plan._replace(steps=((self._next(ref, wave), wave.due_at),))

    def _end(self, ref: Ref, wave: Wave, version: int, reason: str, now: datetime) -> Plan:
        over = wave.model_copy(update={"places": {}, "step": wave.step + 1})
        return Plan(self._report("ignored", reason), puts=(put_wave(ref, over, version, now),))

    def _held(self, ref: Ref, wave: Wave, snapshot: Snapshot, now: datetime) -> Held | None:
        """Why nobody may be asked at the moment: runs that cannot decide would only pile up."""
        operation: Operation = snapshot.get(OPERATION).value or Operation()
        stop = operation.stopped(self.rules.id)
        if stop is not None:
            return Held(Reason.SAFETY_LIMIT if stop.by == SAFETY else Reason.STOPPED, now + PAUSE)
        if operation.lags(self.rules.policy.freshness, now):
            return Held(Reason.FACTS_BEHIND, now + PAUSE)
        lane: Pace | None = snapshot.get(self._lane(ref.name)).value
        free_at = max(wave.due_at, lane.free_at if lane is not None else wave.due_at)
        return Held("paced", free_at) if free_at > now + EARLY else None

    def _ask(self, ref: Ref, wave: Wave, among: Among, snapshot: Snapshot, now: datetime) -> Plan:
        """One start for each person of the next page, then the row, then the message for the page after it."""
        if self.cohorts is None:
            raise AssertionError("nobody is asked without an index of people")
        people, places = take(self.cohorts, wave)
        lane, row = snapshot.get(self._lane(ref.name)), snapshot.get(ref)
        free_at = self._free_at(lane.value, len(people), now)
        room = None if wave.room is None else wave.room - len(people)
        moved = wave.model_copy(
            update={
                "places": places,
                "step": wave.step + 1,
                "asked": wave.asked + len(people),
                "room": room,
                "due_at": max(free_at, now + among.pause) if room == 0 else free_at,
            }
        )
        pace = Put(self._lane(ref.name), Pace(free_at=free_at), lane.version, None, free_at + KEPT)
        return Plan(
            self._report("asked"),
            starts=tuple(wave.event.for_person(person) for person in people),
            puts=(put_wave(ref, moved, row.version, now), *((pace,) if people else ())),
            steps=() if moved.over else ((self._next(ref, moved), moved.due_at),),
        )

    def _free_at(self, before: Pace | None, people: int, now: datetime) -> datetime:
        """When the lane is free again, once it has taken so many people: each has its share of the policy's pace."""
        begins = max(before.free_at, now - CREDIT) if before is not None else now
        return begins + people * SHARDS * timedelta(minutes=1) / self.rules.policy.pace

    def _next(self, ref: Ref, wave: Wave) -> Mapping[str, Any]:
        return wave_body(WaveStep(self.rules.id, ref.name, wave.step))

    def _nothing(self, reason: str) -> Plan:
        return Plan(self._report("ignored", reason))

    def _report(self, outcome: str, reason: str = "") -> Report:
        return Report(outcome, self.rules.id, reason=reason)  # type: ignore[arg-type]


def _shares(among: Among, event: Event, snapshot: Snapshot) -> Shares:
    """The parts of the cohort that the event concerns, by lane; nothing when it names nothing to follow.

    Followers of a product are asked in one lane, in order of who came first; others side by side.
    """
    if not among.by:
        return _everyone(snapshot.get(ZONES).value or ())
    value = event.key(among.by) if among.by == "product_id" else str(event.about.get(among.by, ""))
    parts, first = followers_of(among.by, value), shard_of(value)
    if not value:
        return {}
    if among.waves or among.by == "product_id":
        return {first: parts}
    return {(first + number) % SHARDS: (part,) for number, part in enumerate(parts)}


def _everyone(zones: Sequence[str]) -> Shares:
    return {lane: [everyone_in(zone, lane) for zone in zones] for lane in range(SHARDS)} if zones else {}


def _with_room(wave: Wave, among: Among, snapshot: Snapshot) -> Wave:
    """The wave with as much room as the product's stock bears, read anew after each pause; over when it is sold out."""
    if not among.waves or wave.room:
        return wave
    ref = Ref(Kind.PRODUCT, wave.event.key("product_id"))
    snapshot.refresh((ref,))
    product: Product | None = snapshot.get(ref).value
    if product is None or product.stock is None:
        return wave.model_copy(update={"room": None})
    return wave.model_copy(update={"room": product.stock} if not product.sold_out else {"places": {}})

"""Whoever turns out to be one, and whoever shares an address: in any order of whatever is under way.

Events, merges, wake-ups, hand-offs and receipts are tasks that come in any order, some of them twice, and a merge may
happen between the reading and the writing of any of them. What providers were given is judged by the plain list of what
was said and done, without a look at what is stored.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from nudgekit.book import load_book
from nudgekit.errors import Conflict
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent
from nudgekit.model.event import Event, parse_event
from nudgekit.model.ledger import Ledger
from nudgekit.model.reasons import Reason
from nudgekit.runs import conduct, merge, move, project
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.merge import identities
from nudgekit.runs.ports import MessageRef
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import News, Signal, read_signal
from nudgekit.runs.suppression import Suppression
from tests.builders import NOON, make_event
from tests.examples import examples
from tests.world import LEASE, Everybody, World

KEY = Suppression(b"a key for tests")
IDS = ("guest", "buyer", "app")
Plant = Callable[[pytest.MonkeyPatch], None]
Act = tuple[Any, ...]


class Done(NamedTuple):
    """Something that happened to `person` at a moment: an event, a word on consent, a merge or a message."""

    what: str
    person: str
    at: datetime
    detail: str = ""
    message: str = ""


@cache
def rules() -> Rulebook:
    return Everybody(load_book(Path("rules")), "cart_abandonment")


class Loose(World):
    """A shop in which nothing travels by itself: each task is done when it is picked.

    Attributes:
        tasks: all that is under way.
        log: what happened, in order.
        meanwhile: happens between the reading and the writing of the next task.
    """

    def __init__(self) -> None:
        self.tasks: list[Callable[[], object]] = []
        self.log: list[Done] = []
        self.meanwhile: Callable[[], object] | None = None
        super().__init__(rules(), NOON, KEY)

    def do(self, act: Act) -> None:
        """Let one thing happen."""
        getattr(self, f"do_{act[0]}")(*act[1:])
        self.collect()

    def do_fill(self, person: str) -> None:
        self.happen(make_event(person=person, at=self.now))

    def do_order(self, person: str) -> None:
        self.happen(make_event("Order Completed", self.now, {"order_id": "o1", "cart_id": "c1"}, person=person))

    def do_say(self, person: str, status: str, channel: str) -> None:
        self.happen(said(person, status, channel, self.now))

    def do_link(self, old: str, person: str) -> None:
        event = make_event("Identity Linked", self.now, {"previous_id": old}, person=person)
        (identity,) = identities(event)
        merge.merge(identity, self.store, self.now, KEY)
        self.log.append(Done("link", person, self.now, old))

    def do_link_meanwhile(self, old: str, person: str) -> None:
        self.meanwhile = lambda: self.do_link(old, person)

    def do_lose(self, channel: str) -> None:
        """The channel's latest message turns out not to have arrived."""
        for message, _ in self.providers[Channel(channel)].sent[-1:]:
            self.log.append(Done("lost", message.person, self.now, channel, message.id))
            given = {
                "message": message.id, "trigger": message.trigger, "key": message.run, "channel": channel,
                "occurrence": message.occurrence, "rung": message.rung, "reason": "undelivered",
            }  # fmt: skip
            event = make_event("Message Failed", self.now, given, person=message.person)
            raw = event.model_copy(update={"source": "nudgekit"}).model_dump(mode="json", by_alias=True)
            self.tasks.append(lambda raw=raw: self.hear_one(raw))  # type: ignore[misc]

    def do_wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def do_tick(self) -> None:
        self.now += timedelta(seconds=1)

    def do_work(self, number: int, *, twice: bool) -> None:
        if self.tasks:
            task = self.tasks[number % len(self.tasks)]
            if not twice:
                self.tasks.remove(task)
            task()

    def do_settle(self) -> None:
        """All that is under way arrives."""
        self.collect()
        while self.tasks:
            self.do_work(0, twice=False)
            self.collect()

    def happen(self, event: Event) -> None:
        detail = event.detail.properties.model_dump()
        self.log.append(Done(event.name, event.person, event.at, f"{detail.get('channel')} {detail.get('status')}"))
        self.fold(event)
        if event.name in self.rules.trigger.start_events:
            self.tasks.append(lambda: self.signal(event))

    def signal(self, signal: Signal) -> Any:
        """As the trigger does; something may happen between its reading and its writing."""
        snapshot = self.conductor.read([signal])
        self.disturb()
        report = self.conductor.conduct(signal, snapshot, self.now)
        self.note(report)
        return report

    def deliver(self, ref: MessageRef) -> None:
        handing = HandOff(lambda _: self.rules, self.store, self.providers[ref.channel], LEASE)
        snapshot, before, position = handing.read([ref]), len(self.sent), len(self.log)
        self.disturb()
        try:
            delivery = handing.hand_off(ref, snapshot, self.now)
        except Conflict:  # the queue brings it again
            self.tasks.append(lambda: self.deliver(ref))
            return
        if len(self.sent) > before:  # it counts as sent when the last look was taken: a merge may be later by a moment
            self.log.insert(position, Done("sent", ref.person, self.now, ref.channel, ref.id))
        self.bus.publish(delivery.events)

    def disturb(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()

    def hear_one(self, raw: Any) -> None:
        self.fold(parse_event(raw, self.now))
        signal = read_signal(raw, self.now)
        if isinstance(signal, News):
            self.signal(signal)

    def collect(self) -> None:
        """What is due, claimed or told becomes a task."""
        for wake_up in self.timer.due(self.now):
            self.tasks.append(lambda wake_up=wake_up: self.signal(wake_up))  # type: ignore[misc]
        for message in self.outbox.take():
            self.tasks.append(lambda message=message: self.deliver(message))  # type: ignore[misc]
        for raw in self.bus.take():
            self.tasks.append(lambda raw=raw: self.hear_one(raw))  # type: ignore[misc]

    def to_the_end(self) -> None:
        """Let everything come to rest."""
        self.collect()
        while self.tasks or self.timer.queue:
            if not self.tasks:
                self.now = max(self.now, self.timer.queue[0][0])
            self.do_settle()


def said(person: str, status: str, channel: str, at: datetime) -> Event:
    given = {"channel": channel, "purpose": "promotional", "status": status}
    return make_event("Consent Updated", at, given, person=person)


CHANNELS = st.sampled_from(["push", "email", "sms"])
PEOPLE = st.sampled_from(IDS)
PAIRS = st.sampled_from([("guest", "buyer"), ("buyer", "app"), ("app", "guest"), ("buyer", "guest")])
FILL = st.tuples(st.just("fill"), PEOPLE)
SETTLED = st.just(("settle",))
MAIL_WORDS = st.tuples(st.just("say"), PEOPLE, st.sampled_from(["granted", "denied"]), st.just("email"))
MIXED = (
    FILL,
    st.tuples(st.just("order"), PEOPLE),
    st.tuples(st.just("say"), PEOPLE, st.sampled_from(["granted", "denied"]), CHANNELS),
    st.tuples(st.just("lose"), CHANNELS),
    st.tuples(st.just("wait"), st.sampled_from([1, 31, 125])),
    st.tuples(st.just("wait"), st.sampled_from([31, 125, 1250])),
    st.tuples(st.just("work"), st.integers(0, 5)),
    SETTLED,
    st.tuples(st.just("work twice"), st.integers(0, 5)),
)
LINKS = (
    PAIRS.map(lambda pair: ("link", *pair)),
    PAIRS.map(lambda pair: ("link_meanwhile", *pair)),
)


def linked_by(log: list[Done], before: datetime | None = None) -> Callable[[str], frozenset[str]]:
    """Who is one with whom by the merges of `log`, those after `before` left out."""
    groups = {each: frozenset({each}) for each in IDS}
    for done in log:
        if done.what == "link" and (before is None or done.at <= before):
            together = groups[done.person] | groups[done.detail]
            groups |= dict.fromkeys(together, together)
    return groups.__getitem__


def live(world: Loose, acts: list[Act]) -> Loose:
    for act in acts:
        if act[0] == "work twice":
            world.do_work(act[1], twice=True)
            world.collect()
        elif act[0] == "work":
            world.do_work(act[1], twice=False)
            world.collect()
        else:
            world.do(act)
    world.to_the_end()
    return world


def introduced(address: Callable[[str], str]) -> Loose:
    """Three ids, each of which allows everything."""
    world = Loose()
    for number, person in enumerate(IDS):
        known: dict[str, object] = {
            "email": address(person),
            "phone": f"+4915550100{number}",
            "timezone": "Europe/London",
        }
        known["push"] = [{"endpoint": f"device-{person}", "platform": "fcm"}]
        world.fold(make_event("Profile Updated", NOON, known, person=person))
        for channel in ("push", "email", "sms"):
            world.happen(said(person, "granted", channel, NOON))
    world.now += timedelta(minutes=1)
    return world


def endings(world: Loose) -> None:
    for person in IDS:
        run = world.store.get(Ref(Kind.RUN, person, "cart_abandonment#c1")).value
        assert run is None or run.outcome is not None, "a run has no end"
        assert run is None or run.reason in set(Reason), "an end has no reason"


def judge(world: Loose) -> None:
    """By what happened alone: nothing doubled, no order overlooked, no refusal lost."""
    endings(world)
    for position, sent in enumerate(world.log):
        if sent.what == "sent":
            before = world.log[:position]
            family = linked_by(before)(sent.person)
            assert not doubles(before, sent, family), "a channel was used twice for one person and cart"
            assert not bought(before, family), "somebody who had bought was asked to buy"
            assert not refused(before, sent, family), "a refusal was lost"


def arrived(log: list[Done]) -> list[Done]:
    """Messages that were sent and not lost: of those that were, another life of the run may speak again."""
    lost = {each.message for each in log if each.what == "lost"}
    return [each for each in log if each.what == "sent" and each.message not in lost]


def doubles(before: list[Done], sent: Done, family: frozenset[str]) -> list[Done]:
    """Messages to the person on the same channel: a rung is climbed once within the rule's week."""
    return [each for each in arrived(before) if each.person in family and each.detail == sent.detail]


def bought(before: list[Done], family: frozenset[str]) -> bool:
    """Whether the person's last word on the cart was an order."""
    deeds = [each for each in before if each.person in family and each.what in {"Product Added", "Order Completed"}]
    return bool(deeds) and max(deeds, key=lambda each: each.at).what == "Order Completed"


def refused(before: list[Done], sent: Done, family: frozenset[str]) -> bool:
    """Whether a refusal stands that no later grant of the same person, as known then, has taken back."""
    words = [each for each in before if each.what == "Consent Updated" and each.person in family]
    denials, grants = (
        [each for each in words if each.detail == f"{sent.detail} {word}"] for word in ("denied", "granted")
    )
    return any(not any(takes_back(grant, denial, before) for grant in grants) for denial in denials)


def takes_back(grant: Done, denial: Done, log: list[Done]) -> bool:
    return grant.at > denial.at and grant.person in linked_by(log, grant.at)(denial.person)


def own_address(person: str) -> str:
    return f"{person}@example.com"


def one_person(acts: list[Act]) -> None:
    judge(live(introduced(own_address), acts))


LIVES = st.lists(st.one_of(*MIXED, *LINKS), min_size=4, max_size=24).map(lambda acts: [("fill", "guest"), *acts])


TWO_OPENED_LADDERS: list[Act] = [
    ("fill", "guest"), ("fill", "buyer"), ("wait", 31), ("say", "guest", "denied", "push"), ("settle",),
    ("link", "guest", "buyer"),
]  # fmt: skip


@examples(100)
@given(LIVES)
@example(TWO_OPENED_LADDERS)
def test_two_ids_of_one_person_are_one_from_their_merge_on(acts: list[Act]) -> None:
    one_person(spaced(acts))


def spaced(acts: list[Act]) -> list[Act]:
    """A second passes between two acts, so that it is plain which came first."""
    return [each for act in acts for each in (act, ("tick",))]


def one_address(acts: list[Act]) -> None:
    world = live(introduced(lambda _: "family@example.com"), acts)
    endings(world)
    mails = [each.at for each in arrived(world.log) if each.detail == "email"]
    week = rules().trigger.again_after or timedelta()
    assert all(later - earlier >= week for earlier, later in pairwise(sorted(mails))), "an address heard of it twice"


TWO_CARTS: list[Act] = [("fill", "guest"), ("fill", "buyer")]
SHARED = st.lists(st.one_of(*MIXED), min_size=4, max_size=24).map(lambda acts: TWO_CARTS + acts)


@examples(60)
@given(SHARED)
def test_an_address_hears_of_a_trigger_once_whoever_has_it(acts: list[Act]) -> None:
    one_address(spaced(acts))


CHAIN = (("guest", "buyer"), ("buyer", "app"), ("app", "guest"))


def known_of(world: Loose, person: str) -> Any:
    """What a decision would see of whoever `person` turned out to be."""
    while (facts := world.store.get(Ref(Kind.FACTS, person)).value) and facts.merged_into:
        person = facts.merged_into
    consent: Consent = world.store.get(Ref(Kind.CONSENT, person)).value
    status = [consent.status(channel, "promotional", world.now) for channel in Channel]
    ledger = world.store.get(Ref(Kind.LEDGER, person)).value or Ledger()
    lines = {name: line._replace(mark="") for name, line in facts.lines.items()}
    return facts.last, lines, facts.days, status, ledger


@examples(30)
@given(st.permutations(CHAIN[:2]), st.permutations(CHAIN), st.lists(st.one_of(*MIXED[:3]), max_size=8))
def test_the_order_of_merges_does_not_matter(few: list[Act], all_of_them: list[Act], acts: list[Act]) -> None:
    seen = []
    for links in (list(CHAIN[:2]), few, all_of_them):
        world = introduced(own_address)
        for act in spaced(acts):
            world.do(act)
        for link in links:
            world.do(("link", *link))
        seen.append([known_of(world, person)[:4] for person in IDS])
        world.to_the_end()
        seen[-1].append(sorted(each.detail for each in world.log if each.what == "sent"))
    assert seen[0] == seen[1] == seen[2]


def somebody_hears(acts: list[Act]) -> None:
    """Nobody ordered, refused or was lost: everybody with a cart hears of it, under whichever id."""
    world = live(introduced(own_address), acts)
    judge(world)
    heard = {each.person for each in world.log if each.what == "sent"}
    for done in world.log:
        if done.what == "Product Added":
            assert heard & linked_by(world.log)(done.person), "somebody was forgotten"


SHORT_WAITS = st.tuples(st.just("wait"), st.sampled_from([1, 31, 125]))
QUIET_LIVES = st.lists(st.one_of(FILL, SHORT_WAITS, *MIXED[-3:], *LINKS), min_size=4, max_size=16)
"""Too short for a run to expire before anything is settled."""


@examples(30)
@given(QUIET_LIVES)
def test_nobody_is_forgotten_in_a_merge(acts: list[Act]) -> None:
    somebody_hears(spaced(acts))


def events_stay_with_their_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(project, "survivor", lambda person, _snapshot: person)


def the_newest_word_wins(patch: pytest.MonkeyPatch) -> None:
    def merged(self: Consent, other: Consent, _at: datetime) -> Consent:
        words = sorted((*self.said.values(), *other.said.values()), key=lambda word: word.at)
        return Consent(said={word.subject: word for word in words})

    patch.setattr(Consent, "merged", merged)


def ledgers_are_not_merged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "merged", lambda self, _other: self)


def runs_end_with_their_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(move, "_lives_there", lambda _run, _there: True)


def neighbours_are_strangers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(conduct, "neighbours_of", lambda *_: {})


SOON = st.just(("wait", 31))
JOIN = st.just(("link", "guest", "buyer"))
TWO_LADDERS = st.lists(st.one_of(FILL, SOON, SETTLED, JOIN), min_size=8, max_size=12)
WORDS = st.lists(st.one_of(FILL, MAIL_WORDS, JOIN), min_size=4, max_size=10)
PLANTED = [
    (events_stay_with_their_id, one_person, LIVES),
    (the_newest_word_wins, one_person, WORDS),
    (ledgers_are_not_merged, one_person, TWO_LADDERS),
    (runs_end_with_their_id, somebody_hears, QUIET_LIVES),
    (neighbours_are_strangers, one_address, SHARED),
]


@pytest.mark.parametrize(("plant", "check", "lives"), PLANTED, ids=[plant.__name__ for plant, _, _ in PLANTED])
def test_a_planted_defect_is_found(
    plant: Plant,
    check: Callable[[list[Act]], None],
    lives: st.SearchStrategy[list[Act]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @settings(max_examples=300, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(lives)
    def tried(acts: list[Act]) -> None:
        check(spaced(acts))

    plant(monkeypatch)
    with pytest.raises(AssertionError):
        tried()

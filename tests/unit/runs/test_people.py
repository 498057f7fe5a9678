"""Two ids of one person, two people at one address, and people who are to be forgotten."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.adapters.memory import MemoryStore
from nudgekit.book import load_book
from nudgekit.decide.gates.erased import erased
from nudgekit.errors import Conflict, EventError
from nudgekit.model.base import Channel, Purpose, to_ms
from nudgekit.model.consent import Consent, Status
from nudgekit.model.event import Detail, Event, parse_event
from nudgekit.model.facts import Facts
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.addresses import address_owner, alias_ref
from nudgekit.runs.arm import arm
from nudgekit.runs.catalogue import project_catalogue
from nudgekit.runs.documents import Kind, Put, Ref, Write, run_ref
from nudgekit.runs.erase import Eraser, left_of
from nudgekit.runs.export import export
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.overdue import news_of
from nudgekit.runs.ports import Refused
from nudgekit.runs.project import project
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.suppression import Suppression
from tests.builders import NOON, TRIGGER, make_case, make_event
from tests.world import Everybody, World

KEY = Suppression(b"a key for tests")
LATER = NOON + timedelta(hours=1)


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Everybody(load_book(Path("rules")), "cart_abandonment")


@pytest.fixture
def world(rules: Rulebook) -> World:
    return World(rules, NOON, KEY)


def profile(person: str, at: Any = NOON, **given: Any) -> Event:
    return make_event("Profile Updated", at, {"timezone": "Europe/London", **given}, person=person)


def said(person: str, status: str = "granted", channel: str = "email", at: Any = NOON) -> Event:
    return make_event(
        "Consent Updated", at, {"channel": channel, "purpose": "promotional", "status": status}, person=person
    )


def linked(world: World, old: str, person: str) -> Report:
    event = make_event("Identity Linked", world.now, {"previous_id": old}, person=person)
    (identity,) = identities(event)
    return merge(identity, world.store, world.now, KEY)


def facts_of(world: World, person: str) -> Facts:
    found: Facts = world.store.get(Ref(Kind.FACTS, person)).value
    return found


# ------------------------------------------------------------------------------------------------------- one person


def test_an_order_under_the_other_id_silences_the_cart_d2(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com"), said("guest"), make_event(person="guest"))
    world.tell(ordered_by("buyer", NOON + timedelta(minutes=5)))
    linked(world, "guest", "buyer")
    world.turn(days=4)
    assert world.sent == []
    assert (world.run(person="guest").outcome, world.run(person="guest").reason) == (Outcome.SKIPPED, Reason.MERGED)
    assert world.run(person="buyer").reason is Reason.UNLESS_MET


def ordered_by(person: str, at: Any) -> Event:
    return make_event("Order Completed", at, {"order_id": "o1", "cart_id": "c1"}, person=person)


def test_an_order_that_comes_under_a_merged_away_id_counts(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com"), said("guest"), make_event(person="guest"))
    linked(world, "guest", "buyer")
    world.tell(ordered_by("guest", NOON + timedelta(minutes=10)))
    world.turn(days=4)
    assert world.sent == []


def test_a_run_goes_on_under_the_survivor_and_sends_once(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com"), said("guest"), make_event(person="guest"))
    linked(world, "guest", "buyer")
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL]
    assert world.run(person="buyer").outcome is Outcome.SENT
    assert world.store.get(Ref(Kind.CONSENT, "guest")).value is None


def test_a_ladder_half_climbed_goes_on_where_it_stood(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com", phone="+4915550100"))
    world.tell(said("guest"), said("guest", channel="sms"), make_event(person="guest"))
    world.turn(minutes=40)
    assert world.sent == [Channel.EMAIL]
    linked(world, "guest", "buyer")
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL, Channel.SMS]


def test_two_runs_about_one_cart_become_one_message(world: World) -> None:
    for person in ("guest", "buyer"):
        world.tell(profile(person, email="ada@example.com"), said(person), make_event(person=person))
    linked(world, "guest", "buyer")
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL]


def test_a_claimed_message_is_withheld_and_the_survivor_decides(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com"), said("guest"), make_event(person="guest"))
    world.now = NOON + timedelta(minutes=30)
    for wake_up in world.timer.due(world.now):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
    linked(world, "guest", "buyer")
    world.settle()
    assert [message.reason for message in world.messages()] == [Reason.MERGED]
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL]
    assert world.run(person="buyer").outcome is Outcome.SENT


@pytest.mark.parametrize(("later", "goes_on"), [(-1, False), (0, False), (1, True)])
def test_a_cart_the_survivor_was_asked_about_is_not_asked_about_again_unless_it_was_filled_since(
    world: World, later: int, *, goes_on: bool
) -> None:
    """Minutes by which the guest filled the same cart later than the survivor, whose run is over."""
    hour = timedelta(hours=1)
    survivors = make_event(person="buyer", at=NOON + hour)
    guests = make_event(person="guest", at=NOON + hour + timedelta(minutes=later))
    world.tell(profile("guest", email="ada@example.com"), said("guest"), *sorted((survivors, guests), key=_when))
    over = arm(world.rules.trigger, survivors).model_copy(update={"outcome": Outcome.SKIPPED, "reason": Reason.ABORTED})
    stored = world.store.get(run_ref("buyer", "cart_abandonment", "c1"))
    world.store.commit([Put(run_ref("buyer", "cart_abandonment", "c1"), over, stored.version)])
    linked(world, "guest", "buyer")
    world.turn(hours=1)
    assert world.run(person="guest").reason is Reason.MERGED
    assert world.sent == ([Channel.EMAIL] if goes_on else [])


def _when(event: Event) -> Any:
    return event.at


def test_a_message_that_got_lost_under_the_old_id_gets_its_fate_from_the_run_where_it_lives_now(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com"), said("guest"), make_event(person="guest"))
    world.now = NOON + timedelta(minutes=30)
    for wake_up in world.timer.due(world.now):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
    world.outbox.take()
    linked(world, "guest", "buyer")
    world.turn(days=2)
    assert [message.reason for message in world.messages() if message.person == "guest"] == [Reason.NOT_PICKED_UP]
    assert world.sent == [Channel.EMAIL]


def test_news_of_a_run_that_was_over_before_the_merge_brings_it_to_no_new_life(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com"), said("guest"), make_event(person="guest"))
    world.turn(days=4)
    over = world.run(person="guest")
    linked(world, "guest", "buyer")
    (message,) = world.messages()
    for status in (MessageStatus.OPENED, MessageStatus.FAILED):
        world.signal(news_of(message.model_copy(update={"status": status})))
    assert world.run(person="guest").model_copy(update={"attempts": over.attempts}) == over
    assert world.store.get(run_ref("buyer", "cart_abandonment", "c1")).value is None


def test_news_of_an_earlier_message_reaches_the_run_where_it_lives_now(world: World) -> None:
    world.tell(profile("guest", email="ada@example.com", phone="+4915550100"))
    world.tell(said("guest"), said("guest", channel="sms"), make_event(person="guest"))
    world.turn(minutes=40)
    (message,) = world.messages()
    linked(world, "guest", "buyer")
    world.turn(hours=20)
    opened = {
        "message": message.id, "trigger": message.trigger, "key": "c1", "occurrence": message.occurrence,
        "rung": message.rung, "channel": "email",
    }  # fmt: skip
    event = make_event("Message Opened", world.now, opened, person="guest").model_copy(update={"source": "nudgekit"})
    world.hear([event.model_dump(mode="json", by_alias=True)])
    world.turn(days=4)
    assert world.run(person="buyer").reason in {Reason.ENGAGED, Reason.LADDER_FINISHED}


@pytest.mark.parametrize("again", [("a", "b"), ("b", "a")])
def test_a_merge_said_again_or_the_other_way_round_changes_nothing(world: World, again: tuple[str, str]) -> None:
    world.tell(make_event(person="a"), make_event(person="b"))
    assert linked(world, "a", "b") == Report("merged")
    before = dict(world.store.rows)
    assert linked(world, *again) == Report("ignored", reason="one_already")
    assert world.store.rows == before


def test_chains_end_at_the_last(world: World) -> None:
    world.tell(make_event(person="a"))
    linked(world, "a", "b")
    linked(world, "b", "c")
    linked(world, "c", "a")
    world.tell(ordered_by("a", NOON + timedelta(minutes=1)))
    assert facts_of(world, "a").merged_into == "b"
    assert facts_of(world, "b").merged_into == "c"
    assert set(facts_of(world, "c").last) == {"Product Added", "Order Completed"}


def test_a_shared_device_does_not_make_two_accounts_one(world: World) -> None:
    for person, report in (("ada", Report("merged")), ("ben", Report("ignored", reason="anothers_device"))):
        event = profile(person)
        event = event.model_copy(update={"detail": event.detail.model_copy(update={"anonymous_id": "tablet"})})
        assert [merge(each, world.store, world.now, KEY) for each in identities(event)] == [report]


def test_a_link_that_names_one_id_alone_is_refused() -> None:
    with pytest.raises(EventError, match="one id alone"):
        identities(make_event("Identity Linked", NOON, {}))


def test_no_id_stands_for_an_address() -> None:
    """Or an event could take back what was refused from an address, or make somebody of it."""
    name = address_owner(alias_ref(Channel.EMAIL, "x@example.com"))
    with pytest.raises(EventError, match="no id begins with address:"):
        parse_event(raw_of(make_event("Consent Updated", NOON)) | {"detail": detail_of(name)}, NOON)
    with pytest.raises(EventError, match="previous_id is no id"):
        identities(make_event("Identity Linked", NOON, {"previous_id": name}))


def raw_of(event: Event) -> dict[str, Any]:
    return event.model_dump(mode="json", by_alias=True)


def detail_of(person: str) -> dict[str, Any]:
    return {"message_id": "m", "user_id": person, "timestamp": NOON.isoformat()}


def test_news_of_messages_counts_however_long_a_visitors_id_is() -> None:
    """They name the visitor in the place of a user; an id of 119 characters was too long there."""
    visitor = make_event().model_copy(update={"detail": Detail(message_id="m", timestamp=NOON, anonymous_id="x" * 128)})
    news = raw_of(make_event("Message Delivered", NOON)) | {"detail": detail_of(visitor.person)}
    assert parse_event(news, NOON).person == visitor.person


@pytest.mark.parametrize("merged_first", [False, True])
@pytest.mark.parametrize("refuser", ["guest", "buyer"])
def test_a_refusal_of_either_wins_whenever_it_is_heard(world: World, refuser: str, *, merged_first: bool) -> None:
    granter = {"guest": "buyer", "buyer": "guest"}[refuser]
    no, yes = said(refuser, "denied", at=NOON), said(granter, at=NOON + timedelta(minutes=1))
    world.tell(profile("guest", email="a@example.com"), make_event(person="guest"), make_event(person="buyer"))
    world.now = NOON + timedelta(minutes=2)
    if merged_first:
        linked(world, "guest", "buyer")
    world.tell(no, yes)
    if not merged_first:
        linked(world, "guest", "buyer")
    assert status(world, "buyer") is Status.DENIED
    world.tell(said("guest", at=NOON + timedelta(minutes=3)))
    assert status(world, "buyer") is Status.GRANTED


def status(world: World, person: str) -> Status:
    consent = world.store.get(Ref(Kind.CONSENT, person)).value
    found: Status = consent.status(Channel.EMAIL, "promotional", world.now)
    return found


# --------------------------------------------------------------------------------------------------- shared addresses


def test_every_topic_refused_at_an_address_is_refused_for_whoever_joins_it(world: World) -> None:
    topics = [f"letters-of-the-gardeners-of-the-{side}" for side in ("north", "south")]
    refused = [
        make_event("Consent Updated", NOON, {"channel": "email", "topic": topic, "status": "denied"}, person="ada")
        for topic in topics
    ]
    world.tell(profile("ada", email="home@example.com"), *refused)
    world.tell(profile("ben", LATER, email="home@example.com"))
    consent = world.store.get(Ref(Kind.CONSENT, "ben")).value
    assert {word.topic for word in consent.said.values()} == set(topics)


def test_an_address_moves_with_its_people(world: World) -> None:
    world.tell(profile("ada", email="Shared@Example.com "), profile("ben", email="shared@example.com"))
    alias = alias_ref(Channel.EMAIL, "shared@example.com")
    assert world.store.get(alias).value == ("ada", "ben")
    world.tell(profile("ada", LATER, email="own@example.com"))
    assert world.store.get(alias).value == ("ben",)
    world.tell(profile("ben", LATER, email="bens@example.com"))
    assert world.store.get(alias).value is None


def test_numbers_are_one_however_they_are_written() -> None:
    written = ("+44 (0)20 7946-0018", "+442079460018", "0044 20 7946 0018")
    assert len({alias_ref(Channel.SMS, each) for each in written}) == 1


def test_a_device_is_the_latest_registrants_and_shows_nobody_elses_messages(world: World) -> None:
    device = [{"endpoint": "tablet", "platform": "fcm"}]
    world.tell(profile("ada", push=device), profile("ben", LATER, push=device))
    assert world.store.get(alias_ref(Channel.PUSH, "tablet")).value == ("ben",)
    assert world.store.get(Ref(Kind.PROFILE, "ada")).value.address(Channel.PUSH) is None
    assert world.store.get(Ref(Kind.PROFILE, "ben")).value.address(Channel.PUSH) == "tablet"


def test_whoever_joins_a_refused_address_is_refused_until_they_allow_it(world: World) -> None:
    world.tell(profile("ada", email="x@example.com"), said("ada", "denied"), said("ben"))
    world.tell(profile("ben", NOON + timedelta(minutes=1), email="x@example.com"))
    assert status(world, "ben") is Status.DENIED
    world.tell(said("ben", at=NOON + timedelta(minutes=2)))
    assert status(world, "ben") is Status.GRANTED


def test_a_refusal_stays_with_the_address_when_the_refuser_leaves_it(world: World) -> None:
    world.tell(profile("ada", email="x@example.com"), said("ada", "denied"))
    world.tell(
        profile("ada", LATER, email="new@example.com"), said("ben"), profile("ben", LATER, email="x@example.com")
    )
    assert status(world, "ben") is Status.DENIED


def test_an_address_hears_of_one_trigger_once(world: World) -> None:
    for number, person in enumerate(("ada", "ben")):
        at = NOON + timedelta(minutes=number)
        world.tell(profile(person, email="x@example.com"), said(person), make_event(person=person, at=at))
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL]
    assert [world.run(person=each).outcome for each in ("ada", "ben")] == [Outcome.SENT, Outcome.SKIPPED]


def test_of_two_claimed_for_one_address_one_is_handed_off(world: World) -> None:
    """Both decided before either knew that the address is shared."""
    for person, address in (("ada", "x@example.com"), ("ben", "y@example.com")):
        world.tell(profile(person, email=address), said(person), make_event(person=person))
    world.now = NOON + timedelta(minutes=30)
    for wake_up in world.timer.due(world.now):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
    project([profile("ben", world.now, email="x@example.com"), said("ben", at=world.now)], world.store, world.now, KEY)
    assert len(world.outbox.messages) == 2
    world.settle()
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL]


def test_two_people_may_share_everything_at_once(world: World) -> None:
    device = [{"endpoint": "tablet", "platform": "fcm"}]
    both = {"email": "x@example.com", "phone": "+4915550100", "push": device}
    world.tell(profile("ada", **both), said("ada"), profile("ben", LATER, **both))
    ada, ben = (world.store.get(Ref(Kind.PROFILE, each)).value for each in ("ada", "ben"))
    assert (ada.sharing, ben.sharing) == (True, True)
    assert (ada.address(Channel.PUSH), ben.address(Channel.PUSH)) == (None, "tablet")


def test_all_who_share_an_address_are_drawn_as_one(world: World) -> None:
    world.tell(*(profile(person, NOON, email="x@example.com") for person in ("ada", "ben", "cat")))
    found = {person: world.store.get(Ref(Kind.PROFILE, person)).value.unit for person in ("ada", "ben", "cat")}
    assert found["ada"] == found["ben"] == found["cat"] is not None
    assert not {"ada", "ben", "cat", "x@example.com"} & set(found.values())


# ------------------------------------------------------------------------------------------------------------ erasure


@pytest.fixture
def known(rules: Rulebook) -> World:
    """See `known_world`."""
    return known_world(rules)


def known_world(rules: Rulebook) -> World:
    """Ada under three ids, with a message sent, a run under way, and a neighbour at her address."""
    world = World(rules, NOON, KEY)
    world.tell(profile("first-visit", name="Ada Example"))
    linked(world, "first-visit", "guest")
    world.tell(profile("guest", email="ada@example.com", name="Ada Example", phone="+4915550100"))
    world.tell(said("guest"), said("guest", channel="sms"), make_event(person="guest"))
    world.tell(profile("neighbour", email="ada@example.com"))
    linked(world, "guest", "ada")
    world.turn(minutes=40)
    assert world.sent == [Channel.EMAIL]
    return world


NEEDLES = ("first-visit", "guest", "ada", "Ada Example", "+4915550100")


def leftovers(world: World, needles: tuple[str, ...] = NEEDLES) -> list[Ref]:
    """Every row in which one of the words stands, in its name or in its body."""
    others = {Ref(Kind.PROFILE, "neighbour")}
    return [
        ref
        for ref, (body, _) in world.store.rows.items()
        if ref not in others
        and any(needle in (*ref[1:2], *ref[2].split("#")) or f'"{needle}"'.encode() in body for needle in needles)
    ]


def eraser(world: World, store: Any = None) -> Eraser:
    return Eraser(store or world.store, world.timer, trigger_of(world), KEY)


def trigger_of(world: World) -> Any:
    return lambda _, version: world.rules.version(version)


@pytest.mark.parametrize("person", ["first-visit", "guest", "ada"])
def test_everything_is_exported_whichever_id_is_named(known: World, person: str) -> None:
    told = export(person, known.store, known.timer, trigger_of(known), known.now)
    left = leftovers(known, ("first-visit", "guest", "ada"))
    personal = {(ref.kind, ref.owner, ref.name) for ref in left if ref.kind not in {Kind.ALIAS, Kind.FOLLOWER}}
    assert {(each["kind"], each["id"], each["name"]) for each in told["documents"]} >= personal
    assert (told["ids"][0], sorted(told["ids"])) == ("ada", ["ada", "first-visit", "guest"])
    assert {each["shared_with"] for each in told["aliases"]} == {0, 1}
    assert len(told["wake_ups"]) >= 1
    facts = next(each for each in told["documents"] if each["kind"] == "facts" and each["id"] == "ada")
    assert facts["value"]["last"]["Product Added"]["cart_id,product_id"] == NOON.isoformat()
    assert facts["value"]["days"]["Product Added"] == {NOON.date().isoformat(): 1}
    followed = {ref.owner for ref in left if ref.kind is Kind.FOLLOWER}
    lists = [each["value"]["things"] for each in told["documents"] if each["kind"] == "following"]
    things = {name: each for listed in lists for name, each in listed.items()}
    assert things.keys() == followed == {"product_id=mug"}
    assert things["product_id=mug"][0] == NOON.isoformat()


@pytest.mark.parametrize("person", ["first-visit", "guest", "ada"])
def test_an_erasure_leaves_nothing(known: World, person: str) -> None:
    assert leftovers(known)
    unit = known.store.get(Ref(Kind.PROFILE, "neighbour")).value.unit
    assert unit not in {None, "first-visit", "guest", "ada"}, "drawn by the id of one who may be erased"
    eraser(known).erase(person, known.now)
    assert leftovers(known) == []
    assert left_of(person, known.store) == []
    assert not [each for _, each in known.timer.queue if each.person in {"guest", "ada"}]
    assert known.store.get(alias_ref(Channel.EMAIL, "ada@example.com")).value == ("neighbour",)
    assert known.store.get(Ref(Kind.PROFILE, "neighbour")).value.unit == unit, "drawn as before"


def test_leftovers_are_found(known: World) -> None:
    eraser(known).erase("ada", known.now)
    known.store.commit([Put(Ref(Kind.LEDGER, "guest"), Ledger(), 0)])
    assert leftovers(known) == [Ref(Kind.LEDGER, "guest")]
    assert left_of("guest", known.store) == [Ref(Kind.LEDGER, "guest")]


def test_what_was_under_way_comes_to_nothing(known: World) -> None:
    queue = [each for _, each in known.timer.queue]
    (message,) = known.messages()
    eraser(known).erase("ada", known.now)
    before = dict(known.store.rows)
    for wake_up in queue:
        known.signal(wake_up)
    for person in ("ada", "guest", "first-visit"):
        old = make_event(person=person, at=NOON + timedelta(seconds=1))
        assert project([old], known.store, known.now, KEY) == {0: Report("ignored", reason=Reason.ERASED)}
        assert known.signal(old) == Report("ignored", "cart_abandonment", reason=Reason.ERASED)
        opened = make_event("Message Opened", known.now, {"message": message.id}, person=person)
        opened = opened.model_copy(update={"source": "nudgekit"})
        assert project([opened], known.store, known.now, KEY) == {0: Report("ignored", reason=Reason.ERASED)}
    assert merge_again(known) == Report("ignored", reason=Reason.ERASED)
    assert known.store.rows == before
    assert known.sent == [Channel.EMAIL]


def merge_again(world: World) -> Report:
    event = make_event("Identity Linked", NOON, {"previous_id": "guest"}, person="ada")
    (identity,) = identities(event)
    return merge(identity, world.store, world.now, KEY)


def test_what_was_refused_from_an_address_is_kept_as_long_as_anybody_has_it(known: World) -> None:
    said_there = Ref(Kind.CONSENT, address_owner(alias_ref(Channel.EMAIL, "ada@example.com")))
    known.store.commit([Put(said_there, Consent(), 0)])
    eraser(known).erase("ada", known.now)
    assert known.store.get(said_there).value is not None
    eraser(known).erase("neighbour", known.now)
    assert known.store.get(said_there).value is None


def test_nothing_is_armed_of_somebody_who_is_erased_meanwhile(world: World) -> None:
    """The trigger has read, and has not written yet."""
    start = make_event(person="ada")
    snapshot = world.conductor.read([start])
    eraser(world).erase("ada", world.now)
    report = world.conductor.conduct(start, snapshot, world.now)
    assert (report.outcome, report.reason) == ("ignored", Reason.ERASED)
    assert leftovers(world) == []


def test_a_wake_up_that_the_run_has_overtaken_is_taken_back_as_well(world: World) -> None:
    """The push was refused, so the mail had its turn at once: the push's own wake-up is still to come."""
    device = [{"endpoint": "adas-phone", "platform": "fcm"}]
    world.tell(profile("ada", email="ada@example.com", push=device), said("ada"), said("ada", channel="push"))
    world.providers[Channel.PUSH].answers["adas-phone"] = Refused(Reason.REJECTED)
    world.tell(make_event(person="ada"))
    world.turn(minutes=40)
    assert (world.sent, len(world.timer.queue)) == ([Channel.EMAIL], 2)
    eraser(world).erase("ada", world.now)
    assert world.timer.queue == []


@pytest.mark.parametrize(("purpose", "answer"), [("transactional", "pass"), ("promotional", "skip")])
def test_who_orders_again_hears_of_the_order_without_a_grant(purpose: Purpose, answer: str) -> None:
    case = make_case(trigger=replace(TRIGGER, purpose=purpose), facts=Facts(erased_at=to_ms(NOON)))
    assert erased(case, TRIGGER.ladder[0]).answer == answer


def test_a_reimport_allows_nothing_and_a_new_grant_does(known: World) -> None:
    eraser(known).erase("ada", known.now)
    at = known.now + timedelta(days=30)
    known.turn_to(at)
    again = profile("ada", at, email="ada@example.com")
    known.tell(again, make_event(person="ada", at=at))
    project([said("ada", at=NOON)], known.store, at, KEY)
    known.turn(days=4)
    assert known.sent == [Channel.EMAIL]
    known.tell(said("ada", at=known.now), make_event(person="ada", at=known.now))
    known.turn(days=4)
    assert known.sent == [Channel.EMAIL, Channel.EMAIL]


def test_an_address_of_the_erased_allows_nothing_under_another_id(known: World) -> None:
    known.tell(profile("neighbour", known.now, email="elsewhere@example.com"))
    eraser(known).erase("ada", known.now)
    known.turn(days=1)
    at = known.now
    known.tell(profile("stranger", at, email="ada@example.com"), said("stranger", at=NOON))
    known.tell(make_event(person="stranger", at=at))
    known.turn(days=4)
    assert known.sent == [Channel.EMAIL]
    assert known.run(person="stranger").reason in {Reason.ERASED, Reason.NO_CHANNEL}


class Mortal(MemoryStore):
    """Dies at the `at`-th call, before or after doing it."""

    def __init__(self, inner: MemoryStore, at: int, *, after: bool) -> None:
        self.rows, self.places, self.left, self.after = inner.rows, inner.places, at, after

    def commit(self, puts: Any) -> None:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise TimeoutError
        super().commit(puts)
        if self.left == 0:
            raise TimeoutError


@pytest.mark.parametrize("person", ["first-visit", "guest", "ada"])
@pytest.mark.parametrize("after", [False, True])
def test_an_erasure_that_died_anywhere_is_finished_by_the_next(rules: Rulebook, person: str, *, after: bool) -> None:
    deaths = 0
    for at in range(1, 40):
        world = known_world(rules)
        try:
            eraser(world, Mortal(world.store, at, after=after)).erase(person, world.now)
        except TimeoutError:
            deaths += 1
        else:
            break
        eraser(world).erase(person, world.now + timedelta(minutes=1))
        assert leftovers(world) == []
    assert deaths >= 5


def test_nothing_can_be_written_of_a_person_who_is_being_erased(known: World) -> None:
    """Whoever read before the erasure and writes after it fails, and finds nothing on the second look."""
    seen: list[list[Write]] = []

    class Late(MemoryStore):
        def __init__(self, rows: Any) -> None:
            self.rows = dict(rows)

        def commit(self, puts: Any) -> None:
            if all(put.ref.kind is not Kind.POPULARITY for put in puts):  # which is nobody's
                seen.append(list(puts))

    at = known.now
    asleep = Late(known.store.rows)
    project([profile("ada", at, name="Ada"), said("ada", at=at), make_event(person="ada", at=at)], asleep, at, KEY)
    project([make_event(person="nobody-yet", at=at)], asleep, at, KEY)
    project_catalogue([make_event(person="ada", at=at, properties={"product_id": "vase"})], asleep, at, KEY)
    eraser(known).erase("ada", at)
    eraser(known).erase("nobody-yet", at)
    for writes in seen:
        with pytest.raises(Conflict):
            known.store.commit(writes)
    assert len(seen) >= 3

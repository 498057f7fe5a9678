"""Codes in messages that wait on the shop's page: what nobody has seen is given away to nobody."""

from dataclasses import replace
from typing import Any

import pytest

from nudgekit import Cap, days, hours, rung
from nudgekit.model.base import Channel
from nudgekit.model.inbox import MOST_POSTED, Inbox
from nudgekit.model.message import MessageStatus
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.inbox import inbox_ref
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.onsite import Claim
from nudgekit.runs.suppression import Suppression
from tests.builders import make_event
from tests.unit.runs.test_offers import Shop, bodies

ALONE = (rung("onsite"),)
LADDER = (rung("onsite", wait=hours(2)), rung("push"))
KEY = Suppression(b"a key for tests")


def shop(ladder: Any = ALONE, **changes: Any) -> Shop:
    """A shop where whoever turns to leave finds a word on the page, and who never bought a code in it."""
    made = Shop("leave", **changes)
    made.rules.trigger.__dict__["ladder"] = ladder
    return made


def leaving(person: str = "u1", **changes: Any) -> Shop:
    """The shop once somebody has turned to leave, with the code posted that is the last one."""
    made = shop(**{"budget": 1, **changes})
    made.know(person)
    made.start(person)
    assert made.given == 1
    return made


def claimed(world: Shop, person: str = "u1") -> Claim:
    claim = world.visit(person)
    assert claim is not None
    return claim


def bought(world: Shop, person: str = "u1") -> None:
    world.tell(make_event("Order Completed", world.now, {"order_id": "o"}, person=person))


def assert_drawable_again(world: Shop) -> None:
    """The budget's one code counts as given to nobody, and the next who comes gets it."""
    assert (world.given, world.lease(), world.run("").offer) == (0, None, None)
    assert sum(len(drawer.free) for drawer in world.drawers) == 1
    world.know("next")
    world.start("next")
    claim = claimed(world, "next")
    assert claim.content is not None
    assert world.lease("next").promise.code in claim.content.body
    assert world.given == 1


def test_a_code_that_was_fetched_is_theirs() -> None:
    world = leaving()
    claim = claimed(world)
    assert claim.content is not None
    assert world.lease().promise.code in claim.content.body
    world.turn(days=2)
    assert (world.given, world.run("").outcome) == (1, "sent")
    world.know("next")
    world.start("next")
    assert claimed(world, "next").content.body == "How our vases are made"  # type: ignore[union-attr]


def test_nobody_came_and_the_code_is_drawable_again() -> None:
    world = leaving()
    code = world.lease().promise.code
    world.turn(days=1)
    assert (world.run("").outcome, world.run("").reason) == ("skipped", "no_visit")
    assert_drawable_again(world)
    assert world.lease("next").promise.code == code


def test_what_was_withheld_at_the_claim_goes_back() -> None:
    world = leaving()
    said = {"channel": "onsite", "purpose": "promotional", "status": "denied"}
    world.tell(make_event("Consent Updated", world.now, said))
    assert claimed(world).reason == "no_consent"
    assert_drawable_again(world)


def test_what_fell_out_of_a_full_inbox_goes_back_when_its_time_is_over() -> None:
    world = leaving()
    stored = world.store.get(inbox_ref("u1"))
    (own,) = stored.value.posted
    better = [own._replace(message=f"m{n}", key=str(n), priority=99) for n in range(MOST_POSTED)]
    inbox = Inbox()
    for each in (own, *better):
        inbox = inbox.receive(each, world.now)
    assert own not in inbox.posted
    world.store.commit([Put(inbox_ref("u1"), inbox, stored.version)])
    world.turn(days=1)
    assert_drawable_again(world)


def test_who_is_held_out_leases_none() -> None:
    world = shop(budget=1)
    world.know("u1")
    world.rules.trigger.__dict__["holdout"] = 0.999999
    world.start()
    assert claimed(world).reason == "held_out"
    assert (world.given, world.lease()) == (0, None)
    world.rules.trigger.__dict__["holdout"] = 0
    world.know("next")
    world.start("next")
    assert world.given == 1


def test_who_waits_for_room_under_a_cap_holds_no_code_meanwhile() -> None:
    world = leaving(budget=2)
    world.rules.__dict__["policy"] = replace(
        world.rules.policy, caps=(Cap("promotional", limit=1, per=days(3), channels=("onsite",)),)
    )
    ledger = Ref(Kind.LEDGER, "u1")
    stored = world.store.get(ledger)
    (entry,) = stored.value.entries
    other = entry._replace(message="m", trigger="other", unseen=False)
    world.store.commit([Put(ledger, stored.value.claimed(other, "other||1"), stored.version)])
    assert claimed(world).reason == "capped"
    assert (world.given, world.lease()) == (0, None)


def test_one_code_on_every_rung_whether_the_first_was_seen_or_not() -> None:
    world = leaving(ladder=LADDER)
    code = world.lease().promise.code
    world.turn(hours=3)
    assert [message.status for message in world.messages()] == [MessageStatus.FAILED, MessageStatus.HANDED_OFF]
    assert [code in body for body in bodies(world)] == [True, True]
    assert world.sent == [Channel.PUSH]
    assert (world.given, world.said()) == (1, ["new", "kept"])


def test_who_is_no_longer_meant_at_the_claim_finds_the_story_and_the_code_goes_back() -> None:
    """The rule has no `unless`: whoever orders meanwhile may still be asked, but is no newcomer any more."""
    world = leaving()
    bought(world)
    claim = claimed(world)
    assert (claim.content, claim.reason) == (None, "offer_ended")
    again = claimed(world)
    assert again.content is not None
    assert again.content.body == "How our vases are made"
    assert world.said() == ["new", "not_entitled"]
    assert_drawable_again(world)


def test_what_somebody_has_seen_stays_theirs_whatever_they_do() -> None:
    world = leaving(ladder=LADDER)
    code = world.lease().promise.code
    assert claimed(world).content is not None
    bought(world)
    world.turn(hours=3)
    assert [code in body for body in bodies(world)] == [True, True]
    assert (world.given, world.lease().promise.code) == (1, code)


@pytest.mark.parametrize("customer", [True, False])
def test_a_guest_who_turns_out_to_be_a_customer_gets_the_story_and_a_newcomer_the_same_code(customer: bool) -> None:
    world = leaving("guest")
    code = world.lease("guest").promise.code
    if customer:
        bought(world, "ada")
    linked = make_event("Identity Linked", world.now, {"previous_id": "guest"}, person="ada")
    (identity,) = identities(linked)
    merge(identity, world.store, world.now, KEY)
    claimed(world, "guest")
    world.turn(minutes=1)
    claim = claimed(world, "ada")
    assert claim.content is not None
    assert (code in claim.content.body) != customer
    assert world.given == (not customer)


def test_a_guest_whose_run_ends_for_that_of_the_known_person_gives_the_code_back() -> None:
    world = leaving("guest")
    world.turn(minutes=5)
    world.know("ada")
    world.start("ada")
    linked = make_event("Identity Linked", world.now, {"previous_id": "guest"}, person="ada")
    (identity,) = identities(linked)
    merge(identity, world.store, world.now, KEY)
    assert world.lease("ada") is not None, "what was promised to one is promised to the other"
    claimed(world, "guest")
    assert (world.given, world.lease("ada")) == (0, None)
    assert claimed(world, "ada").content.body == "How our vases are made"  # type: ignore[union-attr]

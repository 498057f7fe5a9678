"""A message on the shop's own page within a ladder: who comes is reached, who stays away hears by the next rung."""

from datetime import timedelta
from typing import Any

import pytest

from nudgekit import Cap, days, rung
from nudgekit.adapters.clock import Clock
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.sink.view import feed
from nudgekit.decide.gates.holdout import place_of
from nudgekit.errors import Conflict
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.called_back import called_back
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.erase import Eraser
from nudgekit.runs.inbox import inbox_ref
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.onsite import Answer, Page, waiting
from nudgekit.runs.operation import resume, stop
from nudgekit.runs.ports import MessageRef
from nudgekit.runs.suppression import Suppression
from tests.builders import make_event
from tests.page import filled, posted, shop
from tests.world import World

KNOWS = Suppression(b"k" * 32)


def test_who_comes_and_clicks_gets_no_push() -> None:
    world = posted()
    assert world.visit() is not None
    (message,) = world.messages()
    world.say(message, "clicked")
    assert (world.run().outcome, world.run().reason) == ("sent", "engaged")
    world.turn(days=1)
    assert world.sent == []


@pytest.mark.parametrize(("word", "channels"), [("dismissed", []), ("shown", [Channel.PUSH])])
def test_closing_it_is_an_answer_and_having_seen_it_is_none(word: str, channels: list[Channel]) -> None:
    world = posted()
    world.visit()
    world.say(world.messages()[0], word)
    world.turn(days=1)
    assert world.sent == channels


def test_who_stays_away_gets_the_push_and_what_waited_counts_for_nothing() -> None:
    world = posted()
    world.turn(hours=3)
    assert world.sent == [Channel.PUSH]
    page, push = world.messages()
    assert (page.status, page.reason) == (MessageStatus.FAILED, Reason.NO_VISIT)
    assert push.status is MessageStatus.HANDED_OFF
    assert world.run().attempts[0].reason is Reason.NO_VISIT
    assert waiting("u1", world.store, world.now) == ()


def test_what_waits_silences_no_push() -> None:
    """One message an hour: the one that waits unseen is none."""
    world = posted(ladder=(rung("onsite", wait=timedelta(minutes=5)), rung("push")))
    world.turn(minutes=10)
    assert world.sent == [Channel.PUSH]


def test_a_cap_that_names_the_page_holds_there() -> None:
    caps = (Cap("promotional", limit=1, per=days(1), channels=("onsite",)),)
    world = posted(policy={"caps": caps}, again_after=None)
    assert world.visit() is not None
    world.turn(hours=5)
    world.tell(
        make_event(at=world.now, properties={"cart_id": "c2", "product_id": "mug", "price": "30.00", "currency": "EUR"})
    )
    world.turn(hours=1)
    assert waiting("u1", world.store, world.now) == ()
    assert world.run("c2").waiting == "capped"


def test_what_is_stopped_is_withheld_and_posted_anew() -> None:
    world = posted()
    stop(world.store, "channel:onsite", "an operator", "wrong words", world.now)
    claim = world.visit()
    assert claim is not None
    assert (claim.content, claim.reason) == (None, "stopped")
    assert world.messages()[0].handed_off_at is None
    assert world.sent == [Channel.PUSH], "the next rung has its turn meanwhile"


def test_a_stop_of_everything_is_waited_out() -> None:
    world = posted(ladder=(rung("onsite"),))
    stop(world.store, "all", "an operator", "wrong words", world.now)
    world.visit()
    resume(world.store, "all")
    world.turn(hours=3)
    claim = world.visit()
    assert claim is not None
    assert claim.content is not None
    assert [each.status for each in world.messages()] == [MessageStatus.WITHHELD, MessageStatus.HANDED_OFF]


def two_people(**changes: Any) -> World:
    """Ada has a guest's message waiting, and has never been seen under her own id."""
    return posted(ladder=(rung("onsite"),), **changes)


def test_whoever_logs_in_finds_what_waited_for_the_guest() -> None:
    world = two_people()
    world.link("u1", "ada")
    world.turn(seconds=1)
    (before,) = [each for each in world.messages() if each.person == "u1"]
    assert (before.status, before.reason) == (MessageStatus.WITHHELD, Reason.MERGED)
    assert world.run().reason is Reason.MERGED
    claim = world.visit("ada")
    assert claim is not None
    assert claim.content == before.content
    assert (world.run(person="ada").outcome, world.run(person="ada").reason) == ("sent", "ladder_finished")
    assert [each.status for each in world.messages()].count(MessageStatus.HANDED_OFF) == 1
    assert len(world.store.get(Ref(Kind.LEDGER, "ada")).value.entries) == 1


def test_the_old_page_is_told_why_it_gets_nothing_and_lists_it_no_longer() -> None:
    world = two_people()
    world.link("u1", "ada")
    claim = world.visit("u1")
    assert claim is not None
    assert (claim.content, claim.reason) == (None, "merged")
    assert waiting("u1", world.store, world.now) == ()


def test_what_is_not_so_any_more_under_the_known_id_ends_there() -> None:
    world = two_people()
    world.tell(make_event("Profile Updated", world.now, {"segments": ["staff"]}, person="ada"))
    world.link("u1", "ada")
    world.turn(seconds=1)
    assert world.visit("ada") is None
    assert world.run(person="ada").reason is Reason.NOT_IN_AUDIENCE


def test_the_known_persons_own_message_takes_the_place_of_the_guests() -> None:
    world = two_people()
    world.tell(filled(person="ada", at=world.now))
    world.turn(minutes=31)
    assert len(waiting("ada", world.store, world.now)) == 1
    world.link("u1", "ada")
    world.turn(minutes=1)
    assert len(waiting("ada", world.store, world.now)) == 1
    claim = world.visit("ada")
    assert claim is not None
    assert claim.reason is None
    assert world.visit("ada") is None
    assert [each.person for each in world.messages() if each.status is MessageStatus.HANDED_OFF] == ["ada"]


def test_what_the_guest_saw_is_not_shown_again_to_the_known_person() -> None:
    world = two_people()
    assert world.visit("u1") is not None
    world.link("u1", "ada")
    world.turn(hours=5)
    assert waiting("ada", world.store, world.now) == ()
    assert len(world.messages()) == 1


def test_a_page_that_asks_just_before_the_login_is_counted_gets_it_once() -> None:
    """The claim and the merge write the same ledger: one of them comes second, and looks again."""
    world = two_people()
    page = Page(lambda _: world.rules, world.store)
    (line,) = waiting("u1", world.store, world.now)
    ref = MessageRef(line.message, "u1", line.trigger, line.key, Channel.ONSITE, line.items)
    snapshot = page.read((ref,))
    world.link("u1", "ada")
    with pytest.raises(Conflict):
        page._claim(ref, snapshot, world.now)
    world.turn(seconds=1)
    assert page.claim(ref, world.now).reason is Reason.MERGED
    assert world.visit("ada") is not None


def test_called_back_again_it_is_told_again_and_nothing_else_follows() -> None:
    """Whoever withheld it may have died before it could tell."""
    world = two_people()
    world.link("u1", "ada")
    world.turn(seconds=1)
    before = dict(world.store.rows)
    (event,) = called_back("u1", world.store, world.now)
    assert (event["detail-type"], event["detail"]["properties"]["reason"]) == ("Message Withheld", "merged")
    world.hear([event])
    world.settle()
    after = {ref: stored for ref, stored in world.store.rows.items() if stored != before.get(ref)}
    assert {ref.kind for ref in after} <= {Kind.FACTS}, "the facts have heard of the news"
    assert len(waiting("ada", world.store, world.now)) == 1


def test_nobody_is_called_back_who_is_still_themselves() -> None:
    world = two_people()
    assert called_back("u1", world.store, world.now) == ()
    assert world.visit("u1") is not None


def test_a_held_out_guest_who_logs_in_has_come() -> None:
    world = shop(holdout=0.999, ladder=(rung("onsite"),))
    world.tell(filled())
    world.turn(minutes=31)
    linked = make_event("Identity Linked", world.now, {"previous_id": "u1"}, person="ada")
    (identity,) = identities(linked)
    merge(identity, world.store, world.now, KNOWS)
    (event,) = called_back("u1", world.store, world.now)
    assert event["detail-type"] == "Message Held Out"
    assert called_back("u1", world.store, world.now) == (event,)


def test_who_is_erased_leaves_no_inbox() -> None:
    world = posted()
    assert inbox_ref("u1") in world.store.rows
    Eraser(world.store, world.timer, lambda trigger, version: world.rules.trigger, KNOWS).erase("u1", world.now)
    assert inbox_ref("u1") not in world.store.rows
    assert world.visit() is None


def test_who_is_held_out_is_told_of_when_they_come_and_once() -> None:
    world = shop(holdout=0.999)
    assert place_of("cart_abandonment", "u1") < 0.999
    world.tell(filled())
    world.turn(minutes=31)
    claim = world.visit()
    assert claim is not None
    assert (claim.content, claim.reason) == (None, "held_out")
    assert [event["detail-type"] for event in claim.events] == ["Message Held Out"]
    assert world.visit() is None


def test_an_answer_needs_a_choice_that_was_offered() -> None:
    world = posted()
    world.visit()
    (message,) = world.messages()
    assert type(world.say(message, "answered", Answer("free"))).__name__ == "Misfit"
    assert type(world.say(message, "answered", Answer("price"))).__name__ == "Heard"


def test_the_inbox_page_shows_what_waits_and_what_was_seen() -> None:
    world = posted()
    engagement = Engagement(runs=[world.run()], messages=world.messages(), decisions=[], profiles={})
    (shown,) = feed([], engagement, Clock(), "Fern & Fable")["messages"]
    assert (shown["channel"], shown["status"], shown["written"]["title"]) == ("onsite", "claimed", "Before you go, Ada")

"""A message on the shop's own page within a ladder: who comes is reached, who stays away hears by the next rung."""

from datetime import timedelta

import pytest

from nudgekit import Cap, days, rung
from nudgekit.adapters.clock import Clock
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.sink.view import feed
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.erase import Eraser
from nudgekit.runs.inbox import inbox_ref
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.onsite import Answer, waiting
from nudgekit.runs.operation import resume, stop
from nudgekit.runs.suppression import Suppression
from tests.builders import make_event
from tests.page import filled, posted, shop

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


def test_what_waits_for_a_guest_goes_on_under_the_known_id() -> None:
    world = posted(ladder=(rung("onsite"),))
    linked = make_event("Identity Linked", world.now, {"previous_id": "u1"}, person="ada")
    (identity,) = identities(linked)
    merge(identity, world.store, world.now, KNOWS)
    claim = world.visit("u1")
    assert claim is not None
    assert (claim.content, claim.reason) == (None, "merged")
    world.turn(minutes=1)
    moved = world.visit("ada")
    assert moved is not None
    assert moved.content is not None


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

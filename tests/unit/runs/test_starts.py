"""How runs start: at once, at a time that the event names, and by which messages they climb."""

from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from nudgekit import at_once, days, hours, load_book, moment, rung
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.model.message import MessageStatus
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World, introduced


class Changed(Rulebook):
    """The shipped rule, changed; people whose runs are due at one moment are let go over `spread`."""

    spread = timedelta()

    def __init__(self, **changes: Any) -> None:
        super().__init__(load_book(Path("rules")), "cart_abandonment")
        self.changes = changes

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, holdout=0, **self.changes)

    @cached_property
    def policy(self) -> Policy:
        return replace(super().policy, spread=self.spread)

    def version(self, number: int) -> Trigger:
        return self.trigger


def world(**changes: Any) -> World:
    return introduced(World(Changed(**changes), NOON))


def filled(**properties: Any) -> Event:
    mug = {"cart_id": "c1", "product_id": "mug", "name": "Mug", "price": "25.00", "currency": "EUR"}
    return make_event(properties={**mug, **properties}, event_id="start")


def test_a_rule_that_leaves_no_time_decides_in_the_step_that_arms_it() -> None:
    shop = world(within=at_once)
    shop.tell(filled())
    assert shop.sent == [Channel.PUSH]
    assert shop.now == NOON
    assert shop.reports[0].outcome == "claimed"


def test_a_repeat_of_its_start_event_queues_the_message_again_and_sends_nothing_twice() -> None:
    shop = world(within=at_once)
    shop.settle = shop.outbox.take  # type: ignore[assignment, method-assign]  # the queue loses it
    shop.tell(filled())
    del shop.settle
    shop.tell(filled(), filled())
    assert shop.sent == [Channel.PUSH]


def test_it_waits_for_the_facts_to_know_its_start_event() -> None:
    shop = world(within=at_once)
    shop.facts_stand_still_since = shop.now
    shop.tell(filled())
    assert shop.sent == []
    shop.catch_up()
    shop.turn(minutes=10)
    assert shop.sent == [Channel.PUSH]


def test_a_run_is_due_at_the_time_that_its_event_names() -> None:
    shop = world(at=moment("ends_at").before(hours(3)))
    shop.tell(filled(ends_at=(NOON + timedelta(days=2)).isoformat()))
    assert shop.run().due_at == NOON + timedelta(days=1, hours=21)
    assert shop.run().expires_at == NOON + timedelta(days=2)
    shop.turn_to(NOON + timedelta(days=1, hours=20, minutes=59))
    assert shop.sent == []
    shop.turn_to(NOON + timedelta(days=1, hours=21))
    assert shop.sent == [Channel.PUSH]


@pytest.mark.parametrize("named", [None, "tomorrow", "2026-06-12T12:00:00"])
def test_without_that_time_nothing_is_armed_and_nothing_sent(named: str | None) -> None:
    shop = world(at=moment("ends_at").before(hours(3)))
    shop.tell(filled(ends_at=named))
    assert shop.reports[-1].reason == "no_time"
    shop.turn(days=7)
    assert shop.sent == []


def test_after_that_time_it_is_too_late() -> None:
    shop = world(at=moment("ends_at").before(hours(3)))
    shop.tell(filled(ends_at=NOON.isoformat()))
    assert shop.reports[-1].reason == "expired"


def test_what_the_event_ends_with_ends_the_run() -> None:
    shop = world(until=moment("ends_at"))
    shop.tell(filled(ends_at=(NOON + timedelta(hours=2)).isoformat()))
    shop.turn(days=2)
    assert shop.sent == [Channel.PUSH]
    assert shop.run().reason == "expired"


def test_a_path_goes_on_whatever_became_of_its_messages() -> None:
    path = (rung("email", wait=days(1), until="never", message="one"), rung("email", message="two"))
    shop = world(ladder=path)
    mail = shop.rules.book.messages("cart_abandonment")["email"]
    shop.rules.book.__dict__["_messages"]["cart_abandonment"] = {"email.one": mail, "email.two": mail}
    shop.tell(filled())
    shop.turn(hours=1)
    (message,) = shop.messages()
    opened = make_event("Message Opened", shop.now, {
        "message": message.id, "trigger": message.trigger, "key": message.run, "occurrence": message.occurrence,
        "rung": 0, "channel": "email",
    })  # fmt: skip
    shop.hear([opened.model_copy(update={"source": "nudgekit"}).model_dump(mode="json", by_alias=True)])
    assert shop.run().outcome is None
    shop.turn(days=2)
    assert shop.sent == [Channel.EMAIL, Channel.EMAIL]
    assert {each.status for each in shop.messages()} == {MessageStatus.HANDED_OFF}

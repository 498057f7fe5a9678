"""A page that fetches what waited for hours: everything is asked again that a decision made now would ask."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from nudgekit import Cap, SafetyLimit, days, hours, rung
from nudgekit.decide.gates import ASKED, MESSAGE_GATES, PERSON_GATES, RUNG_GATES
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.ledger import Asked, Entry, Ledger, Waiting
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.onsite import Claim, Page, waiting
from nudgekit.runs.ports import MessageRef
from tests.builders import NOON, make_event
from tests.counting import Calls, Counted
from tests.page import filled, posted, shop
from tests.world import World

ALONE = (rung("onsite"),)
ONE_A_DAY = (Cap("promotional", limit=1, per=days(1), channels=("onsite",)),)
LEDGER = Ref(Kind.LEDGER, "u1")


def claimed(world: World) -> Claim:
    claim = world.visit()
    assert claim is not None
    return claim


def withheld(world: World) -> str | None:
    """Why the page gets nothing."""
    claim = claimed(world)
    assert claim.content is None
    return claim.reason


def two_posted(**changes: object) -> World:
    """A shop where two messages of one trigger wait: one for each of Ada's carts."""
    world = posted(ladder=ALONE, **changes)
    world.tell(filled("c2", at=world.now + hours(1)))
    world.turn(minutes=31)
    return world


def test_all_gates_are_asked_at_a_claim_but_for_those_that_another_stands_for() -> None:
    every = [gate.name for gates in (PERSON_GATES, RUNG_GATES, MESSAGE_GATES) for gate in gates]
    asked = [row.gate for row in ASKED.hand_off[Channel.ONSITE]]
    assert [name for name in every if name not in asked] == ["picks", "safety"]
    assert asked == [name for name in every if name in asked], "in the order of a decision"


def test_whoever_is_no_longer_meant_gets_nothing() -> None:
    world = posted(ladder=ALONE)
    world.tell(make_event("Profile Updated", world.now, {"segments": ["staff"]}))
    world.turn(minutes=1)
    assert withheld(world) == Reason.NOT_IN_AUDIENCE
    assert (world.run().outcome, world.run().reason) == ("skipped", "not_in_audience")
    assert world.store.get(LEDGER).value.entries == ()


@pytest.mark.parametrize(("price", "reason"), [("5.00", "not_in_audience"), ("30.00", None)])
def test_what_the_cart_is_worth_by_now_is_asked(price: str, reason: str | None) -> None:
    world = posted(ladder=ALONE)
    world.tell(make_event("Product Removed", world.now, {"cart_id": "c1", "product_id": "mug"}))
    bowl = {"cart_id": "c1", "product_id": "bowl", "price": price, "currency": "EUR"}
    world.tell(make_event("Product Added", world.now, bowl))
    world.turn(minutes=31)
    assert claimed(world).reason == reason


def test_a_ladder_that_has_reached_somebody_does_not_change_its_mind_on_the_page_either() -> None:
    world = shop(ladder=(rung("push", wait=hours(1)), rung("onsite")))
    world.tell(filled())
    world.turn(minutes=91)
    assert world.sent == [Channel.PUSH]
    world.tell(make_event("Profile Updated", world.now, {"segments": ["staff"]}))
    assert claimed(world).content is not None


def test_a_rung_that_was_passed_over_has_reached_nobody() -> None:
    world = shop(ladder=(rung("sms", wait=hours(1)), rung("onsite")))
    world.tell(make_event("Consent Updated", world.now, {"channel": "sms", "status": "denied"}))
    world.tell(filled())
    world.turn(minutes=31)
    world.tell(make_event("Profile Updated", world.now, {"segments": ["staff"]}))
    assert withheld(world) == Reason.NOT_IN_AUDIENCE


def test_of_two_that_wait_the_first_fetched_asks_and_the_other_comes_too_soon() -> None:
    world = two_posted(again_after=hours(1))
    assert len(world.messages()) == 2
    assert claimed(world).content is not None, "what waits unseen beside it has asked nobody"
    assert withheld(world) == Reason.ASKED_RECENTLY
    assert world.visit() is None


def test_of_two_under_one_cap_only_the_first_is_shown_and_the_other_waits_for_room() -> None:
    world = two_posted(again_after=None, policy={"caps": ONE_A_DAY})
    assert claimed(world).content is not None
    assert withheld(world) == Reason.CAPPED
    assert world.run("c2").waiting == "capped"


def test_a_place_that_somebody_more_important_waits_for_is_left_to_them() -> None:
    world = posted(ladder=ALONE, policy={"caps": ONE_A_DAY})
    stored = world.store.get(LEDGER)
    turn, end = to_ms(world.now + hours(1)), to_ms(world.now + hours(9))
    line = Waiting("price_drop", "mug", 1, 99, "promotional", (Channel.ONSITE,), turn, end, Reason.OUTRANKED)
    world.store.commit([Put(LEDGER, stored.value.waits("price_drop|mug|1", line, world.now), stored.version)])
    assert withheld(world) == Reason.OUTRANKED
    assert world.run().waiting == "outranked"
    world.turn(hours=2, minutes=6)
    assert claimed(world).content is not None, "who waited for the place did not take it"


def test_a_trigger_that_its_safety_limit_stops_while_it_waits_is_stopped_here_too() -> None:
    """The limit itself counted the message when it was posted."""
    world = posted(ladder=ALONE, policy={"safety": (SafetyLimit(people=2, per=hours(1)),)})
    for person in ("u2", "u3"):
        world.tell(make_event(at=world.now, person=person))
    world.turn(minutes=31)
    assert world.run(person="u3").waiting == "safety_limit"
    assert withheld(world) == Reason.SAFETY_LIMIT


def test_what_joined_the_cart_and_who_shares_the_address_cost_the_page_no_second_read() -> None:
    world = posted(ladder=ALONE)
    world.tell(make_event("Profile Updated", world.now, {"email": "ada@example.com"}, person="u2"))
    jug = {"cart_id": "c1", "product_id": "jug", "price": "9.00", "currency": "EUR"}
    world.tell(make_event("Product Added", world.now, jug))
    world.turn(minutes=31)
    (line,) = waiting("u1", world.store, world.now)
    calls: Calls = Counter()
    store: Any = Counted(world.store, calls)
    ref = MessageRef(line.message, "u1", line.trigger, line.key, Channel.ONSITE, line.items)
    assert Page(lambda _: world.rules, store).claim(ref, world.now).content is not None
    assert calls == {"read": 1, "commit": 1}


class TestTheLedgerAsThePersonKnowsIt:
    def test_what_was_seen_stands_as_it_is(self) -> None:
        ledger = Ledger().claimed(Entry(5, "m", "t", Channel.ONSITE, "promotional"), "t|a|1")
        assert ledger.seen is ledger

    def test_what_was_not_has_asked_nobody_and_what_was_before_it_has(self) -> None:
        first = Ledger().claimed(Entry(5, "m", "t", Channel.EMAIL, "promotional"), "t|a|1")
        second = first.claimed(Entry(9, "n", "t", Channel.ONSITE, "promotional", unseen=True), "t|b|2")
        assert second.seen.asked == {"t": Asked(5, "t|a|1")}
        assert second.seen.asked_besides("t", "t|b|2") == 5

    def test_what_was_seen_after_it_has_asked_last(self) -> None:
        first = Ledger().claimed(Entry(5, "m", "t", Channel.ONSITE, "promotional", unseen=True), "t|a|1")
        second = first.claimed(Entry(9, "n", "t", Channel.EMAIL, "promotional"), "t|b|2")
        assert second.seen.asked == {"t": Asked(9, "t|b|2")}

    def test_one_that_is_fetched_late_has_asked_last_even_if_another_was_posted_after_it(self) -> None:
        first = Ledger().claimed(Entry(5, "m", "t", Channel.ONSITE, "promotional", unseen=True), "t|a|1")
        second = first.claimed(Entry(9, "n", "t", Channel.ONSITE, "promotional", unseen=True), "t|b|2")
        fetched = second.moved("m", 20)
        assert fetched.asked == {"t": Asked(20, "t|a|1", 9, "t|b|2")}
        assert fetched.seen.asked_besides("t", "t|b|2") == 20
        assert fetched.returned("n", "t|b|2").asked == {"t": Asked(20, "t|a|1")}, "the other asked nobody after all"

    def test_of_a_trigger_whose_messages_all_wait_nothing_is_known(self) -> None:
        ledger = Ledger().claimed(Entry(5, "m", "t", Channel.ONSITE, "promotional", unseen=True), "t|a|1")
        assert ledger.seen.asked == {}


@pytest.mark.parametrize("product", ["bowl", "mug"])
def test_an_answer_is_about_what_the_message_was_about(product: str) -> None:
    """Whoever looks at something else meanwhile was still asked about the first."""
    world = posted(ladder=ALONE, per="person")
    looked = {"cart_id": "c1", "product_id": product, "price": "25.00", "currency": "EUR"}
    world.tell(make_event("Product Added", world.now, looked))
    world.turn(minutes=31)
    assert claimed(world).content is not None
    (message,) = world.messages()
    assert (message.about, message.items[0]) == ("mug", "mug")
    assert message.claimed_at == NOON + timedelta(minutes=30)

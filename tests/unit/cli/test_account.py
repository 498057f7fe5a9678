"""The account judges every cart by the data's own clock."""

from datetime import UTC, datetime, timedelta

import pytest

from nudgekit.cli.account import Judgement, judge, outcomes, visits
from nudgekit.cli.formats.parts import Event, event
from nudgekit.model.base import Channel
from nudgekit.model.decision import Decision, Do
from nudgekit.model.reasons import Reason

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
WITHIN, SLACK = timedelta(minutes=30), timedelta(minutes=3)
STARTS, STOPS = frozenset({"Product Added"}), frozenset({"Order Completed"})


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def did(name: str, minute: float, cart: str = "c", person: str = "p", message_id: str = "") -> Event:
    properties = {"cart_id": cart} if cart else {}
    mark = message_id or f"{name}{minute}{cart}{person}"
    return event("shop", name, {"user_id": person}, at(minute), message_id=mark, properties=properties)


def added(minute: float, cart: str = "c", message_id: str = "") -> Event:
    return did("Product Added", minute, cart, message_id=message_id)


def ordered(minute: float, cart: str = "c") -> Event:
    return did("Order Completed", minute, cart)


def decided(minute: float, do: Do = "send", reason: Reason | None = None) -> tuple[str, Decision]:
    channel = Channel.PUSH if do == "send" else None
    return "p", Decision(do, at(minute), "t", 1, "d", "c", 0, channel=channel, reason=reason)


def judged(events: list[Event], *decisions: tuple[str, Decision], end: float = 300) -> list[tuple[str, Judgement]]:
    found = visits(events, STARTS, STOPS, WITHIN)
    return [(line.answer, line.judgement) for line in judge(found, decisions, at(end), SLACK)]


def test_activity_with_short_pauses_is_one_visit_due_after_the_last() -> None:
    (visit,) = visits([added(0), added(20), added(45)], STARTS, STOPS, WITHIN)
    assert (visit.last, visit.due) == (at(45), at(75))


def test_a_pause_as_long_as_the_rules_time_separates_visits() -> None:
    assert [visit.last for visit in visits([added(0), added(30.1)], STARTS, STOPS, WITHIN)] == [at(0), at(30.1)]


def test_repeated_events_count_once() -> None:
    assert len(visits([added(0, message_id="1"), added(0, message_id="1")], STARTS, STOPS, WITHIN)) == 1


@pytest.mark.parametrize(("minute", "followed"), [(10, True), (30, True), (30.1, False)])
def test_an_order_follows_a_cart_when_it_comes_in_time(minute: float, followed: bool) -> None:
    (visit,) = visits([added(0), ordered(minute)], STARTS, STOPS, WITHIN)
    assert visit.followed is followed


def test_an_order_before_the_last_addition_follows_nothing() -> None:
    (visit,) = visits([added(0), ordered(5), added(10)], STARTS, STOPS, WITHIN)
    assert visit.order is None


def test_an_order_of_another_cart_follows_nothing_but_one_without_a_cart_follows_all() -> None:
    other, any_cart = ([added(0), ordered(5, cart)] for cart in ("d", ""))
    assert visits(other, STARTS, STOPS, WITHIN)[0].order is None
    assert visits(any_cart, STARTS, STOPS, WITHIN)[0].order == at(5)


def test_a_message_to_a_cart_without_an_order_is_right() -> None:
    assert judged([added(0)], decided(31)) == [("message", "right")]


def test_silence_about_a_cart_that_was_bought_is_right() -> None:
    assert judged([added(0), ordered(9)], decided(31, "end", Reason.UNLESS_MET)) == [("unless_met", "right")]


def test_a_message_after_an_order_in_time_is_a_violation() -> None:
    assert judged([added(0), ordered(9)], decided(31)) == [("message", "violation")]


def test_a_later_message_after_an_order_is_a_violation() -> None:
    decisions = decided(31), decided(200)
    assert judged([added(0), ordered(60)], *decisions) == [("message", "violation")]


def test_a_message_before_its_time_is_a_violation() -> None:
    assert judged([added(0)], decided(20)) == [("message", "violation")]


def test_silence_for_an_order_that_nobody_made_is_a_violation() -> None:
    assert judged([added(0)], decided(31, "end", Reason.UNLESS_MET)) == [("unless_met", "violation")]


def test_an_order_between_the_due_time_and_the_decision_may_be_judged_either_way() -> None:
    events = [added(0), ordered(31)]
    assert judged(events, decided(32, "end", Reason.UNLESS_MET)) == [("unless_met", "borderline")]
    assert judged(events, decided(32)) == [("message", "borderline")]


def test_an_order_after_the_message_is_no_trouble() -> None:
    assert judged([added(0), ordered(60)], decided(31)) == [("message", "right")]


def test_waiting_for_more_activity_is_no_answer_yet() -> None:
    still = decided(31, "wait", Reason.STILL_ACTIVE)
    assert judged([added(0), added(25)], still, decided(56)) == [("message", "right")]


def test_a_cart_that_was_never_decided_is_a_violation_unless_its_time_had_not_come() -> None:
    assert judged([added(0)], end=100) == [("undecided", "violation")]
    assert judged([added(0)], end=31) == [("undecided", "open")]


def test_a_run_that_ended_before_its_time_for_a_reason_is_right() -> None:
    early = decided(9.5, "end", Reason.UNLESS_MET)
    assert judged([added(0), ordered(9)], early) == [("unless_met", "right")]


def test_outcomes_are_counted_for_followed_and_other_carts() -> None:
    found = visits([added(0), added(0, "d"), ordered(9, "d")], STARTS, STOPS, WITHIN)
    bought = Decision("end", at(31), "t", 1, "d", "d", 0, reason=Reason.UNLESS_MET)
    counts = outcomes(judge(found, [decided(31), ("p", bought)], at(300), SLACK))
    assert counts == {True: {"unless_met": 1}, False: {"message": 1}}

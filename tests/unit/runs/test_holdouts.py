"""Holdouts: asked last, for every path; sticky, recorded with their period, and written down like a message."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from nudgekit import Cap, Holdout, days, hours, minutes
from nudgekit.decide.case import Neighbours
from nudgekit.decide.decide import may_hand_off
from nudgekit.decide.gates import MESSAGE_GATES, PERSON_GATES, RUNG_GATES
from nudgekit.decide.gates.holdout import holdout, memberships, place_of
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.ledger import Ledger, Membership
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.documents import Kind
from tests.builders import NOON, TRIGGER, make_case, make_policy
from tests.shop import Shop

QUARTER = Holdout("2026-q2", 0.5, date(2026, 4, 1), date(2026, 7, 1))
RUNG = Rung(Channel.PUSH)


def held(case: Any) -> bool:
    return holdout(case, RUNG).reason is Reason.HELD_OUT


def somebody(period: str, *, inside: bool, share: float = 0.5) -> str:
    return next(name for name in map("p{}".format, range(99)) if (place_of(period, name) < share) == inside)


def held_out_shop(**policy: Any) -> Shop:
    person = somebody(QUARTER.period, inside=True)
    shop = Shop(NOON, **{"holdouts": (QUARTER,), "caps": (), **policy})
    shop.know(person)
    shop.person = person  # type: ignore[attr-defined]
    return shop


def test_d18_the_holdout_is_the_very_last_gate_and_asked_at_hand_off() -> None:
    assert MESSAGE_GATES[-1].name == "holdout"
    assert MESSAGE_GATES[-1].at_hand_off
    assert "holdout" not in [gate.name for gate in (*PERSON_GATES, *RUNG_GATES, *MESSAGE_GATES[:-1])]


@pytest.mark.parametrize("theirs", [True, False])
def test_whoever_comes_to_share_an_address_stands_where_the_other_was_judged(theirs: bool) -> None:
    trigger = replace(TRIGGER, holdout=0.5)
    unit = somebody(trigger.id, inside=not theirs)
    judged = Ledger(holdouts={f"trigger {trigger.id}": Membership(1, theirs)})
    known = {Channel.EMAIL: Neighbours((judged,), crowd=False)}
    assert held(make_case(trigger=trigger, unit=unit)) is not theirs
    assert held(make_case(trigger=trigger, unit=unit, neighbours=known)) is theirs


def test_whoever_is_held_out_would_have_been_sent_exactly_that() -> None:
    shop = held_out_shop()
    person = shop.person  # type: ignore[attr-defined]
    shop.fill(NOON, "c1", person)
    shop.turn(hours=4)
    assert shop.sends() == []
    (run,) = shop.runs().values()
    assert (run.outcome, run.reason) == (Outcome.SKIPPED, Reason.HELD_OUT)
    (message,) = shop.messages()
    assert (message.status, message.channel, message.rung) == (MessageStatus.HELD_OUT, Channel.PUSH, 0)
    assert message.claimed_at == NOON + minutes(30)
    assert message.variant in {"control", "short"}
    (entry,) = shop.ledger(person).entries
    assert (entry.held, entry.message, entry.at) == (True, message.id, to_ms(NOON + minutes(30)))
    told = [each for each in shop.bus.events if each["detail-type"] == "Message Held Out"]
    assert told == []  # the world has heard it already
    assert ("cart", "repeated") in shop.said("ignored")


def test_the_bus_hears_of_it_once_for_each_message_however_often_it_is_told() -> None:
    from nudgekit.runs.hand_off import HandOff  # noqa: PLC0415
    from tests.world import LEASE  # noqa: PLC0415

    shop = held_out_shop()
    shop.deliver = lambda ref: None  # type: ignore[method-assign]
    shop.fill(NOON, "c1", shop.person)  # type: ignore[attr-defined]
    (wake_up,) = shop.timer.due(NOON + minutes(30))
    shop.now = NOON + minutes(30)
    conductor = shop.conductors["cart"]
    conductor.conduct(wake_up, conductor.read([wake_up]), shop.now)
    conductor.conduct(wake_up, conductor.read([wake_up]), shop.now)
    refs = shop.outbox.take()
    assert len(refs) == 2
    handing = HandOff(shop.books.__getitem__, shop.store, shop.providers[Channel.PUSH], LEASE)
    events = [event for ref in refs for event in handing.hand_off(ref, handing.read([ref]), NOON + hours(2)).events]
    assert {event["detail-type"] for event in events} == {"Message Held Out"}
    assert len({event["detail"]["message_id"] for event in events}) == 1
    assert {event["detail"]["timestamp"] for event in events} == {(NOON + minutes(30)).isoformat()}
    assert {event["detail"]["properties"]["variant"] for event in events} <= {"control", "short"}
    assert shop.providers[Channel.PUSH].sent == []


def test_caps_treat_the_held_out_as_if_they_had_been_messaged() -> None:
    own = Holdout("own", 0.5, date(2026, 1, 1), None, ("cart",))
    person = somebody(own.period, inside=True)
    for holdouts in ((own,), ()):
        shop = Shop(NOON, holdouts=holdouts, caps=(Cap("promotional", 1, days(1)),), quiet_hours=())
        shop.know(person)
        shop.fill(NOON, "c1", person)
        shop.look(NOON + minutes(30), "vase", person)
        shop.turn(days=2)
        carts = [at for trigger, at in shop.sends() if trigger == "cart"]
        browses = [at for trigger, at in shop.sends() if trigger == "browse"]
        assert bool(carts) != bool(holdouts)
        assert all(at >= NOON + minutes(30) + days(1) for at in browses)
        assert ("browse", Reason.CAPPED) in shop.said("waited")


def test_a_changed_share_moves_nobody_who_was_judged() -> None:
    for inside in (True, False):
        person = somebody(QUARTER.period, inside=inside)
        case = make_case(policy=make_policy(holdouts=(QUARTER,)), unit=person)
        judged = Ledger()
        for period, membership in memberships(case).items():
            judged = judged.judged(period, membership)
        for share in (0.01, 0.49):
            policy = make_policy(holdouts=(replace(QUARTER, share=share),))
            assert held(make_case(policy=policy, unit=person, ledger=judged)) == inside
        prolonged = replace(QUARTER, until=date(2026, 9, 1))
        assert held(make_case(policy=make_policy(holdouts=(prolonged,)), unit=person, ledger=judged)) == inside
        assert judged.holdouts[QUARTER.period][1:] == (inside, "2026-04-01", "2026-07-01")


def test_another_period_draws_anew() -> None:
    later = replace(QUARTER, since=date(2026, 5, 1))
    people = [f"p{number}" for number in range(400)]
    first = {each for each in people if place_of(QUARTER.period, each) < 0.5}
    second = {each for each in people if place_of(later.period, each) < 0.5}
    assert 60 < len(first & second) < 140
    assert 160 < len(first) < 240


def test_an_ended_period_holds_nobody_and_is_kept() -> None:
    person = somebody(QUARTER.period, inside=True)
    known = Ledger(holdouts={QUARTER.period: Membership(1, held=True, starts="2026-04-01", ends="2026-06-01")})
    over = make_policy(holdouts=(replace(QUARTER, until=date(2026, 6, 1)),))
    assert not held(make_case(policy=over, unit=person, ledger=known))
    assert QUARTER.period in known.judged("next", Membership(2, held=False)).holdouts


def test_a_holdout_of_other_triggers_or_of_transactional_messages_does_not_bind() -> None:
    person = somebody(QUARTER.period, inside=True)
    elsewhere = make_policy(holdouts=(replace(QUARTER, triggers=("other",)),))
    assert not held(make_case(policy=elsewhere, unit=person))
    policy = make_policy(holdouts=(QUARTER,))
    assert held(make_case(policy=policy, unit=person))
    assert not held(make_case(policy=policy, unit=person, trigger=replace(TRIGGER, purpose="transactional")))


def test_the_days_of_a_period_are_the_shops() -> None:
    policy = make_policy(holdouts=(replace(QUARTER, since=date(2026, 6, 11)),), default_timezone="Europe/Berlin")
    person = somebody("2026-q2|2026-06-11", inside=True)
    start = NOON.replace(hour=22)
    assert held(make_case(policy=policy, unit=person, now=start))
    assert not held(make_case(policy=policy, unit=person, now=start - timedelta(seconds=1)))


def test_people_who_share_an_address_can_be_one_unit() -> None:
    policy = make_policy(holdouts=(QUARTER,))
    shared = somebody(QUARTER.period, inside=True)
    assert held(make_case(policy=policy, unit=shared))
    assert {held(make_case(policy=policy, unit="one address")) for _ in range(2)} == {
        place_of(QUARTER.period, "one address") < 0.5
    }


def test_a_message_claimed_before_the_period_is_stopped_at_hand_off_and_counted_as_held_out() -> None:
    person = somebody(QUARTER.period, inside=True)
    verdict, _ = may_hand_off(make_case(policy=make_policy(holdouts=(QUARTER,)), unit=person), RUNG)
    assert verdict.reason is Reason.HELD_OUT


@pytest.mark.parametrize("inside", [True, False])
def test_the_place_is_written_down_with_the_first_message_or_in_its_stead(inside: bool) -> None:
    person = somebody(QUARTER.period, inside=inside)
    shop = Shop(NOON, holdouts=(QUARTER,))
    shop.know(person)
    shop.fill(NOON, "c1", person)
    assert shop.ledger(person).holdouts == {}
    shop.turn(hours=1)
    (membership,) = shop.ledger(person).holdouts.values()
    assert (membership.held, membership.at) == (inside, to_ms(NOON + minutes(30)))
    assert len([ref for ref in shop.store.rows if ref.kind is Kind.MESSAGE]) == 1


@pytest.mark.parametrize("theirs", [True, False])
def test_whoever_shares_an_address_is_held_out_with_whom_they_share_it_and_not_for_sharing_it(*, theirs: bool) -> None:
    at = to_ms(NOON)
    others = Neighbours((Ledger(holdouts={QUARTER.period: Membership(at, theirs)}),))
    outside = somebody(QUARTER.period, inside=False)
    policy = make_policy(holdouts=(QUARTER,))
    assert held(make_case(policy=policy, unit=outside, neighbours={Channel.EMAIL: others})) is theirs

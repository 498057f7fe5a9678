"""The decision: gates in order, rungs in order, waits within the run's life."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from nudgekit import days, user
from nudgekit.decide.case import Case
from nudgekit.decide.decide import decide, may_hand_off
from nudgekit.decide.hours import closing_time
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import Cap, QuietHours
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.consent import Status
from nudgekit.model.facts import Facts
from nudgekit.model.ledger import Asked, Entry, Ledger
from nudgekit.model.message import MessageStatus
from nudgekit.model.profile import Profile
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Attempt
from tests.builders import (
    NOON,
    PROFILE,
    TRIGGER,
    consenting,
    fold_at,
    make_case,
    make_event,
    make_policy,
    make_run,
    ordered,
    write,
)

DUE = NOON + timedelta(minutes=30)


def test_first_open_rung_is_sent_with_every_gate_in_the_trace() -> None:
    decision = decide(make_case(), write)
    assert (decision.do, decision.channel, decision.rung) == ("send", Channel.PUSH, 0)
    assert [step.gate for step in decision.trace] == [
        "stopped", "up_to_date", "still_true", "expiry", "audience", "again_after", "backlog", "picks",
        "channel_stopped", "provider", "erased", "consent", "reachable", "address_shared", "do_not_call", "held_back",
        "legal_hours", "quiet_hours", "caps", "priority", "safety", "renders", "registration", "delivered_there",
        "service_window", "as_shown", "offer_stands", "holdout",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"facts": fold_at(DUE, make_event(), ordered(NOON + timedelta(minutes=29, seconds=59)))}, Reason.UNLESS_MET),
        ({"facts": fold_at(DUE, make_event(), ordered(NOON, cart_id=None))}, Reason.UNLESS_MET),
        ({"facts": fold_at(DUE, make_event("Checkout Started", NOON, {"cart_id": "c1"}))}, Reason.CART_EMPTY),
        ({"products": {"mug": Product(product_id="mug", stock=0)}}, Reason.OUT_OF_STOCK),
        ({"profile": PROFILE.model_copy(update={"segments": frozenset({"staff"})})}, Reason.NOT_IN_AUDIENCE),
        (
            {"ledger": Ledger(asked={"cart_abandonment": Asked(to_ms(NOON - timedelta(days=6)), "x")})},
            Reason.ASKED_RECENTLY,
        ),
        ({"now": NOON + timedelta(days=3)}, Reason.EXPIRED),
        ({"consent": consenting(status=Status.DENIED)}, Reason.NO_CONSENT),
        ({"profile": Profile()}, Reason.UNREACHABLE),
        ({"profile": Profile(), "consent": consenting("push")}, Reason.NO_CHANNEL),
    ],
)
def test_silence_has_its_reason(changes: dict[str, Any], reason: Reason) -> None:
    decision = decide(make_case(**changes), write)
    assert (decision.do, decision.reason, decision.content) == ("end", reason, None)


def test_whom_the_shop_leaves_out_gets_nothing_promotional_and_all_that_is_owed() -> None:
    policy = make_policy(leave_out=user.segments.contains("guest"))
    guest = PROFILE.model_copy(update={"segments": frozenset({"guest"})})
    left_out = decide(make_case(policy=policy, profile=guest), write)
    assert (left_out.reason, left_out.trace[-1].gate) == (Reason.NOT_IN_AUDIENCE, "audience")
    assert left_out.trace[-1].verdict.seen == (('leave_out: user.segments.contains("guest")', "yes"),)
    assert decide(make_case(policy=policy), write).do == "send"
    owed = replace(TRIGGER, purpose="transactional")
    assert decide(make_case(trigger=owed, policy=policy, profile=guest), write).do == "send"


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({"profile": PROFILE.model_copy(update={"push": {}})}, Channel.EMAIL),
        ({"consent": consenting("sms")}, Channel.SMS),
        ({"consent": consenting("whatsapp", "sms"), "profile": PROFILE.model_copy(update={"push": {}})}, Channel.SMS),
    ],
)
def test_a_closed_rung_is_passed_over_in_the_same_decision(changes: dict[str, Any], channel: Channel) -> None:
    assert decide(make_case(**changes), write).channel is channel


def test_an_order_of_another_cart_does_not_silence_this_one() -> None:
    facts = fold_at(DUE, make_event(), ordered(NOON + timedelta(minutes=1), cart_id="c2"))
    assert decide(make_case(facts=facts), write).do == "send"


def test_a_cart_filled_again_after_an_order_counts_anew() -> None:
    events = (make_event(), ordered(NOON + timedelta(minutes=1)), make_event(at=NOON + timedelta(minutes=2)))
    decision = decide(make_case(facts=fold_at(DUE, *events), now=NOON + timedelta(minutes=32)), write)
    assert decision.do == "send"


def test_activity_within_the_time_is_waited_out() -> None:
    last = NOON + timedelta(minutes=20)
    decision = decide(make_case(facts=fold_at(DUE, make_event(), make_event(at=last))), write)
    assert (decision.do, decision.reason, decision.until) == ("wait", Reason.STILL_ACTIVE, last + timedelta(minutes=30))


def test_facts_that_do_not_know_the_start_event_yet_are_waited_for() -> None:
    decision = decide(make_case(facts=fold_at(DUE, ordered(NOON - timedelta(days=1)))), write)
    assert (decision.do, decision.reason, decision.until) == ("wait", Reason.FACTS_BEHIND, DUE + timedelta(minutes=1))


def test_also_a_ladder_that_is_through_waits_for_the_facts_before_it_says_why_it_ends() -> None:
    through = make_run(rung=len(TRIGGER.ladder) - 1)
    assert decide(make_case(run=through, facts=Facts()), write).reason is Reason.FACTS_BEHIND


def test_facts_that_never_catch_up_cost_a_few_wake_ups_and_a_stated_end() -> None:
    now, step = DUE, 1
    while (decision := decide(make_case(facts=Facts(), now=now, run=make_run(step=step)), write)).do == "wait":
        assert decision.until is not None
        now, step = decision.until, step + 1
    assert decision.reason is Reason.FACTS_BEHIND
    assert step < 15


def test_quiet_hours_wait_for_their_end_in_the_persons_zone() -> None:
    policy = make_policy(quiet_hours=(QuietHours("push", _time(14), _time(16)),))
    decision = decide(make_case(policy=policy), write)
    assert (decision.do, decision.reason, decision.until) == ("wait", Reason.QUIET_HOURS, NOON + timedelta(hours=2))


def test_a_full_cap_waits_for_room() -> None:
    policy = make_policy(caps=(Cap("promotional", 1, per=days(1)),))
    before = NOON - timedelta(hours=20)
    ledger = Ledger(entries=(Entry(to_ms(before), "m", "other", Channel.EMAIL, "promotional"),))
    decision = decide(make_case(policy=policy, ledger=ledger), write)
    assert (decision.do, decision.reason, decision.until) == ("wait", Reason.CAPPED, before + days(1))


def test_a_wait_beyond_the_runs_life_ends_it_with_the_waits_reason() -> None:
    policy = make_policy(caps=(Cap("promotional", 1, per=days(30)),))
    ledger = Ledger(entries=(Entry(to_ms(NOON), "m", "other", Channel.EMAIL, "promotional"),))
    decision = decide(make_case(policy=policy, ledger=ledger), write)
    assert (decision.do, decision.reason) == ("end", Reason.CAPPED)


def test_a_message_that_cannot_be_written_falls_to_the_next_rung_and_says_so() -> None:
    decision = decide(make_case(), lambda case, rung: "no name" if rung.channel is Channel.PUSH else write(case, rung))
    assert decision.channel is Channel.EMAIL
    assert ("renders", Channel.PUSH, Reason.RENDER_FAILED) in [
        (step.gate, step.channel, step.verdict.reason) for step in decision.trace
    ]


def test_the_ladder_goes_on_above_the_rung_it_stands_on() -> None:
    attempt = Attempt(0, Channel.PUSH, "m1", MessageStatus.HANDED_OFF)
    run = make_run(rung=0, attempts=(attempt,))
    own = Ledger(asked={"cart_abandonment": Asked(to_ms(NOON), run.id)})
    assert decide(make_case(run=run, ledger=own), write).channel is Channel.EMAIL


def test_hand_off_asks_consent_and_truth_again() -> None:
    rung = Rung(Channel.PUSH)
    assert may_hand_off(make_case(), rung)[0].answer == "pass"
    assert may_hand_off(make_case(consent=consenting("email")), rung)[0].reason is Reason.NO_CONSENT
    bought = fold_at(DUE, make_event(), ordered(NOON + timedelta(minutes=29)))
    assert may_hand_off(make_case(facts=bought), rung)[0].reason is Reason.UNLESS_MET


def _time(hour: int) -> Any:
    from datetime import time  # noqa: PLC0415

    return time(hour)


def test_a_rule_for_each_product_sees_the_whole_cart() -> None:
    trigger = replace(TRIGGER, per="product_id")
    case = make_case(trigger=trigger, run=make_run(trigger=trigger))
    assert (case.run.key, case.cart.size) == ("mug", 1)


def test_a_cart_with_a_price_that_nobody_said_has_no_value_in_messages() -> None:
    priced = {"product_id": "mug", "price": "25.00", "currency": "EUR", "cart_id": "c1"}
    unpriced = {"product_id": "jug", "currency": "EUR", "cart_id": "c1"}
    gone = {"product_id": "pot", "price": "5.00", "currency": "EUR", "cart_id": "c1"}
    facts = fold_at(
        NOON,
        *(make_event("Product Added", NOON, each, event_id=each["product_id"]) for each in (priced, unpriced, gone)),
    )
    shown = make_case(facts=facts, products={"pot": Product(product_id="pot", stock=0)}).on_offer
    assert ([line.product_id for line in shown.lines], shown.value) == (["mug", "jug"], None)


def test_what_is_owed_may_be_delivered_at_any_hour() -> None:
    case = make_case(policy=make_policy(quiet_hours=(QuietHours("sms", time(21), time(8)),)))
    assert closing_time(case, Channel.SMS, NOON) is not None
    assert closing_time(replace_trigger(case, purpose="transactional"), Channel.SMS, NOON) is None


def replace_trigger(case: Case, **changes: Any) -> Case:
    return make_case(policy=case.policy, trigger=replace(case.trigger, **changes))

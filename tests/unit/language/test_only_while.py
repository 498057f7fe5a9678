"""What a message rests on, and amounts against those that a start event names."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from nudgekit import cart, days, event, followers, item, rung, start, user
from nudgekit.decide.decide import decide, may_hand_off
from nudgekit.errors import RuleError
from nudgekit.language.canonical import condition_data, condition_from
from nudgekit.language.durations import at_once
from nudgekit.language.scope import Scope
from nudgekit.language.trigger import Trigger
from nudgekit.model.catalogue import Product
from nudgekit.model.facts import Facts
from nudgekit.model.profile import Profile
from nudgekit.model.reasons import Reason
from tests.builders import NOON, TRIGGER, make_case, make_run, write


def scope(price: str | None, about: Any) -> Scope:
    lamp = Product(product_id="lamp", price=None if price is None else Decimal(price))
    return Scope(Profile(), Facts(), Facts().cart(""), NOON, {"to": about} if about is not None else {}, lamp)


@pytest.mark.parametrize(
    ("price", "named", "held"),
    [
        ("39.00", "39.00", True), ("39.01", "39.00", False), ("39", 39, True), ("39.1", 39.1, True), ("0", "0", True),
        ("39", None, False), (None, "39", False), ("39", "cheap", False), ("39", "NaN", False), ("1", True, False),
    ],
)  # fmt: skip
def test_an_amount_is_compared_with_what_the_start_event_names(price: str | None, named: Any, *, held: bool) -> None:
    condition = item.price <= start("to")
    assert condition.test(scope(price, named)) is held
    assert condition.told(scope(price, named))[0] is held
    assert [term.held for term in condition.explain(scope(price, named))] == [held]


def test_such_a_comparison_is_written_and_read_back() -> None:
    for condition in (item.price <= start("to"), cart.value > item.price):
        assert condition_from(condition_data(condition)) == condition
    assert str(item.price <= start("to")) == 'item.price <= start("to")'


def test_an_amount_is_not_compared_with_a_text() -> None:
    with pytest.raises(RuleError, match="cannot be compared"):
        _ = item.price <= user.country


RESTS = replace(TRIGGER, only_while=cart.value <= 30)


def test_a_rule_that_rests_on_nothing_has_the_digest_it_always_had() -> None:
    assert "only_while" not in TRIGGER.to_data()
    assert Trigger.from_json(RESTS.to_json()) == RESTS
    assert RESTS.digest != TRIGGER.digest


def test_what_a_message_rests_on_must_be_a_condition() -> None:
    with pytest.raises(RuleError, match="only_while is not a condition"):
        replace(TRIGGER, only_while="cart.value <= 30")  # type: ignore[arg-type]


def test_it_ends_the_run_when_it_no_longer_holds() -> None:
    held = make_case(trigger=RESTS)
    assert decide(held, write).do == "send"
    broken = make_case(trigger=replace(TRIGGER, only_while=cart.value <= 20))
    assert (decide(broken, write).do, decide(broken, write).reason) == ("end", Reason.NO_LONGER_TRUE)


def test_unlike_the_audience_it_is_asked_at_every_rung_and_at_hand_off() -> None:
    later = make_case(trigger=replace(TRIGGER, only_while=cart.value <= 20), run=make_run(rung=0))
    assert decide(later, write).reason is Reason.NO_LONGER_TRUE
    verdict, _ = may_hand_off(later, TRIGGER.ladder[1])
    assert verdict.reason is Reason.NO_LONGER_TRUE
    for_others = make_case(trigger=replace(TRIGGER, audience=cart.value <= 20), run=make_run(rung=0))
    assert decide(for_others, write).do == "send"


def test_the_shops_own_event_can_be_what_it_rests_on() -> None:
    trigger = Trigger(
        id="drop", version=1, owner="crm", purpose="promotional", when=event("Price Dropped"),
        among=followers(of="product_id"), within=at_once, per="product_id", only_while=item.price <= start("to"),
        ladder=(rung("push"),), expires_after=days(1),
    )  # fmt: skip
    run = make_run().model_copy(update={"trigger": "drop", "key": "lamp", "about": {"to": "39"}, "of_shop": True})
    lamp = Product(product_id="lamp", price=Decimal(39))
    at = NOON + timedelta(minutes=1)
    assert decide(make_case(trigger=trigger, run=run, products={"lamp": lamp}, now=at), write).do == "send"
    dearer = {"lamp": lamp.model_copy(update={"price": Decimal(40)})}
    assert decide(make_case(trigger=trigger, run=run, products=dearer, now=at), write).reason is Reason.NO_LONGER_TRUE

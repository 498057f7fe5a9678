"""`unless` may ask for the same product or coupon: what is done about another one stops nothing."""

import pytest

from nudgekit import at_once, event, hours, moment
from nudgekit.decide.case import Case
from nudgekit.decide.gates.still_true import still_true
from nudgekit.errors import RuleError
from nudgekit.language.fields import Events
from nudgekit.language.ladder import rung
from nudgekit.language.trigger import Trigger
from nudgekit.model.facts import Facts, fold
from nudgekit.model.run import Run
from nudgekit.runs.arm import arm
from tests.builders import NOON, make_event, make_policy

LATER = NOON.replace(hour=13)


def rule(unless: Events) -> Trigger:
    return Trigger(
        id="alert", version=1, owner="crm", purpose="promotional", when=event("Coupon Issued"), unless=unless,
        within=at_once, at=moment("ends_at"), per="deadline_id", ladder=(rung("push"),), expires_after=hours(1),
    )  # fmt: skip


def judged(unless: Events, done: dict[str, object], **about: str) -> str:
    """What the gate says to an order of `done`, when the run is about `about`."""
    named = {"deadline_id": "d1", "ends_at": "2099-01-01T00:00:00Z", **about}
    started = make_event("Coupon Issued", properties=named)
    ordered = make_event("Order Completed", LATER, done)
    run: Run = arm(rule(unless), started)
    case = Case(rule(unless), make_policy(), run, LATER, facts=fold(Facts(), [started, ordered], LATER))
    verdict = still_true(case, case.trigger.ladder[0])
    return str(verdict.reason or verdict.answer)


SAME = event("Order Completed").of("product_id") | event("Coupon Applied").of("coupon_id")
ANY = event("Order Completed")


@pytest.mark.parametrize(
    ("unless", "done", "about", "says"),
    [
        (ANY, {"product_id": "vase"}, {"product_id": "mug"}, "unless_met"),
        (SAME, {"product_id": "vase"}, {"product_id": "mug"}, "pass"),
        (SAME, {"product_id": "mug"}, {"product_id": "mug"}, "unless_met"),
        (SAME, {"products": [{"product_id": "vase"}, {"product_id": "mug"}]}, {"product_id": "mug"}, "unless_met"),
        (SAME, {"order_id": "o1"}, {"product_id": "mug"}, "pass"),
        (SAME, {"product_id": "mug"}, {}, "pass"),
    ],
)
def test_it_counts_for_the_same_alone(
    unless: Events, done: dict[str, object], about: dict[str, str], says: str
) -> None:
    assert judged(unless, done, **about) == says


def test_it_is_part_of_the_rule_and_of_what_the_rule_says() -> None:
    assert Trigger.from_json(rule(SAME).to_json()) == rule(SAME)
    assert rule(SAME).digest != rule(event("Order Completed") | event("Coupon Applied")).digest
    assert str(SAME) == 'event("Coupon Applied").of("coupon_id") | event("Order Completed").of("product_id")'


def test_a_misspelt_key_is_told_with_the_nearest() -> None:
    with pytest.raises(RuleError, match="product_id"):
        event("Order Completed").of("productid")


def test_it_is_for_unless_alone_and_once() -> None:
    with pytest.raises(RuleError, match="by two keys"):
        rule(SAME | event("Order Completed").of("coupon_id"))
    with pytest.raises(RuleError, match="nothing to be compared with"):
        Trigger(
            id="alert", version=1, owner="crm", purpose="promotional", when=event("Coupon Issued").of("coupon_id"),
            within=at_once, per="person", ladder=(rung("push"),), expires_after=hours(1),
        )  # fmt: skip

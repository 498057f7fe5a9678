"""A trigger says what is wrong with it, and stays the same through JSON."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from nudgekit import (
    Trigger,
    at_once,
    cart,
    daily,
    days,
    event,
    everyone,
    followers,
    hours,
    item,
    minutes,
    moment,
    rung,
    start,
    user,
    weekly,
)
from nudgekit.errors import RuleError
from tests.builders import TRIGGER


def test_its_events_are_sorted_names() -> None:
    assert TRIGGER.start_events == ("Checkout Started", "Product Added")
    assert TRIGGER.stop_events == ("Order Completed",)
    assert replace(TRIGGER, unless=None).stop_events == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"unless": None, "audience": None, "goal": None, "again_after": None},
        {"holdout": 0.05, "priority": 0, "purpose": "transactional", "per": "product_id"},
        {"ladder": (rung("email", wait=minutes(0.5), until="delivered"), rung("sms"))},
        {"audience": (event("Product Viewed").count(days(7)) >= 3) | (user.trait("tier") == "gold")},
        {"audience": (start("percent") >= 10) & (item.price <= 50) & user.segments.contains(start("segment"))},
        {"within": at_once, "per": "person", "until": moment("ends_at")},
        {"at": moment("ends_at").before(hours(3)) | moment("remind_at")},
        {"when": None, "every": weekly("sunday", time(10)), "among": everyone()},
        {"when": event("Price Dropped"), "among": followers("product_id", waves="stock", pause=hours(1))},
        {"ladder": (rung("email", wait=days(1), until="never", message="one"), rung("email", message="two"))},
    ],
)
def test_a_round_trip_through_json_changes_nothing(changes: dict[str, Any]) -> None:
    trigger = replace(TRIGGER, **changes)
    again = Trigger.from_json(trigger.to_json())
    assert again == trigger
    assert again.digest == trigger.digest


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"within": minutes(31)},
        {"audience": cart.value >= 21},
        {"ladder": (rung("email"),)},
        {"goal": event("Order Completed").within(days(2))},
        {"holdout": 0.1},
        {"owner": "somebody else"},
    ],
)
def test_every_change_changes_the_digest(changes: dict[str, Any]) -> None:
    assert replace(TRIGGER, **changes).digest != TRIGGER.digest


def test_the_digest_does_not_depend_on_how_events_were_joined() -> None:
    turned = event("Checkout Started") | event("Product Added")
    assert replace(TRIGGER, when=turned).digest == TRIGGER.digest


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"id": "Cart"}, "cannot be an id"),
        ({"id": "x" * 41}, "cannot be an id"),
        ({"owner": " "}, "nobody owns"),
        ({"purpose": "fun"}, "is not a purpose"),
        ({"per": "cartid"}, "is not a key"),
        ({"version": 0}, "is not a version"),
        ({"version": True}, "is not a version"),
        ({"priority": 101}, "is not a priority"),
        ({"holdout": 1}, "is not a share"),
        ({"holdout": -0.1}, "is not a share"),
        ({"when": "Product Added"}, "names no event"),
        ({"when": None}, "nothing starts the trigger"),
        ({"when": event("Flash Sale Started")}, "is nobody's own"),
        ({"among": everyone()}, "is somebody's own event"),
        ({"every": daily(time(9))}, "the calendar is nobody's own"),
        ({"every": days(7)}, "is not known"),
        ({"at": "ends_at"}, "is not known"),
        ({"unless": "Order Completed"}, "names no event"),
        ({"unless": event("Product Added")}, "both starts and stops"),
        ({"audience": True}, "not a condition"),
        ({"audience": cart.value}, "not a condition"),
        ({"goal": event("Order Completed")}, "the goal has no time"),
        ({"within": 30}, "not a length of time"),
        ({"again_after": timedelta()}, "not a length of time"),
        ({"ladder": ()}, "no rung"),
        ({"ladder": rung("email")}, "not a tuple of rungs"),
        ({"ladder": ("email",)}, "not a tuple of rungs"),
        ({"ladder": (rung("push"), rung("email"))}, 'the rung "push" has no wait'),
        ({"ladder": (rung("push", wait=hours(1)),)}, 'the last rung "push" waits'),
        ({"ladder": (rung("push", wait=hours(1)), rung("push"))}, "stands in the ladder twice"),
        ({"ladder": (rung("push", wait=hours(1), message="a"), rung("push", message="a"))}, '"push.a" stands'),
        ({"expires_after": hours(26.5)}, "the last rung comes"),
    ],
)
def test_a_mistake_is_named(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(RuleError) as raised:
        replace(TRIGGER, **changes)
    assert what in raised.value.what
    assert raised.value.remedy


def test_a_run_may_expire_a_second_after_the_last_rung_is_due() -> None:
    assert replace(TRIGGER, expires_after=hours(26.5) + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: rung("e-mail"), "is not a channel"),
        (lambda: rung("push", wait=2), "not a length of time"),  # type: ignore[arg-type]
        (lambda: rung("push", until="read"), "is not known"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_rung_is_named_at_its_line(make: Callable[[], object], what: str) -> None:
    with pytest.raises(RuleError) as raised:
        make()
    assert what in raised.value.what
    assert raised.value.where.startswith(f"{__file__}:")

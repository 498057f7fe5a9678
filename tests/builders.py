"""Small makers of the things that tests speak of."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from nudgekit import Trigger, cart, days, event, hours, minutes, rung, user
from nudgekit.decide.case import Case
from nudgekit.language.policy import Policy, Shop
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.event import Event
from nudgekit.model.facts import fold
from nudgekit.model.message import Content
from nudgekit.model.profile import Endpoint, Profile, Write
from nudgekit.model.run import Run
from nudgekit.runs.arm import arm

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
"""A Wednesday, noon in London's winter zone, 14:00 in Berlin."""

_ids = count()

TRIGGER = Trigger(
    id="cart_abandonment",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Added") | event("Checkout Started"),
    unless=event("Order Completed"),
    within=minutes(30),
    per="cart_id",
    audience=(cart.value >= 20) & ~user.segments.contains("staff"),
    ladder=(
        rung("push", wait=hours(2)),
        rung("email", wait=hours(20)),
        rung("sms", wait=hours(4)),
        rung("whatsapp"),
    ),
    again_after=days(7),
    expires_after=days(3),
    priority=80,
    goal=event("Order Completed").within(days(3)),
)


def make_policy(**changes: Any) -> Policy:
    """A shop without quiet hours or caps, unless given."""
    given: dict[str, Any] = {
        "valid_from": NOON.date(),
        "shop": Shop("Example", "https://shop.example", "1 Example Street"),
        "default_timezone": "Europe/Berlin",
        "currency": "EUR",
    }
    return Policy(**{**given, **changes})


def make_event(
    name: str = "Product Added",
    at: datetime = NOON,
    properties: Mapping[str, Any] | None = None,
    *,
    person: str = "u1",
    event_id: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> Event:
    """An event; by default 25 EUR worth of mug put into cart c1. Without a `person` it is one of the shop."""
    mug = {"cart_id": "c1", "product_id": "mug", "name": "Mug", "price": "25.00", "quantity": 1, "currency": "EUR"}
    detail = {
        "message_id": event_id or f"e{next(_ids)}",
        **({"user_id": person} if person else {}),
        "timestamp": at,
        "properties": mug if properties is None else dict(properties),
        "context": dict(context or {}),
    }
    return Event.model_validate({"source": "shop", "detail-type": name, "detail": detail})


def ordered(at: datetime, **properties: Any) -> Event:
    """An order of cart c1, unless told otherwise."""
    return make_event("Order Completed", at, {"order_id": "o1", "cart_id": "c1", **properties})


PROFILE = Profile(
    name="Ada Example",
    email="ada@example.com",
    phone="+4915550100",
    locale="en",
    timezone="Europe/Berlin",
    push={"endpoint-1": Endpoint(1, "fcm")},
    written={"email": Write(1, "a"), "phone": Write(1, "a")},
)


def consenting(*channels: str, status: Status = Status.GRANTED) -> Consent:
    """Consent to promotions on `channels`, on all four when none is named."""
    said = Consent()
    for channel in channels or tuple(Channel):
        said = said.heard(Evidence(channel=Channel(channel), status=status, at=NOON, event_id=f"c-{channel}"))
    return said


def make_run(start: Event | None = None, trigger: Trigger = TRIGGER, **changes: Any) -> Run:
    """The run that `start` arms."""
    return arm(trigger, start or make_event()).model_copy(update=changes)


def make_case(**changes: Any) -> Case:
    """A person who left a cart of 25 EUR half an hour ago, may be messaged and can be reached on every channel."""
    start = make_event()
    given: dict[str, Any] = {
        "trigger": TRIGGER,
        "policy": make_policy(),
        "run": make_run(start),
        "now": NOON + timedelta(minutes=30),
        "profile": PROFILE,
        "facts": fold_at(NOON, start),
        "consent": consenting(),
    }
    return Case(**{**given, **changes})


def fold_at(now: datetime, *events: Event) -> Any:
    """The facts of a person who did `events`."""
    from nudgekit.model.facts import Facts  # noqa: PLC0415

    return fold(Facts(), events, now)


def write(case: Case, rung: Any) -> Content:
    """A rendering that always works."""
    return Content(channel=rung.channel, body=f"about {case.cart.size} things")

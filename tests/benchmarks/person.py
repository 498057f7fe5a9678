"""One shopper with a full history, and the ten-term audience that everybody is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from nudgekit import Cap, QuietHours, cart, days, user
from nudgekit.decide.case import Case
from nudgekit.decide.gates.holdout import place_of
from nudgekit.language.expressions import Condition
from nudgekit.language.scope import Scope
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.event import COMMERCE_EVENTS, Event
from nudgekit.model.facts import Facts, fold
from nudgekit.model.ledger import Asked, Entry, Ledger
from nudgekit.model.profile import Profile
from tests.builders import NOON, PROFILE, TRIGGER, consenting, make_event, make_policy, make_run

AUDIENCE: Final[Condition] = (
    (cart.value >= 20)
    & (cart.value <= 500)
    & (cart.size >= 2)
    & (cart.currency == "EUR")
    & user.country.one_of("AT", "CH", "DE")
    & ~user.segments.contains("staff")
    & user.segments.contains("newsletter")
    & (user.trait("tier") == "gold")
    & (user.trait("orders") >= 2)
    & user.locale.one_of("de", "en")
)
"""Ten comparisons, all true of `SHOPPER`, so that every one of them is made."""

SHOPPER: Final[Profile] = PROFILE.model_copy(
    update={
        "country": "DE",
        "segments": frozenset({"newsletter", "vip"}),
        "traits": {"tier": "gold", "orders": 7},
    }
)

DATA: Final[dict[str, Any]] = {
    "user": {
        "country": "DE",
        "locale": "en",
        "segments": ["newsletter", "vip"],
        "traits": {"tier": "gold", "orders": 7},
    },
    "cart": {"value": 75.5, "currency": "EUR", "size": 3},
}
"""The same shopper as the other engines take them: JSON values."""

DUE: Final = NOON + timedelta(minutes=30)


def by_hand(scope: Scope) -> bool:
    """`AUDIENCE` as somebody would type it."""
    profile, cart = scope.profile, scope.cart
    value, segments, orders = cart.value, profile.segments, profile.traits.get("orders")
    return (
        value is not None
        and value >= _LEAST
        and value <= _MOST
        and len(cart.lines) >= 2
        and cart.currency == "EUR"
        and profile.country in _COUNTRIES
        and "staff" not in segments
        and "newsletter" in segments
        and profile.traits.get("tier") == "gold"
        and isinstance(orders, int)
        and orders >= 2
        and profile.locale in _LOCALES
    )


_LEAST, _MOST = Decimal(20), Decimal(500)
_COUNTRIES, _LOCALES = frozenset({"AT", "CH", "DE"}), frozenset({"de", "en"})


def shopping_days(days_back: int, names: Sequence[str]) -> list[list[Event]]:
    """What a busy shopper did on each of the days before `NOON`: every one of `names` once, all over the shop."""
    return [_day(day, names) for day in range(days_back, 0, -1)]


def _day(days_ago: int, names: Sequence[str]) -> list[Event]:
    morning = NOON - timedelta(days=days_ago)
    return [
        make_event(name, morning + timedelta(minutes=7 * minute), _properties(name, days_ago * len(names) + minute))
        for minute, name in enumerate(names)
    ]


def _properties(name: str, number: int) -> dict[str, Any]:
    item = {"product_id": f"sku-{number:05}", "name": f"Product {number}", "price": "25.00", "currency": "EUR"}
    if number % 2:
        item |= {"category": f"category {number % 30}", "brand": f"brand {number % 40}"}
    keys = _OWN_KEY.get(name.partition(" ")[0]) or _KEYS[number % len(_KEYS)]
    return {**item, **{key: f"{key}-{number}" for key in keys}}


_OWN_KEY: Final = {"Order": ("order_id",), "Article": ("article_id",)}
_KEYS: Final = ((), ("cart_id",), ("seller_id",), ("cart_id", "checkout_id"), ("chat_id",))


def facts_after(history: Sequence[Sequence[Event]]) -> Facts:
    """The fact sheet of somebody with that history, folded day by day as it happened."""
    facts = Facts()
    for day in history:
        facts = fold(facts, day, day[-1].at)
    return facts


BUSY: Final = tuple(sorted(COMMERCE_EVENTS))[:12]
"""What a busy shopper does every day, once each."""


@cache
def busy_facts() -> Facts:
    """Ninety busy days, and now three products in the cart `c1`."""
    products = [
        {"product_id": f"sku-{number}", "name": f"Product {number}", "price": price, "currency": "EUR"}
        for number, price in enumerate(("25.00", "30.00", "20.50"))
    ]
    emptied = make_event("Order Completed", NOON - timedelta(hours=1), {})
    filled = make_event("Checkout Started", NOON, {"cart_id": "c1", "products": products})
    return facts_after([*shopping_days(90, BUSY), [emptied, filled]])


@cache
def bursting_facts() -> Facts:
    """Everything a fact sheet can hold: all of commerce, selling, chatting and reading, every day, for ninety days."""
    names = sorted(COMMERCE_EVENTS | {"Listing Sold", "Chat Started", "Article Read"})
    return facts_after(shopping_days(90, names * 4))


def a_case(**changes: Any) -> Case:
    """A busy shopper's abandoned cart at the moment the run is due, with every gate given something to look at."""
    run = make_run(make_event("Checkout Started", NOON, {"cart_id": "c1", "product_id": "sku-0"}))
    given: dict[str, Any] = {
        "trigger": replace(TRIGGER, audience=AUDIENCE, holdout=0.05),
        "policy": POLICY,
        "run": run.model_copy(update={"person": _messaged()}),
        "now": DUE,
        "profile": SHOPPER,
        "facts": busy_facts(),
        "consent": consenting(),
        "ledger": LEDGER,
        "products": {f"sku-{number}": Product(product_id=f"sku-{number}", stock=5) for number in range(3)},
    }
    return Case(**{**given, **changes})


def _messaged() -> str:
    """Somebody who is not in the holdout."""
    return next(f"u{number}" for number in range(100) if place_of(TRIGGER.id, f"u{number}") >= 0.05)


POLICY: Final = make_policy(
    quiet_hours=tuple(QuietHours(channel, time(21), time(8)) for channel in ("push", "sms", "whatsapp")),
    caps=(Cap("promotional", limit=3, per=days(1)), Cap("promotional", limit=8, per=days(7))),
)

LEDGER: Final = Ledger(
    entries=tuple(
        Entry(to_ms(NOON - timedelta(days=number)), f"m{number}", "newsletter", Channel.EMAIL, "promotional")
        for number in range(28, 1, -4)
    ),
    asked={TRIGGER.id: Asked(to_ms(NOON - timedelta(days=10)), "an earlier run")},
)

"""What a message may tell people of what they did themselves."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from nudgekit.content.money import Money
from nudgekit.model.base import DAY_MS, to_ms
from nudgekit.model.facts import Facts

WEEK = timedelta(days=7)
"""A week that is told is the seven days before today: two that follow each other share no day."""

_SOLD = ("Listing Sold",)
_GRANTED, _REDEEMED = ("Cashback Granted",), ("Cashback Redeemed",)


def stats_of(facts: Facts, currency: str, now: datetime) -> dict[str, Any]:
    """Numbers of what somebody sold, ordered and did, up to the moment `now`; amounts in the shop's `currency`.

    Names of categories and brands are None where the facts tell of none, and the cashback where none is held.
    """

    def money(amount: Decimal) -> Money:
        return Money(amount, currency)

    held = facts.taken(_GRANTED, currency, now) - facts.taken(_REDEEMED, currency, now)
    return {
        "sold": facts.times_ever(_SOLD),
        "sold_week": _in_week(facts, "Listing Sold", to_ms(now)),
        "earned": money(facts.taken(_SOLD, currency, now)),
        "earned_week": money(facts.taken(_SOLD, currency, now, WEEK)),
        "listed_week": _in_week(facts, "Listing Published", to_ms(now)),
        "sold_category": facts.top("category", _SOLD),
        "listed": sum(facts.days.get("Listing Published", {}).values()),
        "chats": sum(facts.days.get("Chat Started", {}).values()),
        "orders": facts.order_count(now),
        "spent": money(facts.spent(currency, now)),
        "cashback": money(held) if held > 0 else None,
        "category": facts.favourite("category", now),
        "brand": facts.favourite("brand", now),
        "quiet_days": facts.quiet_days(now) or 0,
    }


def _in_week(facts: Facts, name: str, now: int) -> int:
    today = now // DAY_MS
    return sum(times for day, times in facts.days.get(name, {}).items() if today - WEEK.days <= day < today)

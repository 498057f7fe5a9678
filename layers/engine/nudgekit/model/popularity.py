"""What people look at and buy these days, of the whole shop, of a category, of a brand.

The numbers are for choosing what to show, not for books: an event that a queue brings twice counts twice, and of what
few people want each part keeps the most wanted alone. Parts of one owner (see `SHARDS`) are written side by side, so
that no single row is hot; `top` takes them together.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import exp2
from typing import Final, Self

from nudgekit.model.base import Model, day_of
from nudgekit.model.facts import INTEREST

SHARDS: Final = 4
"""Into how many parts one owner's popularity is written."""

DAYS: Final = 30
MAX_PRODUCTS: Final = 200
HALF_LIFE_DAYS: Final = 3
"""After how long a sign counts half when it is decided which products are kept: something new gets its chance."""

WEIGHTS: Final[Mapping[str, float]] = {
    name: INTEREST[name] for name in ("Product Viewed", "Product Added to Wishlist", "Product Added", "Order Completed")
}
"""Events that count, and how much: as much as for the interest of one person."""

EVERYTHING: Final = "all"
"""The owner for the whole shop; the others are `category=<category>` and `brand=<brand>`."""

SOLD: Final = "sold:"
"""Stands before an owner where orders alone count: what sells best is not always what people look at most."""


class Popularity(Model):
    """One part: product -> day since 1970 (UTC) -> weight of the signs of that day, as `WEIGHTS` has them."""

    days: dict[str, dict[int, float]] = {}

    def plus(self, signs: Mapping[str, Mapping[int, float]]) -> Self:
        """With `signs` (product -> day -> weight) added, within bounds. Days are counted from the latest one known."""
        days = {product: dict(weights) for product, weights in self.days.items()}
        for product, weights in signs.items():
            own = days.setdefault(product, {})
            for day, weight in weights.items():
                own[day] = own.get(day, 0.0) + weight
        return self.model_copy(update={"days": _bounded(days)})


def top(parts: Iterable[Popularity], days: int, now: datetime) -> tuple[tuple[str, float], ...]:
    """Products by how much they were wanted in the last `days` days (1 to 30, today included), the most wanted first.

    Args:
        parts: all parts of one owner, as `popularity_refs` names them.
        days: how far back.
        now: the moment.
    """
    since = day_of(now) - min(days, DAYS)
    found: dict[str, float] = {}
    for part in parts:
        for product, weights in part.days.items():
            if weight := sum(each for day, each in weights.items() if day > since):
                found[product] = found.get(product, 0.0) + weight
    return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _bounded(days: dict[str, dict[int, float]]) -> dict[str, dict[int, float]]:
    latest = max((day for weights in days.values() for day in weights), default=0)
    recent = {
        product: {day: weight for day, weight in weights.items() if day > latest - DAYS}
        for product, weights in days.items()
    }
    ranked = sorted(recent, key=lambda product: (-_recently(recent[product], latest), product))
    return {product: recent[product] for product in ranked[:MAX_PRODUCTS] if recent[product]}


def _recently(weights: Mapping[int, float], latest: int) -> float:
    return sum(weight * exp2((day - latest) / HALF_LIFE_DAYS) for day, weight in weights.items())

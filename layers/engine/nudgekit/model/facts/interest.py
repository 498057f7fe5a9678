"""Signs of interest: what somebody looked at, liked, talked about or bought, the latest of each strength.

Keeping the latest of a set is the same whatever order they come in, however often and in how many batches: so what is
read from the signs needs no counter that an event must enter exactly once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from math import exp2, isfinite
from typing import Final, Literal, NamedTuple

from nudgekit.model.base import DAY_MS
from nudgekit.model.event import Event, ProductLine

MAX_GLANCES: Final = 40
MAX_INTERESTS: Final = 32
HALF_LIFE_DAYS: Final = 14

INTEREST: Final = {
    "Product List Viewed": 0.5,
    "Product Viewed": 1.0,
    "Product Details Opened": 1.5,
    "Product Shared": 2.0,
    "Product Added to Wishlist": 2.0,
    "Chat Started": 3.0,
    "Product Added": 3.0,
    "Order Completed": 5.0,
    "Listing Published": 0.0,
    "Listing Sold": 0.0,
}
"""How strong a sign of wanting something each event is. What somebody sells is noted, and no sign of wanting it."""

_GLANCE: Final = 1.0
"""Signs up to this strength have a shelf of their own: a day of looking around must not push out what was liked."""

_LONGEST_LABEL: Final = 64
_LONGEST_LOOK: Final = 3600

UNSEEN: Final = 3.0
"""Looks at something else that a share takes for granted: one look at one brand is no devotion, ten are."""

Kind = Literal["category", "brand"]


class Interest(NamedTuple):
    """One sign of interest: when (ms), how strong, in what, by which event, at what price, for how many seconds."""

    at: int
    weight: float
    category: str
    brand: str
    product: str = ""
    name: str = ""
    price: Decimal | None = None
    seconds: int = 0


Signs = Mapping[str, Interest]
"""Signs by the mark of their event; of several products in one event, the later ones by `mark.number`."""


def signs_of(event: Event, at: int, mark: str) -> Iterator[tuple[str, Interest]]:
    """The signs that `event`, one of `INTEREST`, gives, each with its key."""
    weight = INTEREST[event.name]
    given = event.detail.properties.model_extra or {}
    category, seconds = label(given.get("category")), _seconds(given.get("seconds"))
    if event.name == "Product List Viewed":  # the products are what was shown, not what was looked at
        if category:
            yield mark, Interest(at, weight, category, "", "", event.name, None, seconds)
        return
    for number, product in enumerate(event.lines[:MAX_INTERESTS]):
        yield f"{mark}.{number}" if number else mark, _sign(event.name, product, at, weight, category, seconds)


def _sign(name: str, product: ProductLine, at: int, weight: float, category: str, seconds: int) -> Interest:  # noqa: PLR0913, PLR0917
    found = label(product.category) or category
    return Interest(at, weight, found, label(product.brand), product.product_id, name, product.price, seconds)


def label(value: object) -> str:
    """The name of a category or brand, cut to what the sheet has room for; empty when it is none."""
    return value[:_LONGEST_LABEL] if isinstance(value, str) else ""


def _seconds(value: object) -> int:
    """How long the look took; nonsense, and a page left open over night, tell nothing beyond an hour."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        return 0
    return int(min(max(value, 0), _LONGEST_LOOK))


def greater(one: Interest, other: Interest) -> Interest:
    """Which of two signs under one key stays: the same one whichever came first."""
    return max(one, other, key=lambda sign: (sign.at, sign.weight, sign.product, repr(sign)))


def latest_signs(signs: dict[str, Interest]) -> dict[str, Interest]:
    """The latest glances and the latest stronger signs."""
    if len(signs) <= MAX_INTERESTS:
        return signs
    glances = _latest(((mark, sign) for mark, sign in signs.items() if _is_glance(sign)), MAX_GLANCES)
    return glances | _latest(((mark, sign) for mark, sign in signs.items() if not _is_glance(sign)), MAX_INTERESTS)


def _is_glance(sign: Interest) -> bool:
    return 0 < sign.weight <= _GLANCE


def _latest(signs: Iterable[tuple[str, Interest]], limit: int) -> dict[str, Interest]:
    return dict(sorted(signs, key=lambda each: (each[1].at, each[0]), reverse=True)[:limit])


def affinity(signs: Signs, kind: Kind, at: int) -> dict[str, float]:
    """How drawn the person is to each category or brand at `at` (ms): weights that halve in `HALF_LIFE_DAYS` days."""
    weights = dict[str, float]()
    for sign in signs.values():
        label = sign.category if kind == "category" else sign.brand
        if label and sign.weight:
            decay = exp2((sign.at - at) / DAY_MS / HALF_LIFE_DAYS)
            weights[label] = weights.get(label, 0.0) + sign.weight * decay
    return weights


def before(signs: Signs, at: int) -> Signs:
    """The signs given up to `at` (ms)."""
    return {mark: sign for mark, sign in signs.items() if sign.at <= at}


def strongest[T: (int, float)](weights: Mapping[str, T]) -> str | None:
    """The label of the greatest weight; of equals the first by name; None when there is none."""
    return min(weights, key=lambda label: (-weights[label], label), default=None)


def share(weights: Mapping[str, float], label: str | None) -> float:
    """Which part of all weight `label` has, 0 to below 1; with `UNSEEN` looks at others added to what was seen."""
    return weights.get(label, 0.0) / (sum(weights.values()) + UNSEEN) if label is not None else 0.0


def times(signs: Signs, chosen: Callable[[Interest], bool], kind: Kind = "category") -> dict[str, int]:
    """How many of the chosen signs concern each category or brand."""
    counts = dict[str, int]()
    for sign in signs.values():
        label = sign.category if kind == "category" else sign.brand
        if label and chosen(sign):
            counts[label] = counts.get(label, 0) + 1
    return counts

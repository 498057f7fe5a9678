"""Looking around, or about to buy? A score between 0 and 1, of parts that explain themselves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple, Self

from nudgekit.model.base import DAY_MS
from nudgekit.model.facts.interest import Interest, Signs

LOOKS_BACK_MS: Final = 3 * DAY_MS
"""A decision about one thing takes days, seldom weeks: signs count for three days."""

AGAIN_MS: Final = 10_000
"""Another look at the same product counts after ten seconds; sooner it is a page that was reloaded."""

BUYER: Final = 0.5
"""From this score on somebody is called a buyer."""


class Part(NamedTuple):
    """One part of the score: what it counts, how many make it full, and what it then gives."""

    name: str
    full: float
    weight: float


PARTS: Final = (
    Part("seconds on products", 180, 0.15),
    Part("views", 8, 0.05),
    Part("more products of one category", 3, 0.05),
    Part("prices compared", 2, 0.10),
    Part("details opened", 2, 0.10),
    Part("looked at again", 3, 0.25),
    Part("liked, shared or asked about", 1, 0.20),
    Part("put into the cart", 1, 0.50),
)
"""Weights of 2026-11, judged by the REES46 events of 2019-10-01: of those who ordered that morning, as of just before,
31 in 100 are buyers by the score, of all others 1. What told them apart was the cart, then looking at the same thing
again. The number of looks alone told nothing, so it gives little."""


class Score(float):
    """A score that tells what it is made of."""

    parts: Mapping[str, float]

    @classmethod
    def of(cls, counts: Mapping[str, float]) -> Self:
        """The score that `counts` by part make: at most 1."""
        parts = {part.name: part.weight * min(counts[part.name] / part.full, 1.0) for part in PARTS}
        made = cls(round(min(sum(parts.values()), 1.0), 2))
        made.parts = {name: value for name, value in parts.items() if value}
        return made

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value:.2f}" for name, value in self.parts.items())
        return f"{float(self):.2f} ({told})" if told else f"{float(self):.2f}"


def intent(signs: Signs, bought: int, at: int) -> Score:
    """How close to buying somebody is at `at` (ms), by the signs of the last three days since they last `bought`."""
    since = max(at - LOOKS_BACK_MS, bought)
    recent = sorted(sign for sign in map(_plain, signs.values()) if sign.at > since)
    views = [sign for sign in recent if sign.name == "Product Viewed"]
    return Score.of(
        {
            "seconds on products": sum(sign.seconds for sign in recent),
            "views": len(views),
            "more products of one category": _beyond_the_first(views, _product),
            "prices compared": _beyond_the_first(views, _price),
            "details opened": _times(recent, {"Product Details Opened"}),
            "looked at again": _again(views),
            "liked, shared or asked about": _times(
                recent, {"Product Added to Wishlist", "Product Shared", "Chat Started"}
            ),
            "put into the cart": _times(recent, {"Product Added"}),
        }
    )


def _plain(sign: Interest) -> Interest:
    """The sign with a price that compares with any other."""
    return sign if sign.price is not None else sign._replace(price=Decimal(-1))


def _times(signs: Sequence[Interest], names: set[str]) -> int:
    return sum(sign.name in names for sign in signs)


def _product(sign: Interest) -> str:
    return sign.product


def _price(sign: Interest) -> Decimal | None:
    return sign.price if sign.price is not None and sign.price >= 0 else None


def _beyond_the_first(views: Iterable[Interest], of: Callable[[Interest], object]) -> int:
    """How many different ones there are in the category that has most, besides the first."""
    found: dict[str, set[object]] = {}
    for sign in views:
        value = of(sign)
        if sign.category and value is not None:
            found.setdefault(sign.category, set()).add(value)
    return max(map(len, found.values()), default=1) - 1


def _again(views: Iterable[Interest]) -> int:
    """How often a product was looked at again."""
    last: dict[str, int] = {}
    times = 0
    for sign in views:
        times += sign.product in last and sign.at - last[sign.product] >= AGAIN_MS
        last[sign.product] = sign.at
    return times

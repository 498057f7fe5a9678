"""What a product cost lately, so that a reduction can be told from the lowest price of the 30 days before it.

A shop that announces a price reduction in the European Union must name the lowest price of at least the 30 days before
(Directive 98/6/EC, Article 6a), and a percentage counts from that price (Court of Justice, C-330/23, 26 September
2024). Prices are kept by day: the lowest of each, and the last one, which is what the next days cost until somebody
says otherwise. Any order and any repetition of the same prices gives the same history.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from nudgekit.model.base import DAY_MS

PERIOD_DAYS: Final = 30
MAX_DAYS: Final = 66
"""Days kept of a product at most, all currencies together."""


class Priced(NamedTuple):
    """The prices of one day: the lowest, and the last with its time (ms since 1970 UTC)."""

    low: Decimal
    at: int
    last: Decimal


Prices = Mapping[str, Priced]
"""`<day since 1970>|<currency>` -> the prices of that day. The currency is empty where the shop did not say it.

With `OF_VARIANTS` behind the currency: the prices of variants, all together.
"""

OF_VARIANTS: Final = "~"


def noted(prices: Prices, price: Decimal, currency: str, at: int, series: str = "") -> dict[str, Priced]:
    """`prices` with one more, said at `at` (ms), of the product or, in the series `OF_VARIANTS`, of one of these."""
    key = f"{at // DAY_MS}|{currency}{series}"
    known = prices.get(key)
    new = Priced(price, at, price)
    both = new if known is None else Priced(min(known.low, price), *max((known.at, known.last), (at, price)))
    return _bounded({**prices, key: both})


def lowest_before(prices: Prices, currency: str, at: int, series: str = "") -> Decimal | None:
    """The lowest price in `currency` of the 30 days before `at` (ms), in whole days; None when none is known.

    The price that was in force when those days began is among them.
    """
    first = (at - PERIOD_DAYS * DAY_MS) // DAY_MS
    days = {int(day): each for day, each in _of(prices, {series, currency + series}) if int(day) <= at // DAY_MS}
    within = [each.low for day, each in days.items() if day >= first]
    before = max((day for day in days if day < first), default=None)
    standing = [] if before is None else [days[before].last]
    return min([*within, *standing], default=None)


def _of(prices: Prices, wanted: set[str]) -> list[tuple[str, Priced]]:
    split = ((*key.partition("|"), each) for key, each in sorted(prices.items()))
    return [(day, each) for day, _, said, each in split if said in wanted]


def _bounded(prices: dict[str, Priced]) -> dict[str, Priced]:
    """The 31 latest days and the one before them in each currency: what `lowest_before` may still ask for."""
    latest = max(int(key.partition("|")[0]) for key in prices)
    kept: dict[str, Priced] = {}
    older: dict[str, tuple[int, str]] = {}
    for key, each in prices.items():
        day, _, currency = key.partition("|")
        if int(day) >= latest - PERIOD_DAYS:
            kept[key] = each
        else:
            older[currency] = max(older.get(currency, (0, "")), (int(day), key))
    kept |= {key: prices[key] for _, key in older.values()}
    newest = sorted(kept, key=lambda key: (int(key.partition("|")[0]), key), reverse=True)[:MAX_DAYS]
    return {key: kept[key] for key in newest}

"""The fact sheet and what can be asked of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from nudgekit.model.base import DAY_MS, Model, from_ms, to_ms
from nudgekit.model.event import MESSAGE_EVENTS, OWN_EVENTS, SHOP_EVENTS
from nudgekit.model.facts.cart import Cart, Line
from nudgekit.model.facts.intent import Score, intent
from nudgekit.model.facts.interest import Interest, Kind, affinity, before, share, strongest, times
from nudgekit.model.facts.money import Older, Order, Takings, add_up, in_currency, valid

COUNTED_DAYS: Final = 90
EXPLORED: Final = 3
"""So many looks at products of a category make it explored; so does anything stronger than a look."""

_BEFALL: Final = {
    "Cashback Granted", "Coupon Issued", "Listing Removed", "Listing Sold", "Order Cancelled", "Order Refunded",
    "Order Updated",
}  # fmt: skip
_NO_ACTS: Final = OWN_EVENTS | MESSAGE_EVENTS | SHOP_EVENTS | _BEFALL
"""Events that happen to a person; all others are something the person did."""

_PRODUCT_SIGN: Final = 1.0


class Place(NamedTuple):
    """The last page somebody looked at: when (ms), the event's mark, what kind of page, and of which category."""

    at: int
    mark: str
    kind: str
    category: str = ""


class Facts(Model):
    """The fact sheet of one person. Times are milliseconds since 1970 UTC.

    Attributes:
        last: event name -> the key fields it carried, joined by commas -> when last.
        pairs: `name|field=value` -> when last.
        lines: `cart|product` -> its last line, quantity 0 when taken out.
        emptied: cart id, or `*` for every cart -> when it was last emptied.
        days: event name -> day since 1970 -> how often.
        seen: mark of an event -> when it happened: each counts once.
        floor: events up to here count no more, because `seen` had to forget some.
        interests: mark -> one sign of interest.
        orders: mark of an order's id -> when and how much, the latest few.
        older: the orders before those, as numbers.
        takings: event name -> how often and how much it brought.
        goods: product -> twice the day since 1970 on which it was last bought, or given back: then one more.
        read: article -> on which day it was last read.
        left: the last page that was looked at.
        zone: when, mark, and the zone a device last reported.
        links: marks of merges this sheet has taken in, each once -> when.
        merged_into: the person this one turned out to be, where all that is known stands now; empty: nobody else.
        erased_at: up to when everything was erased and nothing counts; 0: never.
        erasing: whether the erasure is under way.
        heard: channel, with `:ad` when an advertisement led there -> when the person last wrote on it.
        held_back: `channel|mark` of a notice -> when the provider held marketing back from the person.
    """

    last: dict[str, dict[str, int]] = {}
    pairs: dict[str, int] = {}
    lines: dict[str, Line] = {}
    emptied: dict[str, int] = {}
    days: dict[str, dict[int, int]] = {}
    seen: dict[str, int] = {}
    floor: int = 0
    interests: dict[str, Interest] = {}
    zone: tuple[int, str, str] | None = None
    links: dict[str, int] = {}
    merged_into: str = ""
    erased_at: int = 0
    erasing: bool = False
    heard: dict[str, int] = {}
    held_back: dict[str, int] = {}
    orders: dict[str, Order] = {}
    older: Older = Older()
    takings: dict[str, Takings] = {}
    goods: dict[str, int] = {}
    read: dict[str, int] = {}
    left: Place | None = None

    def heard_at(self, channel: str, *, from_ad: bool = False) -> int:
        """When the person last wrote on `channel`, in ms, 0 for never; only through an advertisement if asked for."""
        return self.heard.get(f"{channel}:ad" if from_ad else channel, 0)

    def held_back_at(self, channel: str) -> list[int]:
        """When the channel's provider held marketing back from the person, in ms; the latest few."""
        return [at for key, at in self.held_back.items() if key.startswith(f"{channel}|")]

    def last_ms(self, name: str, field: str = "", value: str = "") -> int:
        """When `name` last happened, in ms, 0 for never; with `field` and `value`, only what may concern that key.

        An event that carries the field counts for its own value alone; one without it counts for every value.
        """
        signatures = self.last.get(name)
        if not signatures:
            return 0
        if not field or not value:
            return max(signatures.values())
        found = self.pairs.get(f"{name}|{field}={value}", 0)
        for signature, at in signatures.items():
            if at > found and field not in signature:  # no key field's name lies within another's
                found = at
        return found

    def latest_keys(self, names: Iterable[str], field: str, since: int = 0) -> tuple[str, ...]:
        """The values that `field` had in the latest of the events `names`, sorted; none of them before `since` (ms)."""
        latest, found = max(since, 1), set[str]()
        for name in names:
            prefix = f"{name}|{field}="
            for pair, at in self.pairs.items():
                if at >= latest and pair.startswith(prefix):
                    found = {*found, pair[len(prefix) :]} if at == latest else {pair[len(prefix) :]}
                    latest = at
        return tuple(sorted(found))

    def last_time(self, name: str, field: str = "", value: str = "") -> datetime | None:
        """As `last_ms`, as an aware UTC moment; None for never."""
        at = self.last_ms(name, field, value)
        return from_ms(at) if at else None

    def count(self, name: str, since: datetime) -> int:
        """How often `name` happened on the days from `since` on (whole UTC days, `since`'s own included)."""
        first = to_ms(since) // DAY_MS
        return sum(times for day, times in self.days.get(name, {}).items() if day >= first)

    def cart(self, cart_id: str = "") -> Cart:
        """The cart `cart_id` with the lines that name no cart; all lines when `cart_id` is empty."""
        emptied = max(self.emptied.get(cart_id, 0), self.emptied.get("*", 0))
        lines = [line for line in self.lines.values() if line.at > emptied and self._lies_in(line, cart_id)]
        lines.sort(reverse=True)
        currency, total = lines[0].currency if lines else None, Decimal(0)
        for line in lines:
            if line.price is None or line.currency != currency:
                return Cart(tuple(lines), None, None)
            total += line.price * line.quantity
        return Cart(tuple(lines), total, currency)

    def _lies_in(self, line: Line, cart_id: str) -> bool:
        if line.quantity < 1 or (cart_id and line.cart_id and line.cart_id != cart_id):
            return False
        return line.at > self.emptied.get(line.cart_id, 0)

    def times(self, names: Iterable[str], product_id: str) -> int:
        """How often the events concerned the product, among the latest signs of interest."""
        return sum(sign.product == product_id and sign.name in names for sign in self.interests.values())

    def happened_to(self, names: Iterable[str], product_id: str, since: datetime) -> bool:
        """Whether one of the events named the product at `since` or later."""
        start = to_ms(since)
        return any(self.pairs.get(f"{name}|product_id={product_id}", 0) >= start for name in names)

    def affinity(self, kind: Kind, now: datetime) -> dict[str, float]:
        """How drawn the person is to each `category` or `brand`; see `interest.affinity`."""
        return affinity(self.interests, kind, to_ms(now))

    def favourite(self, kind: Kind, now: datetime) -> str | None:
        """The category or brand that the person is drawn to most; None when there is no sign."""
        return strongest(self.affinity(kind, now))

    def share(self, kind: Kind, now: datetime) -> float:
        """Which part of all signs the favourite has, below 1, weighed by strength and age; few signs prove little."""
        weights = self.affinity(kind, now)
        return round(share(weights, strongest(weights)), 2)

    def rise(self, kind: Kind, window: timedelta, now: datetime) -> float:
        """By how much the favourite's share has grown in the last `window`: -1 to 1; what is new grows from 0."""
        weights, then = self.affinity(kind, now), to_ms(now - window)
        label = strongest(weights)
        return round(share(weights, label) - share(affinity(before(self.interests, then), kind, then), label), 2)

    def top(self, kind: Kind, names: Iterable[str]) -> str | None:
        """The category or brand that the events concerned most often, of equals the latest; None when there is none."""
        chosen = frozenset(names)
        latest_at = {
            getattr(sign, kind): sign.at for sign in sorted(self.interests.values(), key=_at) if sign.name in chosen
        }
        counts = times(self.interests, lambda sign: sign.name in chosen, kind)
        return max(counts, key=lambda label: (counts[label], latest_at[label], label), default=None)

    def most_recent(self, kind: Kind) -> str | None:
        """The category or brand of the latest sign of interest that has one."""
        signs = ((sign.at, mark, getattr(sign, kind)) for mark, sign in self.interests.items() if sign.weight)
        return max((each for each in signs if each[2]), default=(0, "", None))[2]

    def explored(self, category: object) -> bool:
        """Whether the person looked into the category: at several products, or at one more closely."""
        looks = [sign.weight for sign in self.interests.values() if sign.category == category]
        return sum(weight >= _PRODUCT_SIGN for weight in looks) >= EXPLORED or max(looks, default=0) > _PRODUCT_SIGN

    def skipped(self, category: object) -> bool:
        """Whether the person saw something of the category and went no further."""
        seen = any(sign.category == category and sign.weight for sign in self.interests.values())
        return seen and not self.explored(category)

    def intent(self, now: datetime) -> Score:
        """How close to buying the person is; see `intent.intent`."""
        bought = max((order.at for order in valid(self.orders.values())), default=0)
        return intent(self.interests, bought, to_ms(now))

    def order_count(self, at: datetime) -> int:
        """How many orders there were up to `at`; of those too old to be told apart, all."""
        return self.older.number + len(self._orders(at))

    def spent(self, currency: str, at: datetime) -> Decimal:
        """What the orders up to `at` came to, in `currency`; those that name none count as the shop's own."""
        return in_currency(add_up(self._orders(at), dict(self.older.spent)), currency)

    def days_since_order(self, at: datetime) -> int | None:
        """How many whole days before `at` the last order was; None when there was none."""
        then = to_ms(at)
        latest_at = max((order.at for order in self._orders(at)), default=self.older.up_to)
        return (then - latest_at) // DAY_MS if 0 < latest_at <= then else None

    def _orders(self, at: datetime) -> list[Order]:
        """The orders up to `at` that are told apart and were not undone since."""
        then = to_ms(at)
        return [order for order in valid(self.orders.values()) if order.at <= then]

    def owns(self, product_id: str) -> bool:
        """Whether the product was bought, one of the latest sixty, and not given back since."""
        return self.goods.get(product_id, 1) % 2 == 0

    def owned(self) -> list[str]:
        """The products that are owned, as far as is known."""
        return [product_id for product_id in self.goods if self.owns(product_id)]

    def taken(self, names: Iterable[str], currency: str, now: datetime, window: timedelta | None = None) -> Decimal:
        """What the events brought, in `currency`: for good, or on the days of the last `window`, today not included."""
        if window is None:
            known = [self.takings[name].total for name in names if name in self.takings]
        else:
            known = [day for name in names for day in self._days_taken(name, now, window)]
        return sum((in_currency(amounts, currency) for amounts in known), Decimal(0))

    def _days_taken(self, name: str, now: datetime, window: timedelta) -> list[dict[str, Decimal]]:
        today, days = to_ms(now) // DAY_MS, self.takings[name].days if name in self.takings else {}
        return [amounts for day, amounts in days.items() if today - window.days <= day < today]

    def times_ever(self, names: Iterable[str]) -> int:
        """How often the events happened since the sheet began; of those alone whose amounts are summed."""
        return sum(self.takings[name].number for name in names if name in self.takings)

    def active_days(self) -> set[int]:
        """The days since 1970 on which the person did something, of the last `COUNTED_DAYS`."""
        return {day for name, days in self.days.items() if name not in _NO_ACTS for day in days}

    def active_weeks(self, weeks: int, now: datetime) -> int:
        """In how many of the `weeks` before the last seven days the person did something."""
        today = to_ms(now) // DAY_MS
        ages = {(today - day) // 7 for day in self.active_days()}
        return sum(1 <= age <= weeks for age in ages)

    def quiet_days(self, now: datetime) -> int | None:
        """How many whole days ago the person last did something; None for never."""
        acts = [max(each.values()) for name, each in self.last.items() if name not in _NO_ACTS and each]
        return (to_ms(now) - max(acts)) // DAY_MS if acts else None


def _at(sign: Interest) -> int:
    return sign.at

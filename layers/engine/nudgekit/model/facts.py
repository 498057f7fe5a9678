"""What a person did, in bounded size.

Folding is commutative, associative and idempotent: any order, any repetition and any batching of the same events
gives the same facts. Everything is either the latest of its kind (a maximum over time, ties settled by the event's
mark), or a count that each event id enters once. Bounds keep the greatest by time, which no order of arrival changes.
Two limits are stated: counts ignore events that arrive more than `LATE` after they happened, and they may fall short
for a person with more than `MAX_SEEN` events within that span.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp2
from typing import Final, NamedTuple, Self

from nudgekit.model.base import Channel, Model, fingerprint, from_ms, latest, to_ms
from nudgekit.model.event import Event, ProductLine

LATE: Final = timedelta(hours=72)
MAX_NAMES: Final = 100
MAX_PAIRS: Final = 200
MAX_LINES: Final = 40
MAX_SEEN: Final = 256
MAX_INTERESTS: Final = 40
MAX_LINKS: Final = 64
MAX_HELD_BACK: Final = 10
COUNTED_DAYS: Final = 90
HALF_LIFE_DAYS: Final = 14
_DAY_MS: Final = 86_400_000
_CHANNELS: Final = frozenset(map(str, Channel))

CART_FILLED: Final = {"Product Added", "Cart Viewed", "Checkout Started", "Wishlist Product Added to Cart"}
CART_EMPTIED: Final = {"Order Completed"}
INTEREST: Final = {
    "Product Viewed": 1.0,
    "Product Added to Wishlist": 2.0,
    "Product Added": 3.0,
    "Order Completed": 5.0,
}


class Line(NamedTuple):
    """The last word on one product in one cart. `at` is milliseconds since 1970 UTC, the price is per unit."""

    at: int
    mark: str
    cart_id: str
    product_id: str
    quantity: int
    price: Decimal | None = None
    currency: str | None = None
    name: str | None = None
    url: str | None = None
    image_url: str | None = None


class Interest(NamedTuple):
    """One sign of interest: when (ms), how strong, in which category and brand."""

    at: int
    weight: float
    category: str
    brand: str


class Cart(NamedTuple):
    """What lies in one cart now, the latest line first."""

    lines: tuple[Line, ...]
    value: Decimal | None
    currency: str | None

    @property
    def size(self) -> int:
        """How many different products lie in it."""
        return len(self.lines)

    def contains(self, product_id: str) -> bool:
        """Whether the product lies in it."""
        return any(line.product_id == product_id for line in self.lines)


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

    def last_time(self, name: str, field: str = "", value: str = "") -> datetime | None:
        """As `last_ms`, as an aware UTC moment; None for never."""
        at = self.last_ms(name, field, value)
        return from_ms(at) if at else None

    def count(self, name: str, since: datetime) -> int:
        """How often `name` happened on the days from `since` on (whole UTC days, `since`'s own included)."""
        first = to_ms(since) // _DAY_MS
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

    def affinity(self, kind: str, now: datetime) -> dict[str, float]:
        """How drawn the person is to each `category` or `brand`: weights that halve every `HALF_LIFE_DAYS` days."""
        today, weights = to_ms(now), dict[str, float]()
        for interest in self.interests.values():
            if label := getattr(interest, kind):
                age_days = (today - interest.at) / _DAY_MS
                weights[label] = weights.get(label, 0.0) + interest.weight * exp2(-age_days / HALF_LIFE_DAYS)
        return weights


class Fold:
    """Facts in the making: takes events one by one, gives the bounded sheet at the end."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.now = to_ms(now)
        self.last = {name: dict(signatures) for name, signatures in facts.last.items()}
        self.pairs, self.lines, self.emptied = dict(facts.pairs), dict(facts.lines), dict(facts.emptied)
        self.days = {name: dict(days) for name, days in facts.days.items()}
        self.seen, self.interests = dict(facts.seen), dict(facts.interests)
        self.zone, self.floor = facts.zone, facts.floor
        self.links, self.erased_at = dict(facts.links), facts.erased_at
        self.heard, self.held_back = dict(facts.heard), dict(facts.held_back)

    def add(self, event: Event) -> Self:
        """Take one event in."""
        at, mark, keys = to_ms(event.at), event_mark(event.source, event.id), event.keys
        signatures = self.last.setdefault(event.name, {})
        _raise_to(signatures, ",".join(sorted(keys)), at)
        for field, values in keys.items():
            for value in values:
                _raise_to(self.pairs, f"{event.name}|{field}={value}", at)
        self._count(event, at, mark)
        self._fill_cart(event, at, mark)
        self._note_interest(event, at, mark)
        self._note_word(event, at, mark)
        if event.detail.context.timezone:
            reported = (at, mark, event.detail.context.timezone)
            self.zone = max(self.zone, reported) if self.zone else reported
        return self

    def take_in(self, other: Facts) -> Self:
        """Take in what another sheet knows: the latest of every kind, and every count that is not known yet."""
        for name, signatures in other.last.items():
            _raise_all(self.last.setdefault(name, {}), signatures)
        _raise_all(self.pairs, other.pairs)
        _raise_all(self.emptied, other.emptied)
        for line in other.lines.values():
            self._put_line(line)
        for name, days in other.days.items():
            counted = self.days.setdefault(name, {})
            for day, times in days.items():
                counted[day] = counted.get(day, 0) + times
        self.interests |= other.interests
        self.zone = max(self.zone, other.zone) if self.zone and other.zone else self.zone or other.zone
        for mine, theirs in ((self.links, other.links), (self.heard, other.heard), (self.held_back, other.held_back)):
            _raise_all(mine, theirs)
        _raise_all(self.seen, other.seen)
        self.floor, self.erased_at = max(self.floor, other.floor), max(self.erased_at, other.erased_at)
        return self

    def _count(self, event: Event, at: int, mark: str) -> None:
        if mark in self.seen or at <= self.floor or at < self.now - LATE.total_seconds() * 1000:
            return
        self.seen[mark] = at
        days = self.days.setdefault(event.name, {})
        days[at // _DAY_MS] = days.get(at // _DAY_MS, 0) + 1

    def _fill_cart(self, event: Event, at: int, mark: str) -> None:
        cart_id = event.key("cart_id")
        if event.name in CART_EMPTIED:
            _raise_to(self.emptied, cart_id or "*", at)
        elif event.name == "Product Removed":
            for product in event.lines:
                self._put_line(_line(event, product, at, mark)._replace(quantity=0))
        elif event.name in CART_FILLED:
            for product in event.lines:
                self._put_line(_line(event, product, at, mark))

    def _put_line(self, line: Line) -> None:
        key = f"{line.cart_id}|{line.product_id}"
        if key not in self.lines or line[:2] > self.lines[key][:2]:
            self.lines[key] = line

    def _note_interest(self, event: Event, at: int, mark: str) -> None:
        weight = INTEREST.get(event.name)
        if weight is not None and mark not in self.interests and event.lines:
            product = event.lines[0]
            self.interests[mark] = Interest(at, weight, product.category or "", product.brand or "")

    def _note_word(self, event: Event, at: int, mark: str) -> None:
        """What the person wrote back, and what a provider kept from the person."""
        given = event.detail.properties.model_extra or {}
        if event.name == "Message Received" and given.get("channel") in _CHANNELS:
            channel = str(given["channel"])
            _raise_to(self.heard, channel, at)
            if given.get("from_ad") is True:
                _raise_to(self.heard, f"{channel}:ad", at)
        elif event.name == "Message Held Back" and given.get("channel") in _CHANNELS:
            _raise_to(self.held_back, f"{given['channel']}|{mark}", at)

    def facts(self) -> Facts:
        """The sheet, brought back within its bounds."""
        self._forget()
        last = self._latest_names()
        today = self.now // _DAY_MS
        days = {
            name: {day: n for day, n in days.items() if day > today - COUNTED_DAYS} for name, days in self.days.items()
        }
        return Facts.model_construct(
            last=last,
            pairs=latest(self.pairs, MAX_PAIRS),
            lines=latest(self.lines, MAX_LINES),
            emptied=latest(self.emptied, MAX_LINES),
            days={name: kept for name, kept in days.items() if kept and name in last},
            seen=self.seen,
            floor=self.floor,
            interests=latest(self.interests, MAX_INTERESTS),
            zone=self.zone,
            links=self.links,
            erased_at=self.erased_at,
            heard=self.heard,
            held_back=latest(self.held_back, MAX_HELD_BACK),
        )

    def _latest_names(self) -> dict[str, dict[str, int]]:
        flat = {(name, signature): at for name, signatures in self.last.items() for signature, at in signatures.items()}
        if len(flat) <= MAX_NAMES:
            return self.last
        kept: dict[str, dict[str, int]] = {}
        for (name, signature), at in latest(flat, MAX_NAMES).items():
            kept.setdefault(name, {})[signature] = at
        return kept

    def _forget(self) -> None:
        horizon = self.now - int(LATE.total_seconds() * 1000)
        self.seen = {mark: at for mark, at in self.seen.items() if at >= horizon}
        kept = latest(self.seen, MAX_SEEN)
        if len(kept) < len(self.seen):
            self.floor = max(self.floor, *(at for mark, at in self.seen.items() if mark not in kept))
        self.seen = kept


def fold(facts: Facts, events: Iterable[Event], now: datetime) -> Facts:
    """The facts after `events`, as known at `now`."""
    folding = Fold(facts, now)
    for event in events:
        folding.add(event)
    return folding.facts()


def merge_facts(one: Facts, other: Facts, mark: str, at: datetime) -> Facts:
    """What is known of a person who was taken for two.

    It does not matter which of the two comes first. A merge counts once, by its `mark`: a sheet that has taken the
    other in already stays as it is.
    """
    for sheet in (one, other):
        if mark in sheet.links:
            return sheet
    merging = Fold(one, at).take_in(other)
    merging.links = latest({**merging.links, mark: to_ms(at)}, MAX_LINKS)
    return merging.facts()


def event_mark(source: str, event_id: str) -> str:
    """What stands in `Facts.seen` for an event that has been counted."""
    return fingerprint(source, event_id, size=8)


def _raise_to(latest_times: dict[str, int], key: str, at: int) -> None:
    if at > latest_times.get(key, 0):
        latest_times[key] = at


def _raise_all(latest_times: dict[str, int], others: Mapping[str, int]) -> None:
    for key, at in others.items():
        _raise_to(latest_times, key, at)


def _line(event: Event, product: ProductLine, at: int, mark: str) -> Line:
    return Line(
        at=at,
        mark=mark,
        cart_id=event.key("cart_id"),
        product_id=product.product_id,
        quantity=product.quantity,
        price=product.price,
        currency=product.currency or event.detail.properties.currency,
        name=product.name,
        url=product.url,
        image_url=product.image_url,
    )

"""Events folded into a fact sheet, and two sheets into one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Self

from nudgekit.model.base import DAY_MS, Channel, fingerprint, latest, to_ms
from nudgekit.model.event import Event
from nudgekit.model.facts.cart import CART_EMPTIED, CART_FILLED, Line, line_of
from nudgekit.model.facts.interest import INTEREST, Interest, greater, label, latest_signs, signs_of
from nudgekit.model.facts.marks import event_mark, raise_all, raise_to
from nudgekit.model.facts.money import (
    SUMMED,
    SUMMED_DAYS,
    Older,
    Order,
    Takings,
    add,
    amount_of,
    currency_of,
    later,
    summed,
    within_bounds,
)
from nudgekit.model.facts.sheet import COUNTED_DAYS, Facts, Place

LATE: Final = timedelta(hours=72)
MAX_NAMES: Final = 100
MAX_PAIRS: Final = 200
MAX_LINES: Final = 40
MAX_SEEN: Final = 256
MAX_LINKS: Final = 64
MAX_HELD_BACK: Final = 10
MAX_GOODS: Final = 60
MAX_READ: Final = 20
PAGE_KINDS: Final = frozenset({"home", "category", "product", "search", "cart", "article", "account"})
_PAGES: Final = {
    "Page Viewed": "other",
    "Product List Viewed": "category",
    "Products Searched": "search",
    "Product Viewed": "product",
    "Cart Viewed": "cart",
    "Checkout Started": "checkout",
    "Article Read": "article",
}
"""Events that show which page somebody is on, and its kind; a `Page Viewed` says so in its `category`."""

_ORDER_MARK: Final = 5
_UNDONE: Final = frozenset({"Order Cancelled", "Order Refunded"})
_CHANNELS: Final = frozenset(map(str, Channel))


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
        self.orders, self.older, self.left = dict(facts.orders), facts.older, facts.left
        self.goods, self.read = dict(facts.goods), dict(facts.read)
        self.takings = dict(facts.takings)

    def add(self, event: Event) -> Self:
        """Take one event in."""
        at, mark, keys = to_ms(event.at), event_mark(event.source, event.id), event.keys
        signatures = self.last.setdefault(event.name, {})
        raise_to(signatures, ",".join(sorted(keys)), at)
        for field, values in keys.items():
            for value in values:
                raise_to(self.pairs, f"{event.name}|{field}={value}", at)
        self._count(event, at, mark)
        self._fill_cart(event, at, mark)
        if event.name in INTEREST:
            for key, sign in signs_of(event, at, mark):
                self._put_sign(key, sign)
        if event.name == "Order Completed":
            self._note_order(event, at, mark)
        elif event.name in _UNDONE:
            self._undo_order(event, at)
        elif event.name == "Article Read" and (article := event.key("article_id")):
            raise_to(self.read, article, at // DAY_MS)
        if event.name in _PAGES:
            self._note_place(event, at, mark)
        self._note_word(event, at, mark)
        if event.detail.context.timezone:
            reported = (at, mark, event.detail.context.timezone)
            self.zone = max(self.zone, reported) if self.zone else reported
        return self

    def take_in(self, other: Facts) -> Self:
        """Take in what another sheet knows: the latest of every kind, and every count that is not known yet."""
        for name, signatures in other.last.items():
            raise_all(self.last.setdefault(name, {}), signatures)
        raise_all(self.pairs, other.pairs)
        raise_all(self.emptied, other.emptied)
        for line in other.lines.values():
            self._put_line(line)
        for name, days in other.days.items():
            counted = self.days.setdefault(name, {})
            for day, times in days.items():
                counted[day] = counted.get(day, 0) + times
        for mark, sign in other.interests.items():
            self._put_sign(mark, sign)
        self._take_in_money(other)
        self.left = max(self.left, other.left) if self.left and other.left else self.left or other.left
        self.zone = max(self.zone, other.zone) if self.zone and other.zone else self.zone or other.zone
        for mine, theirs in ((self.links, other.links), (self.heard, other.heard), (self.held_back, other.held_back)):
            raise_all(mine, theirs)
        raise_all(self.goods, other.goods)
        raise_all(self.read, other.read)
        raise_all(self.seen, other.seen)
        self.floor, self.erased_at = max(self.floor, other.floor), max(self.erased_at, other.erased_at)
        return self

    def _count(self, event: Event, at: int, mark: str) -> None:
        if mark in self.seen or at <= self.floor or at < self.now - LATE.total_seconds() * 1000:
            return
        self.seen[mark] = at
        days = self.days.setdefault(event.name, {})
        days[at // DAY_MS] = days.get(at // DAY_MS, 0) + 1
        if event.name in SUMMED:
            self._sum_up(event, at // DAY_MS)

    def _sum_up(self, event: Event, day: int) -> None:
        amount, known = amount_of(event), self.takings.get(event.name, Takings())
        total, days = dict(known.total), {day: dict(amounts) for day, amounts in known.days.items()}
        if amount is not None:
            add(total, currency_of(event), amount)
            add(days.setdefault(day, {}), currency_of(event), amount)
        self.takings[event.name] = Takings(known.number + 1, total, days)

    def _take_in_money(self, other: Facts) -> None:
        self.older = Older(
            self.older.number + other.older.number,
            max(self.older.up_to, other.older.up_to),
            summed(self.older.spent, other.older.spent),
        )
        for key, order in other.orders.items():
            self.orders[key] = later(self.orders.get(key, order), order)
        for name, theirs in other.takings.items():
            mine = self.takings.get(name, Takings())
            days = {day: summed(mine.days.get(day, {}), theirs.days.get(day, {})) for day in {*mine.days, *theirs.days}}
            self.takings[name] = Takings(mine.number + theirs.number, summed(mine.total, theirs.total), days)

    def _fill_cart(self, event: Event, at: int, mark: str) -> None:
        cart_id = event.key("cart_id")
        if event.name in CART_EMPTIED:
            raise_to(self.emptied, cart_id or "*", at)
        elif event.name == "Product Removed":
            for product in event.lines:
                self._put_line(line_of(event, product, at, mark)._replace(quantity=0))
        elif event.name in CART_FILLED:
            for product in event.lines:
                self._put_line(line_of(event, product, at, mark))

    def _put_line(self, line: Line) -> None:
        key = f"{line.cart_id}|{line.product_id}"
        if key not in self.lines or line[:2] > self.lines[key][:2]:
            self.lines[key] = line

    def _put_sign(self, key: str, sign: Interest) -> None:
        known = self.interests.get(key)
        self.interests[key] = sign if known is None or known == sign else greater(known, sign)

    def _note_order(self, event: Event, at: int, mark: str) -> None:
        """An order, once by its own id however often it is told, and what was bought."""
        order_id = event.key("order_id")
        key = _order_mark(order_id) if order_id else mark
        self._put_order(key, Order(at, amount_of(event), currency_of(event)))
        for product in event.lines:
            raise_to(self.goods, product.product_id, 2 * (at // DAY_MS))

    def _undo_order(self, event: Event, at: int) -> None:
        """An order was cancelled, or refunded: whole, unless the refund names its products. These are given back."""
        order_id, partly = event.key("order_id"), event.name == "Order Refunded" and event.lines
        if order_id and not partly:
            self._put_order(_order_mark(order_id), Order(at, undone=True))
        for product in event.lines:
            raise_to(self.goods, product.product_id, 2 * (at // DAY_MS) + 1)

    def _put_order(self, key: str, order: Order) -> None:
        known = self.orders.get(key)
        if known is not None:
            self.orders[key] = later(known, order)
        elif order.at > self.older.up_to:
            self.orders[key] = order

    def _note_place(self, event: Event, at: int, mark: str) -> None:
        kind = _PAGES[event.name]
        given = event.detail.properties.model_extra or {}
        category = label(given.get("category"))
        if event.name == "Page Viewed":
            kind = category.lower() if category.lower() in PAGE_KINDS else "other"
            category = label(given.get("product_category"))
        place = Place(at, mark, kind, category)
        self.left = max(self.left, place) if self.left else place

    def _note_word(self, event: Event, at: int, mark: str) -> None:
        """What the person wrote back, and what a provider kept from the person."""
        given = event.detail.properties.model_extra or {}
        if event.name == "Message Received" and given.get("channel") in _CHANNELS:
            channel = str(given["channel"])
            raise_to(self.heard, channel, at)
            if given.get("from_ad") is True:
                raise_to(self.heard, f"{channel}:ad", at)
        elif event.name == "Message Held Back" and given.get("channel") in _CHANNELS:
            raise_to(self.held_back, f"{given['channel']}|{mark}", at)

    def facts(self) -> Facts:
        """The sheet, brought back within its bounds."""
        self._forget()
        last = self._latest_names()
        today = self.now // DAY_MS
        orders, older = within_bounds(self.orders, self.older)
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
            interests=latest_signs(self.interests),
            zone=self.zone,
            links=self.links,
            erased_at=self.erased_at,
            heard=self.heard,
            held_back=latest(self.held_back, MAX_HELD_BACK),
            orders=orders,
            older=older,
            takings={name: _within(each, today) for name, each in self.takings.items()},
            goods=latest(self.goods, MAX_GOODS),
            read=latest(self.read, MAX_READ),
            left=self.left,
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


def _order_mark(order_id: str) -> str:
    return fingerprint(order_id, size=_ORDER_MARK)


def _within(takings: Takings, today: int) -> Takings:
    """The sums by day as far as they are kept."""
    if all(day > today - SUMMED_DAYS for day in takings.days):
        return takings
    return takings._replace(days={day: each for day, each in takings.days.items() if day > today - SUMMED_DAYS})


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

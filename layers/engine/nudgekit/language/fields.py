"""The names a rule can ask about: `user`, `cart`, `item`, `start` and `event`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from nudgekit.language.expressions import (
    Condition,
    Contains,
    Count,
    Field,
    Given,
    Happened,
    Trait,
    Value,
    events_text,
)
from nudgekit.language.mistakes import nearest, report
from nudgekit.model.event import KNOWN_EVENTS

LONGEST_LOOK = timedelta(days=90)
"""How far back facts are kept."""


class _Names:
    """A namespace that answers an unknown name with the nearest ones it knows."""

    _owner = ""

    if not TYPE_CHECKING:  # a type checker shall find the misspelling by itself

        def __getattr__(self, name: str) -> Value:
            """An unknown field; tells so, and gives something that every operator works on."""
            if name.startswith("__"):
                raise AttributeError(name)
            valid = [f"{self._owner}.{each}" for each in dir(type(self)) if not each.startswith("_")]
            report(f"{self._owner}.{name} is not a field", nearest(f"{self._owner}.{name}", valid))
            return _Unknown(f"{self._owner}.{name}", "anything")


@dataclass(frozen=True, eq=False)
class _Unknown(Field):
    """A field that does not exist; only ever seen while mistakes are being collected."""

    def contains(self, item: str) -> Condition:
        return Contains(self.name, item)

    def __call__(self, *_: object) -> Value:
        return self


@dataclass(frozen=True, eq=False)
class Segments(Field):
    """The groups that the shop puts the person in."""

    def contains(self, segment: str | Value) -> Condition:
        """Whether the person belongs to `segment`, which may be one that the start event names."""
        if isinstance(segment, Given):
            return Contains("user.segments", segment)
        return Contains("user.segments", _text(segment, 'user.segments.contains("vip")'))


class User(_Names):
    """The person: `user` in a rule."""

    _owner = "user"
    country = Field("user.country", "text")
    locale = Field("user.locale", "text")
    timezone = Field("user.timezone", "text")
    segments = Segments("user.segments", "set")

    def trait(self, name: str) -> Trait:
        """The trait `name`, as the shop's `Profile Updated` events gave it."""
        return Trait(_text(name, 'user.trait("tier")'))


class Basket(_Names):
    """The person's cart: `cart` in a rule.

    `value` is the sum of its lines, missing when they mix currencies or lack prices; `size` counts different products.
    """

    _owner = "cart"
    value = Field("cart.value", "money")
    currency = Field("cart.currency", "text")
    size = Field("cart.size", "number")

    def contains(self, product_id: str) -> Condition:
        """Whether the product `product_id` is in the cart."""
        return Contains("cart.lines", _text(product_id, 'cart.contains("sku-1")'))


class Item(_Names):
    """The product that the run is about, as the catalogue has it: `item` in a rule. What is unknown is missing."""

    _owner = "item"
    price = Field("item.price", "money")
    category = Field("item.category", "text")
    brand = Field("item.brand", "text")
    seller = Field("item.seller", "text")


user = User()
cart = Basket()
item = Item()

FIELDS = {
    each.name: each
    for owner in (User, Basket, Item)
    for each in vars(owner).values()
    if isinstance(each, Field) and not isinstance(each, Segments)
}
"""The plain fields by name."""


def start(name: str) -> Given:
    """The property `name` of the event that started the run; missing when it has none."""
    return Given(_text(name, 'start("percent")'))


@dataclass(frozen=True)
class Goal:
    """Events that the trigger hopes for, and how long after its message they still count."""

    events: tuple[str, ...]
    within: timedelta


@dataclass(frozen=True)
class Events:
    """One or several events by name, sorted; `|` joins them."""

    names: tuple[str, ...]

    def __or__(self, other: "Events") -> "Events":
        if not isinstance(other, Events):
            report(f"{other!r} is not an event", 'join events, as in event("A") | event("B")')
            return self
        return Events(tuple(sorted({*self.names, *other.names})))

    def __bool__(self) -> bool:
        report(f"{self} has no truth of its own", "use |, not or; in an audience use .happened(...) or .count(...)")
        return False

    def __str__(self) -> str:
        return events_text(self.names)

    def count(self, window: timedelta) -> Count:
        """How often they took place in the last `window`, in whole days of at most 90: facts count by day."""
        if not isinstance(window, timedelta) or window % timedelta(days=1) or not window <= LONGEST_LOOK:
            report(f"{self}.count({window!r}) is not a window", "give whole days, at most days(90)")
        return Count(self.names, window)

    def happened(self, window: timedelta) -> Happened:
        """Whether one of them took place in the last `window`, at most 90 days."""
        if not isinstance(window, timedelta) or not window <= LONGEST_LOOK:
            report(f"{self}.happened({window!r}) is not a window", "give a length of time, at most days(90)")
        return Happened(self.names, window)

    def within(self, window: timedelta) -> Goal:
        """The goal that one of them takes place within `window` after a message."""
        if not isinstance(window, timedelta):
            report(f"{self}.within({window!r}) is not a window", "give a length of time, as in days(3)")
        return Goal(self.names, window)


def event(name: str) -> Events:
    """The event `name`, such as `Product Added`; names of the Segment e-commerce spec, or the shop's own."""
    return Events((_event_name(name),))


_BY_LOWER_CASE = {name.lower(): name for name in KNOWN_EVENTS}


def _event_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        report(f"event({name!r}) names no event", 'write its name, as in event("Product Added")')
    elif (right := _BY_LOWER_CASE.get(_plain(name), name)) != name:
        report(f'event("{name}") is not spelt as events are', f'write event("{right}")')
    return str(name)


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).lower()


def _text(given: object, example: str) -> str:
    if not isinstance(given, str) or not given:
        report(f"{given!r} is not a name", f"write a text, as in {example}")
    return str(given)

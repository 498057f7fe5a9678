"""The names a rule can ask about: `user`, `cart`, `item`, `start` and `event`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from nudgekit.language.expressions import (
    Condition,
    Contains,
    Count,
    Fact,
    Field,
    Given,
    Happened,
    Holds,
    Trait,
    Value,
    events_text,
)
from nudgekit.language.known_facts import fact
from nudgekit.language.mistakes import nearest, report
from nudgekit.model.base import KEY_FIELDS
from nudgekit.model.event import KNOWN_EVENTS
from nudgekit.model.facts.interest import INTEREST
from nudgekit.model.facts.money import SUMMED, SUMMED_DAYS

LONGEST_LOOK = timedelta(days=90)
"""How far back facts are kept."""

_MOST_WEEKS = 12


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


class Kept(Trait):
    """A trait that a rule asks about; one that is a list of texts can be asked what it contains."""

    def contains(self, item: str | Given) -> Condition:
        """Whether `item` is in the list."""
        return Holds(
            fact("user.trait.contains", self.name, _text_or_given(item, 'user.trait("follows").contains("x")'))
        )


@dataclass(frozen=True, eq=False)
class Segments(Field):
    """The groups that the shop puts the person in."""

    def contains(self, segment: str | Value) -> Condition:
        """Whether the person belongs to `segment`, which may be one that the start event names."""
        if isinstance(segment, Given):
            return Contains("user.segments", segment)
        return Contains("user.segments", _text(segment, 'user.segments.contains("vip")'))


@dataclass(frozen=True, eq=False)
class Past(Fact):
    """A fact that can be asked as of an earlier day."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(name, kind)

    def ago(self, length: timedelta) -> Fact:
        """How it stood so long ago."""
        if not isinstance(length, timedelta) or length <= timedelta():
            report(f"{self.text}.ago({length!r}) is not a time", "give a length of time, as in days(30)")
            return self
        return fact(self.name, ago=length)


class Leaning(_Names):
    """What the person is drawn to of late: `user.category` or `user.brand`. Signs count half after fourteen days."""

    def __init__(self, kind: str) -> None:
        self._owner = f"user.{kind}"

    @property
    def top(self) -> Fact:
        """The one the person is drawn to most."""
        return fact(f"{self._owner}.top")

    @property
    def latest(self) -> Fact:
        """The one of the latest sign of interest."""
        return fact(f"{self._owner}.latest")

    @property
    def share(self) -> Fact:
        """Which part of all signs the top one has, below 1: three looks at it make 0.5, ten and nothing else 0.77."""
        return fact(f"{self._owner}.share")

    def rising(self, window: timedelta) -> Fact:
        """By how much the share of the top one has grown in the last `window`: -1 to 1."""
        if not isinstance(window, timedelta) or not window <= LONGEST_LOOK:
            report(f"{self._owner}.rising({window!r}) is not a window", "give a length of time, as in days(7)")
            window = LONGEST_LOOK
        return fact(f"{self._owner}.rise", window)


class User(_Names):
    """The person: `user` in a rule."""

    _owner = "user"
    country = Field("user.country", "text")
    locale = Field("user.locale", "text")
    timezone = Field("user.timezone", "text")
    segments = Segments("user.segments", "set")

    category = Leaning("category")
    brand = Leaning("brand")
    orders = Past("user.orders", "number")
    spent = Past("user.spent", "money")
    days_since_order = Past("user.days_since_order", "quantity")
    quiet_days = fact("user.quiet_days")
    left_from = fact("user.left_from")
    left_category = fact("user.left_category")
    intent = fact("user.intent")

    def active_weeks(self, weeks: int) -> Fact:
        """In how many of the `weeks` before the last seven days the person did something; at most 12."""
        if type(weeks) is not int or not 1 <= weeks <= _MOST_WEEKS:
            report(f"user.active_weeks({weeks!r}) is not a number of weeks", f"give 1 to {_MOST_WEEKS}")
            weeks = 1
        return fact("user.active_weeks", weeks)

    def top_category(self, events: "Events") -> Fact:
        """The category that the events named most often lately, of equals the latest."""
        example = 'user.top_category(event("Chat Started"))'
        return fact("user.top_category", _remembered(_names_of(events, example)))

    def top_brand(self, events: "Events") -> Fact:
        """The brand that the events named most often lately, of equals the latest."""
        return fact("user.top_brand", _remembered(_names_of(events, 'user.top_brand(event("Product Viewed"))')))

    def owns(self, product_id: str | Given) -> Condition:
        """Whether the person ordered the product, one of the latest sixty, and did not give it back."""
        return Holds(fact("user.owns", _text_or_given(product_id, 'user.owns(start("product_id"))')))

    def has_read(self, article_id: str | Given) -> Condition:
        """Whether the person read the article, one of the latest twenty."""
        return Holds(fact("user.has_read", _text_or_given(article_id, 'user.has_read(start("article_id"))')))

    def explored(self, category: str | Given) -> Condition:
        """Whether the person looked into the category: at several products lately, or at one more closely."""
        return Holds(fact("user.explored", _text_or_given(category, 'user.explored(start("category"))')))

    def skipped(self, category: str | Given) -> Condition:
        """Whether the person lately saw something of the category and went no further."""
        return Holds(fact("user.skipped", _text_or_given(category, 'user.skipped(start("category"))')))

    def trait(self, name: str) -> Kept:
        """The trait `name`, as the shop's `Profile Updated` events gave it."""
        return Kept(_text(name, 'user.trait("tier")'))


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
    owned = Holds(fact("item.owned"))

    def times(self, events: "Events") -> Fact:
        """How often the events concerned this product, among the person's latest signs of interest."""
        return fact("item.times", _remembered(_names_of(events, 'item.times(event("Product Viewed"))')))

    def happened(self, events: "Events", window: timedelta) -> Condition:
        """Whether one of the events named this product in the last `window`, at most 90 days."""
        example = 'item.happened(event("Product Added to Wishlist"), days(7))'
        if not isinstance(window, timedelta) or not window <= LONGEST_LOOK:
            report(f"item.happened(..., {window!r}) is not a window", f"write it as in {example}")
            window = LONGEST_LOOK
        return Holds(fact("item.happened", _names_of(events, example), window))


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
    """One or several events by name, sorted; `|` joins them.

    `same` are those that concern a run only when they carry the same value of a key as the run's own start event:
    (name, key) each.
    """

    names: tuple[str, ...]
    same: tuple[tuple[str, str], ...] = ()

    def __or__(self, other: "Events") -> "Events":
        if not isinstance(other, Events):
            report(f"{other!r} is not an event", 'join events, as in event("A") | event("B")')
            return self
        return Events(tuple(sorted({*self.names, *other.names})), tuple(sorted({*self.same, *other.same})))

    def of(self, key: str) -> "Events":
        """In `unless`, those of the same product, coupon or whatever `key` names, and no others."""
        if key not in KEY_FIELDS:
            report(f"{self}.of({key!r}) is not a key", nearest(str(key), KEY_FIELDS))
        return Events(self.names, tuple((name, key) for name in self.names))

    def __bool__(self) -> bool:
        report(f"{self} has no truth of its own", "use |, not or; in an audience use .happened(...) or .count(...)")
        return False

    def __str__(self) -> str:
        keys = dict(self.same)
        texts = (f'{events_text((name,))}.of("{keys[name]}")' for name in self.names if name in keys)
        plain = tuple(name for name in self.names if name not in keys)
        return " | ".join((*([events_text(plain)] if plain else ()), *texts))

    def count(self, window: timedelta | None = None) -> Count | Fact:
        """How often they took place in the last `window`, in whole days of at most 90: facts count by day.

        Without a window, how often ever: for the events whose amounts are summed.
        """
        if window is None:
            self._must_be_summed("count()", 'event("Listing Sold").count()')
            return fact("event.count_ever", self.names)
        if not isinstance(window, timedelta) or window % timedelta(days=1) or not window <= LONGEST_LOOK:
            report(f"{self}.count({window!r}) is not a window", "give whole days, at most days(90)")
        return Count(self.names, window)

    def total(self, window: timedelta | None = None) -> Fact:
        """What they came to, in the shop's currency: ever, or on the days of the last `window`, today not included."""
        example = 'event("Listing Sold").total(days(7))'
        self._must_be_summed("total(...)", example)
        if window is None:
            return fact("event.total_ever", self.names)
        if not isinstance(window, timedelta) or window % timedelta(days=1) or window.days >= SUMMED_DAYS:
            report(f"{self}.total({window!r}) is not a window", f"give whole days, at most days({SUMMED_DAYS - 1})")
            window = timedelta(days=1)
        return fact("event.total", self.names, window)

    def _must_be_summed(self, what: str, example: str) -> None:
        for name in self.names:
            if name not in SUMMED:
                report(f'event("{name}") has no {what}', f"one of {', '.join(sorted(SUMMED))}, as in {example}")

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


def _text_or_given(given: object, example: str) -> str | Given:
    return given if isinstance(given, Given) else _text(given, example)


def _names_of(events: object, example: str) -> tuple[str, ...]:
    if not isinstance(events, Events):
        report(f"{events!r} is not an event", f"write it as in {example}")
        return ("Product Viewed",)
    return events.names


def _remembered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Events that the sheet keeps one by one."""
    for name in names or ("",):
        if name not in INTEREST:
            report(f'no single "{name}" is remembered', nearest(name, sorted(INTEREST)))
    return tuple(sorted(names))

"""How personal a trigger is, from 1 to 4, by what its rule asks and what its messages say.

Nobody states the level: it is read off the rule's expressions and the names its messages read. What is not in the
tables below fails, so that a new word of the language cannot be forgotten here.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any, Final, NamedTuple

from nudgekit.language.cohorts import Among
from nudgekit.language.expressions import (
    All,
    Any_,
    Compare,
    Condition,
    Contains,
    Count,
    Fact,
    Field,
    Given,
    Happened,
    Holds,
    Named,
    Not,
    OneOf,
    Same,
    Trait,
    Value,
)
from nudgekit.language.known_facts import FACTS
from nudgekit.language.ladder import Rung
from nudgekit.language.trigger import Trigger
from nudgekit.model.event import SHOP_EVENTS

Name = tuple[str | int, ...]
"""A name that a message reads, as its path: `("cart", "items", 0, "name")`."""


class Level(IntEnum):
    """What a trigger knows of the person at most."""

    NOTHING = 0
    DEMOGRAPHIC = 1
    BEHAVIOUR = 2
    PREDICTED = 3
    NOW = 4

    @property
    def text(self) -> str:
        """What it means, for people."""
        return _TEXTS[self]


_TEXTS: Final = {
    Level.NOTHING: "the same for everybody",
    Level.DEMOGRAPHIC: "who the person is",
    Level.BEHAVIOUR: "what the person did",
    Level.PREDICTED: "what the person will probably like",
    Level.NOW: "what is the case at this moment",
}


class Reading(NamedTuple):
    """One thing that makes a trigger personal.

    Attributes:
        level: how much.
        what: the term, as the rule or the message writes it.
        where: the rule's keyword, or the message's name.
    """

    level: Level
    what: str
    where: str


class Personal(NamedTuple):
    """How personal a trigger is, and by what; the readings in the order of rule and messages, each once."""

    level: Level
    readings: tuple[Reading, ...]

    @property
    def because(self) -> tuple[Reading, ...]:
        """What gives it its level."""
        return tuple(each for each in self.readings if each.level is self.level)


def level_of(trigger: Trigger, messages: Mapping[str, Iterable[Name]]) -> Personal:
    """How personal `trigger` is with its messages, each given as the names it reads."""
    found = [*_of_rule(trigger), *_of_messages(trigger, messages)]
    personal = tuple(dict.fromkeys(each for each in found if each.level))
    return Personal(max((each.level for each in personal), default=Level.NOTHING), personal)


def _of_rule(trigger: Trigger) -> Iterator[Reading]:
    for keyword, read in KEYWORDS.items():
        if read is not None and (value := getattr(trigger, keyword, None)) is not None:
            yield from (each._replace(where=keyword) for each in read(trigger, value))


def _of_messages(trigger: Trigger, messages: Mapping[str, Iterable[Name]]) -> Iterator[Reading]:
    for message, names in sorted(messages.items()):
        for name in sorted(names, key=str):
            yield Reading(_level_of_name(trigger, name), _dotted(name), message)


def _level_of_name(trigger: Trigger, name: Name) -> Level:
    if name[0] == "start":
        return start_level(trigger)
    if len(name) > 1 and (level := NAMES.get(f"{name[0]}.{name[-1]}")) is not None:
        return level
    return NAMES.get(str(name[0]), Level.NOTHING)


def start_level(trigger: Trigger) -> Level:
    """What the start event says is the present for a run that decides at once, and the past for one that waits."""
    return Level.NOW if trigger.decides_at_once else Level.BEHAVIOUR


def condition_readings(trigger: Trigger, condition: Condition) -> Iterator[Reading]:
    """Every comparison of `condition` with its level.

    Raises:
        TypeError: a kind of condition or value that has no level; give it one in this module.
    """
    match condition:
        case All() | Any_():
            for part in condition.parts:
                yield from condition_readings(trigger, part)
        case Not():
            yield from condition_readings(trigger, condition.condition)
        case Named():
            yield from condition_readings(trigger, condition.condition)
        case Same():
            yield Reading(value_level(trigger, condition.value), condition.value.text, "")
            yield Reading(value_level(trigger, condition.other), condition.other.text, "")
        case Holds():
            yield Reading(value_level(trigger, condition.fact), condition.fact.text, "")
        case Compare() | OneOf():
            yield Reading(value_level(trigger, condition.value), condition.value.text, "")
        case Contains():
            yield Reading(FIELDS_LEVELS[condition.field], condition.field, "")
        case Happened():
            yield Reading(Level.BEHAVIOUR, str(condition), "")
        case _:
            raise TypeError(f"{type(condition).__name__} has no level")


def value_level(trigger: Trigger, value: Value) -> Level:
    """The level of what a condition looks at.

    Raises:
        TypeError: a kind of value that has no level; give it one in this module.
    """
    match value:
        case Given():
            return start_level(trigger)
        case Trait():
            return Level.DEMOGRAPHIC
        case Count():
            return Level.BEHAVIOUR
        case Fact():
            return FACT_LEVELS[value.name]
        case Field() if value.name in FIELDS_LEVELS:
            return FIELDS_LEVELS[value.name]
        case _:
            raise TypeError(f"{value.text} has no level")


FIELDS_LEVELS: Final[Mapping[str, Level]] = {
    "user.country": Level.DEMOGRAPHIC,
    "user.locale": Level.DEMOGRAPHIC,
    "user.timezone": Level.DEMOGRAPHIC,
    "user.segments": Level.DEMOGRAPHIC,
    "cart.value": Level.BEHAVIOUR,
    "cart.currency": Level.BEHAVIOUR,
    "cart.size": Level.BEHAVIOUR,
    "cart.lines": Level.BEHAVIOUR,
    "item.price": Level.NOW,
    "item.category": Level.BEHAVIOUR,
    "item.brand": Level.BEHAVIOUR,
    "item.seller": Level.BEHAVIOUR,
}
"""By field of the rule language. What a product costs is looked up when it is asked, all else of it hardly changes."""

_PREDICTING: Final = frozenset(
    {"user.intent"} | {f"user.{kind}.{name}" for kind in ("category", "brand") for name in ("top", "share", "rise")}
)

FACT_LEVELS: Final[Mapping[str, Level]] = {
    **{name: Level.PREDICTED if name in _PREDICTING else Level.BEHAVIOUR for name in FACTS},
    "user.trait.contains": Level.DEMOGRAPHIC,
}
"""By fact. What is weighed to say what somebody will do or like next predicts; what is only looked up does not."""

NAMES: Final[Mapping[str, Level]] = {
    "user": Level.DEMOGRAPHIC,
    "cart": Level.BEHAVIOUR,
    "product": Level.BEHAVIOUR,
    "product.price": Level.NOW,
    "products": Level.BEHAVIOUR,
    "products.price": Level.NOW,
    "start": Level.BEHAVIOUR,
    "picks": Level.PREDICTED,
    "stats": Level.BEHAVIOUR,
    "stats.category": Level.PREDICTED,
    "stats.brand": Level.PREDICTED,
    "offer": Level.BEHAVIOUR,
    "shop": Level.NOTHING,
    "trigger": Level.NOTHING,
    "message": Level.NOTHING,
    "locale": Level.NOTHING,
    "zone": Level.NOTHING,
    "unsubscribe": Level.NOTHING,
    "preferences": Level.NOTHING,
    "confirm": Level.NOTHING,
}
"""By name that a message may read, whole or with its last part."""


def _when(trigger: Trigger, when: Any) -> Iterator[Reading]:
    of_shop = bool(SHOP_EVENTS & {*when.names})
    yield Reading(Level.NOW if of_shop or trigger.decides_at_once else Level.BEHAVIOUR, str(when), "")


def _behaviour(_: Trigger, value: Any) -> Iterator[Reading]:
    yield Reading(Level.BEHAVIOUR, str(value), "")


def _now(_: Trigger, value: Any) -> Iterator[Reading]:
    yield Reading(Level.NOW, str(value), "")


def _predicted(_: Trigger, value: Any) -> Iterator[Reading]:
    yield Reading(Level.PREDICTED, str(value), "")


def _among(_: Trigger, among: Among) -> Iterator[Reading]:
    if among.by:
        yield Reading(Level.BEHAVIOUR, str(among), "")


def _ladder(_: Trigger, ladder: Iterable[Rung]) -> Iterator[Reading]:
    if any(rung.channel == "onsite" for rung in ladder):
        yield Reading(Level.NOW, 'rung("onsite")', "")


def _offer(trigger: Trigger, offer: Any) -> Iterator[Reading]:
    yield from condition_readings(trigger, offer.to)


KEYWORDS: Final[Mapping[str, Any]] = {
    "when": _when,
    "every": None,
    "among": _among,
    "unless": _behaviour,
    "at": _now,
    "until": None,
    "audience": condition_readings,
    "only_while": condition_readings,
    "ladder": _ladder,
    "picks": _predicted,
    "offer": _offer,
    **dict.fromkeys(("id", "version", "owner", "purpose", "within", "per", "again_after", "expires_after")),
    **dict.fromkeys(("priority", "goal", "holdout", "topic", "experiment")),
}
"""By keyword of a trigger what it makes of the level; None: nothing, for it says nothing about the person."""


def _dotted(name: Name) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in name).removeprefix(".")

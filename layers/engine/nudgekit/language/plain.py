"""Conditions and lengths of time in plain words: `cart.value >= 20` is `their cart is worth at least 20 EUR`.

What has no words of its own is quoted as the rule writes it, so that nothing is told wrongly.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from nudgekit.language.deeds import both, deed, either
from nudgekit.language.expressions import (
    All,
    Any_,
    Argument,
    Compare,
    Condition,
    Contains,
    Count,
    Fact,
    Field,
    Given,
    Happened,
    Holds,
    Literal,
    Named,
    Not,
    OneOf,
    Same,
    Trait,
    Value,
)

_OPS: Final[Mapping[str, str]] = {
    "==": "",
    "!=": "not ",
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
}
_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def length(span: timedelta) -> str:
    """`span` as people say it: `30 minutes`, `1 hour`, `1 day and 6 hours`."""
    parts, rest = [], span
    for unit, one in _UNITS:
        number, rest = divmod(rest, one)
        if number:
            parts.append(f"{number} {unit}{'' if number == 1 else 's'}")
    return both(parts) or "no time"


def in_words(condition: Condition, currency: str) -> str:  # noqa: C901, PLR0911  # one way out for each kind
    """`condition` as a clause about people: `they ordered in the last 30 days`.

    Args:
        condition: what to tell.
        currency: of the amounts it compares with.
    """
    match condition:
        case All():
            return both(_grouped(each, currency) for each in condition.parts)
        case Any_():
            return either(_grouped(each, currency) for each in condition.parts)
        case Not():
            return _denied(condition.condition, currency)
        case Compare():
            return _compared(condition, currency)
        case OneOf():
            return f"{_named(condition.value)} is {either(map(_quoted, condition.items))}"
        case Contains():
            return _contained(condition, denied=False)
        case Happened():
            return f"they {either(deed(name).past for name in condition.events)} in the last {length(condition.window)}"
        case Same():
            return _side_by_side(condition, condition.op)
        case Holds() if condition.fact.name in _HOLDING:
            return _HOLDING[condition.fact.name][0].format(*map(_argument, condition.fact.args))
        case Named():
            return f"`{condition.name}` is true of them ({in_words(condition.condition, currency)})"
    return f"`{condition}`"


def _grouped(condition: Condition, currency: str) -> str:
    """A part of a longer condition, in brackets where it would otherwise be read together with its neighbours."""
    words = in_words(condition, currency)
    return f"({words})" if isinstance(condition, All | Any_) else words


def _denied(condition: Condition, currency: str) -> str:  # noqa: C901, PLR0911  # one way out for each kind
    match condition:
        case Contains():
            return _contained(condition, denied=True)
        case Happened():
            deeds = either(deed(name).plain for name in condition.events)
            return f"they did not {deeds} in the last {length(condition.window)}"
        case Same():
            return _side_by_side(condition, _OPPOSITE[condition.op])
        case Holds() if condition.fact.name in _HOLDING:
            return _HOLDING[condition.fact.name][1].format(*map(_undone, condition.fact.args))
        case OneOf():
            return f"{_named(condition.value)} is not {either(map(_quoted, condition.items))}"
        case Any_():
            return both(_grouped(Not(each), currency) for each in condition.parts)
        case All():
            return either(_grouped(Not(each), currency) for each in condition.parts)
        case Named():
            return f"`{condition.name}` is not true of them"
        case Not():
            return in_words(condition.condition, currency)
        case Compare() if condition.op in _OPPOSITE:
            opposite = Compare(condition.value, _OPPOSITE[condition.op], condition.to)
            unknown = "" if condition.value.kind == "number" else " (or that is not known)"
            return f"{in_words(opposite, currency)}{unknown}"
    return f"it is not so that {in_words(condition, currency)}"


def _side_by_side(condition: Same, op: str) -> str:
    bound, sentence = f"{_OPS[op]}{_named(condition.other)}", _SENTENCES.get(condition.value.text)
    return sentence(bound) if sentence is not None else f"{_named(condition.value)} is {bound}"


_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _contained(condition: Contains, denied: bool) -> str:
    word = " not" if denied else ""
    item = _named(condition.item) if isinstance(condition.item, Given) else _quoted(condition.item)
    if condition.field == "cart.lines":
        return f"{item} is{word} in their cart"
    if isinstance(condition.item, Given):
        return f"they are{word} in the group that {item} names"
    return f"they are{word} in the group {item}"


def _times(condition: Compare) -> str:
    """How often, as in `at most once`."""
    number = {1: "once", 2: "twice"}.get(int(condition.to)) if condition.to in {1, 2} else None
    return f"{_OPS[condition.op]}{number or f'{condition.to} times'}"


def _compared(condition: Compare, currency: str) -> str:
    if condition.to == 0 and condition.op == "==" and (never := _never(condition.value)):
        return never
    if condition.to == "" and isinstance(condition.to, str):
        return f"{_named(condition.value)} is {'not known' if condition.op == '==' else 'known'}"
    return _bounded(condition, currency)


def _never(value: Value) -> str:
    """What it means that the number is none; empty: nothing that people would say in another way."""
    if isinstance(value, Count):
        return f"they did not {either(deed(name).plain for name in value.events)} in the last {length(value.window)}"
    return f"they have never ordered{_as_of(value)}" if isinstance(value, Fact) and value.name == "user.orders" else ""


def _bounded(condition: Compare, currency: str) -> str:
    value, bound = condition.value, f"{_OPS[condition.op]}{_constant(condition.to, condition.value, currency)}"
    if isinstance(value, Count):
        deeds = either(deed(name).past for name in value.events)
        return f"they {deeds} {_times(condition)} in the last {length(value.window)}"
    if isinstance(value, Fact) and value.name in _ASKED:
        words = _ASKED[value.name].format(*map(_argument, value.args), bound=bound, times=_times(condition))
        return words + _as_of(value)
    if isinstance(value, Field) and value.name in _SENTENCES:
        return _SENTENCES[value.name](bound)
    if isinstance(condition.to, bool):
        return f"{_named(value)} is {'' if condition.to is (condition.op == '==') else 'not '}so"
    return f"{_named(value)} is {bound}"


_SENTENCES: Final[Mapping[str, Callable[[str], str]]] = {
    "cart.value": lambda bound: f"their cart is worth {bound}",
    "cart.size": lambda bound: f"their cart has {bound} different products",
    "item.price": lambda bound: f"the product costs {bound}",
}

_ASKED: Final[Mapping[str, str]] = {
    "user.orders": "they ordered {times} in all",
    "user.spent": "they spent {bound} in all",
    "user.days_since_order": "their last order was {bound} days ago",
    "user.active_weeks": "they were active in {bound} of the {0} weeks before the last 7 days",
    "user.quiet_days": "they were last seen {bound} days ago",
    "user.left_from": "they left from {bound}",
    "user.intent": "their intent to buy, from 0 to 1, is {bound}",
    "item.times": "they {0} {times}, this very product",
    "event.total": "what they {0} in the last {1} came to {bound}",
    "event.total_ever": "what they {0} came to {bound} in all",
    "event.count_ever": "they {0} {times} in all",
    **{
        f"user.{kind}.{name}": text
        for kind, of in (("category", "categories"), ("brand", "brands"))
        for name, text in (
            ("share", f"the one of all {of} they like most has a share of {{bound}} in their interest"),
            ("rise", f"the share of the one they like most of all {of} rose by {{bound}} in the last {{0}}"),
        )
    },
}
"""Facts that are compared, with `{bound}` for what they are compared with."""

_HOLDING: Final[Mapping[str, tuple[str, str]]] = {
    "user.owns": ("they own {0}", "they do not own {0}"),
    "user.has_read": ("they have read {0}", "they have not read {0}"),
    "user.explored": ("they explored {0}", "they have not explored {0}"),
    "user.skipped": ("they passed {0} over", "they have not passed {0} over"),
    "user.trait.contains": ("their {0} names {1}", "their {0} does not name {1}"),
    "item.owned": ("they own the product", "they do not own the product"),
    "item.happened": (
        "they {0} in the last {1}, this very product",
        "they did not {0} in the last {1}, this very product",
    ),
}
"""Facts that hold or do not, in words for either."""

_NAMES: Final[Mapping[str, str]] = {
    "user.category.top": "the category they like most",
    "user.category.latest": "the category they looked at last",
    "user.brand.top": "the brand they like most",
    "user.brand.latest": "the brand they looked at last",
    "user.top_category": "the category they dealt with most",
    "user.top_brand": "the brand they dealt with most",
    "user.left_from": "where they left from",
    "user.left_category": "the category they left from",
    "user.country": "their country",
    "user.locale": "their locale",
    "user.timezone": "their time zone",
    "cart.currency": "the currency of their cart",
    "item.price": "what the product costs",
    "item.category": "the product's category",
    "item.brand": "the product's brand",
    "item.seller": "the product's seller",
}


def _named(value: Value) -> str:
    match value:
        case Trait():
            return f"their {_quoted(value.name)}"
        case Given():
            return f"the start event's {_quoted(value.name)}"
        case Field() | Fact() if value.name in _NAMES:
            return _NAMES[value.name]
    return f"`{value.text}`"


def _argument(given: Argument) -> str:
    """What a fact is asked about, in words."""
    match given:
        case timedelta():
            return length(given)
        case tuple():
            return either(deed(name).past for name in given)
        case Given():
            return _named(given)
        case str():
            return _quoted(given)
    return str(given)


def _undone(given: Argument) -> str:
    """The same, of what was not done."""
    return either(deed(name).plain for name in given) if isinstance(given, tuple) else _argument(given)


def _as_of(value: Fact) -> str:
    return f", as it stood {length(value.back)} ago" if value.back else ""


def _constant(to: Literal, value: Value, currency: str) -> str:
    if isinstance(to, str):
        return _quoted(to)
    return f"{to} {currency}" if isinstance(to, Decimal) and value.kind == "money" else str(to)


def _quoted(text: str) -> str:
    return f"\u201c{text}\u201d"

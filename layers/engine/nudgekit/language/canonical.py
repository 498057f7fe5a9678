"""Conditions as plain JSON values and back; the same condition always gives the same values."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from nudgekit.errors import RuleError
from nudgekit.language.durations import seconds
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
from nudgekit.language.fields import FIELDS
from nudgekit.language.known_facts import FACTS, fact


def condition_data(condition: Condition) -> dict[str, Any]:  # noqa: C901, PLR0911  # one way out for each kind
    """`condition` as plain JSON values."""
    match condition:
        case All():
            return {"all": [condition_data(each) for each in condition.parts]}
        case Any_():
            return {"any": [condition_data(each) for each in condition.parts]}
        case Not():
            return {"not": condition_data(condition.condition)}
        case Named():
            return {"named": condition.name, "means": condition_data(condition.condition)}
        case Compare():
            return {"compare": _value_data(condition.value), "op": condition.op, "to": _literal_data(condition.to)}
        case OneOf():
            return {"one_of": list(condition.items), "value": _value_data(condition.value)}
        case Contains():
            item = _value_data(condition.item) if isinstance(condition.item, Given) else condition.item
            return {"contains": item, "field": condition.field}
        case Same():
            return {"same": _value_data(condition.value), "op": condition.op, "as": _value_data(condition.other)}
        case Holds():
            return {"holds": _value_data(condition.fact)}
        case Happened():
            return {"happened": list(condition.events), "seconds": seconds(condition.window)}
    raise TypeError(type(condition))


def condition_from(data: Mapping[str, Any]) -> Condition:  # noqa: C901, PLR0911  # one way out for each kind
    """The condition that `condition_data` wrote.

    Raises:
        RuleError: `data` is no condition.
    """
    match data:
        case {"all": parts}:
            return All(tuple(condition_from(each) for each in parts))
        case {"any": parts}:
            return Any_(tuple(condition_from(each) for each in parts))
        case {"not": inner}:
            return Not(condition_from(inner))
        case {"named": name, "means": inner}:
            return Named(name, condition_from(inner))
        case {"compare": value, "op": op, "to": to}:
            return Compare(_value_from(value), op, _literal_from(to))
        case {"one_of": items, "value": value}:
            return OneOf(_value_from(value), tuple(items))
        case {"contains": item, "field": field}:
            return Contains(field, item if isinstance(item, str) else Given(item["start"]))
        case {"same": value, "op": op, "as": other}:
            return Same(_value_from(value), op, _value_from(other))
        case {"holds": {"fact": name, "args": args, "ago": ago}} if name in FACTS:
            return Holds(fact(name, *map(_argument_from, args), ago=timedelta(seconds=ago)))
        case {"happened": events, "seconds": length}:
            return Happened(tuple(events), timedelta(seconds=length))
    raise RuleError(f"{sorted(data)} is not a condition", "canonical JSON", "write it with to_json()")


def _value_data(value: Value) -> dict[str, Any]:
    match value:
        case Trait():
            return {"trait": value.name}
        case Given():
            return {"start": value.name}
        case Count():
            return {"count": list(value.events), "seconds": seconds(value.window)}
        case Fact():
            return {"fact": value.name, "args": list(map(_argument_data, value.args)), "ago": seconds(value.back)}
        case Field():
            return {"field": value.name}
    raise TypeError(type(value))


def _argument_data(given: Argument) -> Any:
    match given:
        case timedelta():
            return {"seconds": seconds(given)}
        case tuple():
            return list(given)
        case Given():
            return _value_data(given)
    return given


def _argument_from(data: Any) -> Argument:
    match data:
        case {"seconds": length}:
            return timedelta(seconds=length)
        case {"start": name}:
            return Given(name)
        case list():
            return tuple(data)
    given: str | int = data
    return given


def _value_from(data: Mapping[str, Any]) -> Value:
    match data:
        case {"trait": name}:
            return Trait(name)
        case {"start": name}:
            return Given(name)
        case {"count": events, "seconds": length}:
            return Count(tuple(events), timedelta(seconds=length))
        case {"fact": name, "args": args, "ago": ago} if name in FACTS:
            return fact(name, *map(_argument_from, args), ago=timedelta(seconds=ago))
        case {"field": name} if name in FIELDS:
            return FIELDS[name]
    raise RuleError(f"{sorted(data)} is not a value", "canonical JSON", "write it with to_json()")


def _literal_data(value: Literal) -> Any:
    return {"decimal": str(value)} if isinstance(value, Decimal) else value


def _literal_from(data: Any) -> Literal:
    literal: Literal = Decimal(data["decimal"]) if isinstance(data, Mapping) else data
    return literal

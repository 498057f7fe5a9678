"""Which functions an event on the bus reaches: read off the patterns of template.yaml."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.functional.deployment import ROOT
from tests.template import checks


@cache
def _rules() -> tuple[tuple[Mapping[str, Any], str], ...]:
    """Every pattern on our own bus, with the function whose queue it feeds."""
    found = checks.of_type(checks.load(ROOT / "template.yaml"), "AWS::Events::Rule").values()
    ours = [rule for rule in found if "EventBusName" in rule and "EventPattern" in rule]
    return tuple(
        (rule["EventPattern"], _function(checks.target(each["Arn"]))) for rule in ours for each in rule["Targets"]
    )


def _function(queue: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", queue.removesuffix("Queue")).lower()


def reached(event: Mapping[str, Any]) -> list[str]:
    """The functions that hear of `event`."""
    return [function for pattern, function in _rules_for(event["detail-type"]) if _matches(pattern, event)]


@cache
def _rules_for(name: str) -> tuple[tuple[Mapping[str, Any], str], ...]:
    """The rules that may hear of an event with this name: few of many."""
    return tuple(rule for rule in _rules() if any(_fits(each, name) for each in rule[0].get("detail-type", [name])))


def _matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    return all(
        _matches(wanted, event.get(field) or {})
        if isinstance(wanted, Mapping)
        else any(_fits(each, event.get(field)) for each in wanted)
        for field, wanted in pattern.items()
    )


def _fits(wanted: Any, value: Any) -> bool:
    match wanted:
        case {"anything-but": others}:
            return value not in others
        case {"exists": there}:
            return (value is not None) is there
        case str():
            return bool(value == wanted)
    raise ValueError(f"no such pattern is known here: {wanted}")

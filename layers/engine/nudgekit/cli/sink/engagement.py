"""Reads back what was decided: runs, messages and decisions of the Engagement table, and names from Profiles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nudgekit.adapters.bodies import unpack
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack
from nudgekit.model.decision import Decision
from nudgekit.model.facts import Facts
from nudgekit.model.message import Message
from nudgekit.model.profile import Profile
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind

_KINDS = {"RUN": Kind.RUN, "MSG": Kind.MESSAGE, "TRACE": Kind.TRACE, "PROFILE": Kind.PROFILE, "FACTS": Kind.FACTS}


@dataclass
class Engagement:
    """Everything decided so far; decisions are (person, decision), oldest first; people and facts where asked for."""

    runs: list[Run] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    decisions: list[tuple[str, Decision]] = field(default_factory=list)
    profiles: dict[str, Profile] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)


def read(stack: Stack, *, people: bool) -> Engagement:
    """Read the Engagement table whole, and with `people` that of profiles; a local stage holds little."""
    found = Engagement()
    for table in ("EngagementTableName", "ProfilesTableName") if people else ("EngagementTableName",):
        for item in _items(stack, stack.outputs[table]):
            _put(found, item)
    found.decisions.sort(key=lambda pair: pair[1].at)
    return found


def _items(stack: Stack, table: str) -> Iterator[dict[str, Any]]:
    pages = client("dynamodb", stack.aws).get_paginator("scan").paginate(TableName=table)
    for page in pages:
        yield from page["Items"]


def _put(found: Engagement, item: dict[str, Any]) -> None:
    kind = _KINDS.get(item["sk"]["S"].partition("#")[0])
    if kind is None:
        return
    person, value = item["pk"]["S"].removeprefix("USER#"), unpack(kind, item["body"]["B"])
    match value:
        case Run():
            found.runs.append(value)
        case Message():
            found.messages.append(value)
        case Decision():
            found.decisions.append((person, value))
        case Profile():
            found.profiles[person] = value
        case Facts():
            found.facts[person] = value

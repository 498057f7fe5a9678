"""JSON lines in the Segment spec: `track` calls become events of the same name, `identify` calls `Profile Updated`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from nudgekit.cli.formats.parts import Entry, Event, Malformed, event, iso
from nudgekit.model.event import SHOP_EVENTS

SOURCE = "shop"
_WHOSE: Mapping[str, str] = {"userId": "user_id", "anonymousId": "anonymous_id"}
_OBJECTS = ("properties", "traits", "context")


def events(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the event of each line that is not empty."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _entry(number, line.strip())


def _entry(number: int, line: str) -> Entry:
    try:
        call = json.loads(line)
    except json.JSONDecodeError as error:
        return Malformed(number, f"is not JSON ({error.msg} at column {error.colno})", line)
    except (ValueError, RecursionError):
        return Malformed(number, "is no JSON that anybody can read: too deep, or a number too long", line)
    why = _wrong(call)
    return Malformed(number, why, line) if why else _event(call)


def _wrong(call: Any) -> str:
    """Say what keeps a call from being an event; empty when nothing does."""
    if not isinstance(call, dict) or call.get("type") not in ("track", "identify"):
        return "is neither a track nor an identify call; set `type`"
    if call["type"] == "track" and not _is_name(call.get("event")):
        return "is a track call without `event`"
    if not _is_name(call.get("messageId")):
        return "has no `messageId`; give every call its own"
    if not (any(_is_name(call.get(whose)) for whose in _WHOSE) or call.get("event") in tuple(SHOP_EVENTS)):
        return "has neither `userId` nor `anonymousId`"
    strange = [name for name in _OBJECTS if not isinstance(call.get(name) or {}, dict)]
    if strange:
        return f"has `{strange[0]}` that are no JSON object"
    return "" if _aware(call.get("timestamp")) else "has no `timestamp` like 2026-03-02T09:00:00.000Z"


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _aware(value: Any) -> bool:
    """Whether it is a moment with a zone, and one that UTC has as well."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.tzinfo is not None and bool(iso(moment))
    except (TypeError, ValueError, OverflowError):
        return False


def _event(call: dict[str, Any]) -> Event:
    known = call["type"] == "track"
    person = next(({ours: str(call[theirs])} for theirs, ours in _WHOSE.items() if _is_name(call.get(theirs))), {})
    properties = call.get("properties" if known else "traits") or {}
    rest = {"message_id": call["messageId"], "properties": properties, "context": call.get("context") or {}}
    name = call["event"] if known else "Profile Updated"
    told = event(SOURCE, name, person, datetime.fromisoformat(call["timestamp"]), **rest)
    return {**told, "arrived": call["receivedAt"]} if _aware(call.get("receivedAt")) else told

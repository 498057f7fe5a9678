"""What every reader shares: the shape of an event, the note about a bad line, and ids made from content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Event = dict[str, Any]
"""`{source, detail-type, detail}`, where detail is `{message_id, user_id | anonymous_id, timestamp, properties, …}`"""


@dataclass(frozen=True)
class Malformed:
    """A line that could not be read.

    Attributes:
        line: its number, from 1.
        why: what is wrong with it and what to do.
        text: the line itself, for the rejects file; it may be personal and goes nowhere else.
    """

    line: int
    why: str
    text: str


Entry = Event | Malformed


def event(source: str, name: str, person: Mapping[str, str], at: datetime, **rest: Any) -> Event:
    """Put an event together.

    Args:
        source: names the producer.
        name: the event's name.
        person: `{"user_id": …}` or `{"anonymous_id": …}`.
        at: when it happened, aware.
        rest: `message_id`, `properties` and, where there is one, `context`.
    """
    detail = {**rest, **person, "timestamp": iso(at), "schema_version": 1}
    return {"source": source, "detail-type": name, "detail": detail}


def iso(moment: datetime) -> str:
    """Write a moment in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def content_id(*parts: str) -> str:
    """Make an id from content: the same row always gets the same, so a repeated row is a repeated event."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def happened(entry: Event) -> datetime:
    """Say when an event happened."""
    return datetime.fromisoformat(entry["detail"]["timestamp"])


def arrived(entry: Event) -> datetime:
    """Say when an event reached the shop: when it happened, unless its producer had to wait with it."""
    told = entry.get("arrived")
    return datetime.fromisoformat(told) if told else happened(entry)


def person_of(entry: Event) -> str:
    """Say whose event it is, in the engine's words; empty for an event of the shop."""
    detail = entry["detail"]
    if "user_id" in detail:
        return str(detail["user_id"])
    return f"anonymous:{detail['anonymous_id']}" if "anonymous_id" in detail else ""

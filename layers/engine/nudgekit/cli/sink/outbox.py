"""What providers took: every message that left the system, in order, held in memory until the sink ends."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nudgekit.model.base import Channel


@dataclass(frozen=True)
class Sent:
    """One message a provider took.

    Attributes:
        id: what the provider called it.
        channel: by which channel it went.
        to: the address, number or endpoint.
        content: what the person sees, by channel.
        tags: what the sender attached; comes back with receipts.
        at: when it was taken, by the wall's clock.
    """

    id: str
    channel: Channel
    to: str
    content: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Outbox:
    """All messages, for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: list[Sent] = []
        self._refused: dict[str, int] = {}

    def add(self, sent: Sent) -> None:
        """Keep one more message."""
        with self._lock:
            self._sent.append(sent)

    def all(self) -> list[Sent]:
        """Return every message, oldest first."""
        with self._lock:
            return list(self._sent)

    def refusals(self, to: str) -> int:
        """Count one more refusal for a destination and say how many there were before."""
        with self._lock:
            before = self._refused.get(to, 0)
            self._refused[to] = before + 1
            return before

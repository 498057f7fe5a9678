"""Erased people and addresses, known again by a keyed hash alone."""

import hmac
from hashlib import sha256
from typing import Final

from nudgekit.model.base import Channel, to_ms
from nudgekit.model.event import MESSAGE_EVENTS, Event
from nudgekit.model.kin import Suppressed
from nudgekit.model.profile import address_mark
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.snapshot import Snapshot

RECEIPTS: Final = MESSAGE_EVENTS | {"Address Disabled", "Message Held Back"}
"""What others say of messages to a person; it is no act of theirs."""


class Suppression:
    """Names the documents in which erasures stand. Without the key nobody can tell whose they are.

    Args:
        key: the deployment's secret for this.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key

    def of_person(self, person: str) -> Ref:
        """Where the erasure of `person` stands, if there was one."""
        return self._ref(f"person {person}")

    def of_address(self, channel: Channel, address: str) -> Ref:
        """Where the erasure of `address` stands, if there was one."""
        kind = "phone" if channel in {Channel.SMS, Channel.WHATSAPP} else channel
        return self.of_alias(f"{kind}#{address_mark(address)}")

    def of_alias(self, name: str) -> Ref:
        """As `of_address`, for an address of which the alias alone is known, as in `email#<mark>`."""
        return self._ref(name.replace("#", " ", 1))

    def _ref(self, text: str) -> Ref:
        return Ref(Kind.SUPPRESSION, hmac.new(self.key, text.encode(), sha256).hexdigest())


def erased_at(ref: Ref, snapshot: Snapshot) -> int:
    """Up to when (ms since 1970 UTC) nothing counts of the person or address whose erasure would stand at `ref`."""
    found: Suppressed | None = snapshot.get(ref).value
    return to_ms(found.at) if found is not None else 0


def counts(event: Event, erased_at: int) -> bool:
    """Whether the event came about after its person was erased; news of messages are nobody's coming back."""
    return not erased_at or (to_ms(event.at) > erased_at and event.name not in RECEIPTS)

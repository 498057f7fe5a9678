"""Text messages: events of End User Messaging SMS as EventBridge brings them.

Source: https://docs.aws.amazon.com/sms-voice/latest/userguide/monitor-event-bridge.html and, for the statuses,
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html (read 2026-11-22).
"""

from collections.abc import Mapping
from typing import Any, Final

from nudgekit.adapters.sms import RECEIPT_KEY
from nudgekit.lambdas.receipts.tags import receipt_in
from nudgekit.model.base import from_ms
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.feedback import MessageNotice, Notice

DELIVERED: Final = frozenset({"TEXT_DELIVERED", "TEXT_SUCCESSFUL"})
"""Which of the two a carrier sends depends on the country; they count alike."""

FAILURES: Final[Mapping[str, tuple[Reason, bool]]] = {
    "TEXT_BLOCKED": (Reason.ADDRESS_DISABLED, True),
    "TEXT_INVALID": (Reason.ADDRESS_DISABLED, True),
    "TEXT_CARRIER_BLOCKED": (Reason.REJECTED, False),
    "TEXT_INVALID_MESSAGE": (Reason.REJECTED, False),
    "TEXT_PROTECT_BLOCKED": (Reason.REJECTED, False),
    "TEXT_SPAM": (Reason.REJECTED, False),
    "TEXT_CARRIER_UNREACHABLE": (Reason.UNDELIVERED, False),
    "TEXT_TTL_EXPIRED": (Reason.UNDELIVERED, False),
    "TEXT_UNREACHABLE": (Reason.UNDELIVERED, False),
}
"""Event type -> why it failed, and whether the number takes no more. TEXT_UNKNOWN, which comes after 72 hours without
word from the carrier, is not among them: the message may well have arrived."""


def is_of(body: Mapping[str, Any]) -> bool:
    """Whether End User Messaging SMS sent it."""
    return body.get("source") == "aws.sms-voice"


def notices(body: Mapping[str, Any]) -> tuple[Notice, ...]:
    """What it says; nothing while the message is on its way."""
    detail = body["detail"]
    receipt = receipt_in(detail.get("context", {}).get(RECEIPT_KEY))
    if receipt is None or not detail.get("isFinal", True):
        return ()
    kind = detail["eventType"]
    if kind in DELIVERED:
        return (MessageNotice(receipt, MessageStatus.DELIVERED, from_ms(detail["eventTimestamp"])),)
    if kind in FAILURES:
        reason, dead = FAILURES[kind]
        return (MessageNotice(receipt, MessageStatus.FAILED, from_ms(detail["eventTimestamp"]), reason, dead),)
    return ()

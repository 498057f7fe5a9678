"""WhatsApp: Meta's webhook entries as End User Messaging Social puts them on its topic.

Source: https://docs.aws.amazon.com/social-messaging/latest/userguide/managing-event-destination-dlrs.html,
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status/ and, for
error codes, https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
(read 2026-11-22). The service's EventBridge events carry no `biz_opaque_callback_data`: they cannot name our message.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from nudgekit.lambdas.receipts.tags import receipt_in
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.feedback import MessageNotice, Notice
from nudgekit.runs.receipts import Receipt

GOOD_NEWS: Final = {"delivered": MessageStatus.DELIVERED, "read": MessageStatus.OPENED}

FAILURES: Final[Mapping[int, tuple[Reason, bool]]] = {
    131049: (Reason.HELD_BACK, False),  # held back, so that people are not flooded with marketing
    131050: (Reason.OPTED_OUT, True),  # stopped marketing messages from this business
    131047: (Reason.REJECTED, False),  # free text outside the 24 hours of an answer
    131051: (Reason.REJECTED, False),  # unsupported message type
    132000: (Reason.REJECTED, False),  # number of parameters differs from the template's
    132001: (Reason.REJECTED, False),  # no such template in this language
    132005: (Reason.REJECTED, False),  # translated text too long
    132007: (Reason.REJECTED, False),  # template breaks a policy
    132012: (Reason.REJECTED, False),  # parameter of another format
    132015: (Reason.REJECTED, False),  # template paused for its quality
    132016: (Reason.REJECTED, False),  # template disabled for its quality
}
"""Meta's error code -> why it failed, and whether the number takes no more. Every other code, such as 131026 (cannot
be reached), is an undelivered message and no more."""


def is_of(body: Mapping[str, Any]) -> bool:
    """Whether End User Messaging Social sent it."""
    return "whatsAppWebhookEntry" in body


def notices(body: Mapping[str, Any]) -> tuple[Notice, ...]:
    """What it says of messages of ours; nothing of messages on their way, and of those people write."""
    entry = json.loads(body["whatsAppWebhookEntry"])
    told = (_notice(status) for status in _statuses(entry))
    return tuple(notice for notice in told if notice is not None)


def _statuses(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for change in entry.get("changes", ()):
        yield from change["value"].get("statuses", ())


def _notice(status: Mapping[str, Any]) -> Notice | None:
    receipt = receipt_in(status.get("biz_opaque_callback_data"))
    if receipt is None:
        return None
    at = datetime.fromtimestamp(int(status["timestamp"]), UTC)
    if status["status"] in GOOD_NEWS:
        return MessageNotice(receipt, GOOD_NEWS[status["status"]], at)
    return _failure(receipt, status, at) if status["status"] == "failed" else None


def _failure(receipt: Receipt, status: Mapping[str, Any], at: datetime) -> Notice:
    codes = [error["code"] for error in status.get("errors", ())]
    known = (FAILURES[code] for code in codes if code in FAILURES)
    reason, dead = next(known, (Reason.UNDELIVERED, False))
    return MessageNotice(receipt, MessageStatus.FAILED, at, reason, dead)

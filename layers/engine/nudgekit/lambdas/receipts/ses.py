"""Mail: SES events as EventBridge brings them.

Source: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html and, for the fields of `detail`,
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html (read 2026-11-22).
"""

from collections.abc import Mapping
from typing import Any, Final

from nudgekit.adapters.email_ses import RECEIPT_TAG
from nudgekit.lambdas.receipts.tags import receipt_in
from nudgekit.lambdas.receipts.times import moment
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.feedback import MessageNotice, Notice

GOOD_NEWS: Final = {
    "Email Delivered": ("delivery", MessageStatus.DELIVERED),
    "Email Opened": ("open", MessageStatus.OPENED),
    "Email Clicked": ("click", MessageStatus.CLICKED),
}
"""Detail type -> the part of `detail` with its time, and what it means."""

FAILURES: Final = {"Email Rejected": Reason.REJECTED, "Email Rendering Failed": Reason.REJECTED}


def is_of(body: Mapping[str, Any]) -> bool:
    """Whether SES sent it."""
    return body.get("source") == "aws.ses"


def notices(body: Mapping[str, Any]) -> tuple[Notice, ...]:
    """What it says; nothing for events on the way, such as Email Sent or Email Delivery Delayed."""
    detail, name = body["detail"], body["detail-type"]
    tag = next(iter(detail.get("mail", {}).get("tags", {}).get(RECEIPT_TAG, ())), None)
    receipt = receipt_in(tag)
    if receipt is None:
        return ()
    if name in GOOD_NEWS:
        part, status = GOOD_NEWS[name]
        return (MessageNotice(receipt, status, moment(detail[part]["timestamp"])),)
    if name in FAILURES:
        return (MessageNotice(receipt, MessageStatus.FAILED, moment(body["time"]), FAILURES[name]),)
    if name == "Email Bounced":
        reason, dead = _bounce(detail["bounce"])
        return (MessageNotice(receipt, MessageStatus.FAILED, moment(detail["bounce"]["timestamp"]), reason, dead),)
    if name == "Email Complaint Received" and detail["complaint"].get("complaintFeedbackType") != "not-spam":
        at = moment(detail["complaint"]["timestamp"])
        return (MessageNotice(receipt, MessageStatus.FAILED, at, Reason.COMPLAINED, address_dead=True),)
    return ()


def _bounce(bounce: Mapping[str, Any]) -> tuple[Reason, bool]:
    """Only a permanent bounce condemns the address; a full mailbox may be emptied."""
    if bounce["bounceType"] == "Permanent":
        return Reason.BOUNCED, True
    return Reason.UNDELIVERED, False

"""Receipts in the words of each provider, as AWS puts them on the default bus or on a topic.

Shapes: SES events on EventBridge, End User Messaging SMS events on EventBridge, Meta's webhook entries in End User
Messaging Social's SNS notifications.
"""

import json
from datetime import datetime
from typing import Any

from nudgekit.cli.sink.outbox import Sent
from nudgekit.cli.sink.person import Reaction

ACCOUNT = "000000000000"
_SES = {
    "delivered": ("Email Delivered", "Delivery", "delivery"),
    "opened": ("Email Opened", "Open", "open"),
    "clicked": ("Email Clicked", "Click", "click"),
    "failed": ("Email Bounced", "Bounce", "bounce"),
}
_COMPLAINT = ("Email Complaint Received", "Complaint", "complaint")
_WHATSAPP = {"delivered": "delivered", "opened": "read", "failed": "failed"}


def ses_event(sent: Sent, reaction: Reaction, at: datetime) -> dict[str, Any]:
    """Return the bus entry (Source, DetailType, Detail) that SES would put."""
    kind, name, section = _COMPLAINT if reaction.code == "Complaint" else _SES[reaction.what]
    own = {"ses:configuration-set": [sent.content["configuration_set"]], "ses:from-domain": ["shop.example"]}
    tags = own | {key: [value] for key, value in sent.tags.items()}
    mail = {"timestamp": _iso(sent.at), "messageId": sent.id, "source": sent.content["from"], "destination": [sent.to]}
    detail = {"eventType": name, "mail": mail | {"tags": tags}, section: _ses_section(section, sent, reaction, at)}
    return {"Source": "aws.ses", "DetailType": kind, "Detail": json.dumps(detail)}


def _ses_section(section: str, sent: Sent, reaction: Reaction, at: datetime) -> dict[str, Any]:
    who = [{"emailAddress": sent.to}]
    more: dict[str, dict[str, Any]] = {
        "delivery": {"recipients": [sent.to], "smtpResponse": "250 2.0.0 OK"},
        "open": {"ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0"},
        "click": {"ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0", "link": "https://shop.example/"},
        "bounce": {"bounceType": reaction.code, "bounceSubType": "General", "bouncedRecipients": who},
        "complaint": {"complainedRecipients": who, "complaintFeedbackType": "abuse"},
    }
    return {"timestamp": _iso(at), **more[section]}


def sms_event(sent: Sent, reaction: Reaction, at: datetime) -> dict[str, Any]:
    """Return the bus entry that End User Messaging SMS would put."""
    kind = "TEXT_DELIVERED" if reaction.what == "delivered" else reaction.code
    detail = {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": _ms(at),
        "isFinal": True,
        "originationPhoneNumber": sent.content["from"],
        "destinationPhoneNumber": sent.to,
        "isoCountryCode": "GB",
        "messageId": sent.id,
        "messageRequestTimestamp": _ms(sent.at),
        "messageEncoding": "GSM",
        "messageType": sent.content["type"],
        "messageStatus": kind.removeprefix("TEXT_"),
        "messageStatusDescription": "Message has been accepted by phone"
        if reaction.what == "delivered"
        else "Unreachable",
        "context": sent.tags,
        "totalMessageParts": 1,
    }
    return {
        "Source": "aws.sms-voice",
        "DetailType": "Text Message Delivery Status Updated",
        "Detail": json.dumps(detail),
    }


def whatsapp_notification(sent: Sent, reaction: Reaction, at: datetime) -> str:
    """Return the text that End User Messaging Social would publish to the topic."""
    status: dict[str, Any] = {
        "id": sent.id,
        "status": _WHATSAPP[reaction.what],
        "timestamp": str(int(at.timestamp())),
        "recipient_id": sent.to.lstrip("+"),
        **sent.tags,
    }
    if reaction.what == "failed":
        status["errors"] = [{"code": int(reaction.code), "title": "Message undeliverable"}]
    metadata = {"display_phone_number": "447700900999", "phone_number_id": "phone-number-id-local"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]}
    entry = {"id": "waba-local", "changes": [{"value": value, "field": "messages"}]}
    header = {"context": {"MetaWabaIds": [], "MetaPhoneNumberIds": []}, "aws_account_id": ACCOUNT}
    times = {"message_timestamp": _iso(at), "messageId": sent.id}
    return json.dumps(header | times | {"whatsAppWebhookEntry": json.dumps(entry)})


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

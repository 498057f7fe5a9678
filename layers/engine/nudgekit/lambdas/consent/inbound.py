"""What people write back, as the two providers tell it.

Sources: for text messages
https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html, for WhatsApp
https://docs.aws.amazon.com/social-messaging/latest/userguide/managing-event-destination-dlrs.html and
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/ and
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
(read 2026-11-22).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from nudgekit.adapters.answers import E164
from nudgekit.errors import EventError
from nudgekit.lambdas.envelopes import NOTIFIED_AT
from nudgekit.law.wording import intent_of
from nudgekit.model.base import Channel
from nudgekit.runs.write_back import Inbound

LONGEST_ID: Final = 120


def is_inbound(body: Mapping[str, Any]) -> bool:
    """Whether a provider's notice may tell of messages that people wrote."""
    return "inboundMessageId" in body or "whatsAppWebhookEntry" in body


def read_inbound(body: Mapping[str, Any]) -> tuple[Inbound, ...]:
    """The messages in a notice; none in one that tells of our own.

    Raises:
        EventError: it lacks what its form promises; the text names fields, never values.
    """
    try:
        return tuple(_whatsapp(body)) if "whatsAppWebhookEntry" in body else (_sms(body),)
    except KeyError as error:
        raise EventError(f"missing: {error.args[0]}", "body", "see docs/reference/consent.md") from None
    except (AttributeError, TypeError, ValueError, OverflowError, RecursionError):
        raise EventError("a field is of the wrong kind", "body", "see docs/reference/consent.md") from None


def _sms(body: Mapping[str, Any]) -> Inbound:
    """The notice itself has no time: that of its SNS notification counts."""
    told = body.get(NOTIFIED_AT)
    at = datetime.fromisoformat(told).astimezone(UTC) if isinstance(told, str) else None
    return _inbound(Channel.SMS, body["originationNumber"], body["inboundMessageId"], str(body["messageBody"]), at)


def _whatsapp(body: Mapping[str, Any]) -> Iterator[Inbound]:
    entry = json.loads(body["whatsAppWebhookEntry"])
    for change in entry.get("changes", ()):
        for each in change["value"].get("messages", ()):
            at = datetime.fromtimestamp(int(each["timestamp"]), UTC)
            wrote = _inbound(Channel.WHATSAPP, f"+{str(each['from']).lstrip('+')}", each["id"], _text(each), at)
            yield wrote._replace(from_ad=each.get("referral", {}).get("source_type") == "ad")
        yield from filter(None, map(_switched, change["value"].get("user_preferences", ())))


def _switched(preference: Mapping[str, Any]) -> Inbound | None:
    """WhatsApp's own switch for a shop's advertising, turned off. Turned on again it allows nothing: nobody told us."""
    if (preference["category"], preference["value"]) != ("marketing_messages", "stop"):
        return None
    at = datetime.fromtimestamp(int(preference["timestamp"]), UTC)
    number, name = f"+{str(preference['wa_id']).lstrip('+')}", f"preference:{preference['timestamp']}"
    return _inbound(Channel.WHATSAPP, number, name, "stop", at)._replace(written=False)


def _text(message: Mapping[str, Any]) -> str:
    """What was typed, or the caption of the button that was pressed."""
    kind = message.get("type")
    if kind == "text":
        return str(message["text"]["body"])
    if kind == "button":
        return str(message["button"].get("text", ""))
    if kind == "interactive":
        pressed = message["interactive"]
        return str(pressed.get(str(pressed.get("type")), {}).get("title", ""))
    return ""


def _inbound(channel: Channel, number: object, name: object, text: str, at: datetime | None) -> Inbound:
    if not isinstance(number, str) or not E164.fullmatch(number):
        raise ValueError("a number")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID or (at is not None and at.tzinfo is None):
        raise ValueError("an id or a time")
    return Inbound(channel, number, name, intent_of(text), at)

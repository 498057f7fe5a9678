"""What a person writes back, from the inbox page to the stage, in the words of each provider.

Shapes: End User Messaging's two-way notices on SNS, and Meta's webhook entries in End User Messaging Social's.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack
from nudgekit.cli.sink.receipts import ACCOUNT
from nudgekit.cli.sink.wire import Answer, Request, json_answer, json_error
from nudgekit.model.base import Channel

PATH: Final = "/reply"
SHOP_NUMBER: Final = "+447700900999"


def handle(request: Request, stack: Stack | None) -> Answer:
    """Take `{channel, from, text}` and put it where the provider would."""
    if stack is None or "InboundSmsTopicArn" not in stack.outputs:
        return json_error("NotUp", "The stack is not up yet.", status=503)
    if not request.headers.get("content-type", "").startswith("application/json"):
        return json_error("ValidationException", "Send JSON.", status=415)
    said = json.loads(request.body)
    channel, number, text = said.get("channel"), str(said.get("from", "")), str(said.get("text", ""))
    if channel not in {Channel.SMS, Channel.WHATSAPP} or not number or not text.strip():
        return json_error("ValidationException", "Give channel (sms or whatsapp), from and text.")
    topic, notice = _notice(Channel(channel), number, text, stack)
    client("sns", stack.aws).publish(TopicArn=topic, Message=json.dumps(notice))
    return json_answer({"sent": True})


def _notice(channel: Channel, number: str, text: str, stack: Stack) -> tuple[str, dict[str, Any]]:
    if channel is Channel.SMS:
        return stack.outputs["InboundSmsTopicArn"], _sms(number, text)
    return stack.outputs["WhatsappFeedbackTopicArn"], _whatsapp(number, text)


def _sms(number: str, text: str) -> dict[str, Any]:
    return {
        "originationNumber": number,
        "destinationNumber": SHOP_NUMBER,
        "messageKeyword": "KEYWORD",
        "messageBody": text,
        "inboundMessageId": str(uuid4()),
    }


def _whatsapp(number: str, text: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    message = {
        "from": number.lstrip("+"),
        "id": f"wamid.{uuid4().hex.upper()}",
        "timestamp": str(int(now.timestamp())),
        "type": "text",
        "text": {"body": text},
    }
    metadata = {"display_phone_number": SHOP_NUMBER.lstrip("+"), "phone_number_id": "phone-number-id-local"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [message]}
    return {
        "context": {"MetaWabaIds": [], "MetaPhoneNumberIds": []},
        "aws_account_id": ACCOUNT,
        "message_timestamp": now.isoformat(timespec="milliseconds"),
        "messageId": str(uuid4()),
        "whatsAppWebhookEntry": json.dumps({"id": "waba-local", "changes": [{"value": value, "field": "messages"}]}),
    }

"""End User Messaging Social, as far as sending goes: `SendWhatsAppMessage`, carrying Meta's Cloud API message."""

import base64
import json
from typing import Any
from uuid import uuid4

from nudgekit.cli.sink.failures import failure_of
from nudgekit.cli.sink.outbox import Outbox, Sent
from nudgekit.cli.sink.wire import Answer, Request, json_answer, json_error
from nudgekit.model.base import Channel

PATH = "/v1/whatsapp/"


def handle(request: Request, outbox: Outbox) -> Answer:
    """Answer one call."""
    if request.method != "POST" or request.path != "/v1/whatsapp/send":
        return json_error("ValidationException", f"The sink does not know {request.method} {request.path}.")
    try:
        message = json.loads(base64.b64decode(json.loads(request.body)["message"], validate=True))
        number = _e164(message["to"])
    except (ValueError, KeyError, TypeError):
        return json_error("InvalidParametersException", "message must be a base64 blob of a message with `to`.")
    return _refusal(number, outbox) or _take(number, message, outbox)


def _e164(number: str) -> str:
    return f"+{str(number).lstrip('+')}"


def _refusal(number: str, outbox: Outbox) -> Answer | None:
    failure = failure_of(Channel.WHATSAPP, number)
    if (
        failure is None
        or failure.how == "lose"
        or (failure.how == "throttle" and outbox.refusals(f"whatsapp:{number}"))
    ):
        return None
    return json_error(failure.code, "Refused by the sink's table of failures.")


def _take(number: str, message: dict[str, Any], outbox: Outbox) -> Answer:
    name = f"wamid.{uuid4().hex.upper()}"
    callback = message.get("biz_opaque_callback_data")
    tags = {"biz_opaque_callback_data": str(callback)} if callback else {}
    outbox.add(Sent(name, Channel.WHATSAPP, number, {"message": message}, tags))
    return json_answer({"messageId": name})

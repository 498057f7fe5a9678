"""End User Messaging SMS, as far as sending text goes: `SendTextMessage` in AWS's JSON protocol."""

import json
from uuid import uuid4

from nudgekit.cli.sink.failures import failure_of
from nudgekit.cli.sink.outbox import Outbox, Sent
from nudgekit.cli.sink.wire import Answer, Request, json_answer, json_error
from nudgekit.model.base import Channel

TARGET = "PinpointSMSVoiceV2."
_REQUIRED = ("DestinationPhoneNumber", "MessageBody")


def handle(request: Request, outbox: Outbox) -> Answer:
    """Answer one call."""
    operation = request.headers["x-amz-target"].removeprefix(TARGET)
    if operation != "SendTextMessage":
        return json_error("ValidationException", f"The sink does not know {operation}.", Reason="UNKNOWN_OPERATION")
    call = json.loads(request.body)
    missing = [name for name in _REQUIRED if not call.get(name)]
    if missing:
        return json_error("ValidationException", f"{missing[0]} is required.", Reason="MISSING_PARAMETER")
    return _refusal(call["DestinationPhoneNumber"], outbox) or _take(call, outbox)


def _refusal(number: str, outbox: Outbox) -> Answer | None:
    failure = failure_of(Channel.SMS, number)
    if failure is None or failure.how == "lose" or (failure.how == "throttle" and outbox.refusals(number)):
        return None
    return json_error(failure.code, "Refused by the sink's table of failures.", Reason=failure.reason)


def _take(call: dict[str, object], outbox: Outbox) -> Answer:
    content = {
        "text": call["MessageBody"],
        "from": call.get("OriginationIdentity", ""),
        "type": call.get("MessageType", ""),
    }
    context = call.get("Context")
    tags = {str(key): str(value) for key, value in context.items()} if isinstance(context, dict) else {}
    sent = Sent(str(uuid4()), Channel.SMS, str(call["DestinationPhoneNumber"]), content, tags)
    if not call.get("DryRun"):
        outbox.add(sent)
    return json_answer({"MessageId": sent.id}, "application/x-amz-json-1.0")

"""WhatsApp messages over End User Messaging Social."""

import json
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.answers import E164, NO_SENDER, REJECTED, UNUSABLE, Answers
from nudgekit.model.base import Channel
from nudgekit.model.message import Content, Message
from nudgekit.runs.ports import Accepted, Refused

if TYPE_CHECKING:
    from mypy_boto3_socialmessaging import EndUserMessagingSocialClient

ANSWERS: Final = Answers(
    service="End User Messaging Social",
    refused={"InvalidParametersException": REJECTED, "ValidationException": REJECTED},
    not_taken=frozenset(
        {
            "AccessDeniedByMetaException",
            "LimitExceededException",
            "ResourceNotFoundException",
            "ThrottledRequestException",
            "ThrottlingException",
        }
    ),
)
"""Codes of the SendWhatsAppMessage operation in botocore's model of socialmessaging. DependencyException is not among
them: it says that Meta failed, not when."""

META_API_VERSION: Final = "v23.0"
"""The version of Meta's Graph API that the message is written for."""

LONGEST_CALLBACK: Final = 512
"""The longest `biz_opaque_callback_data` Meta takes; a longer receipt is left out."""


class EndUserMessagingWhatsApp:
    """The port `Provider` for WhatsApp. What does not answer the person needs a template that Meta has approved.

    Args:
        client: a socialmessaging client that never retries.
        phone_number_id: the sender (`phone-number-id-...`); empty: the channel is unused.
    """

    channel = Channel.WHATSAPP

    def __init__(self, client: "EndUserMessagingSocialClient", phone_number_id: str) -> None:
        self.client, self.phone_number_id = client, phone_number_id

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        """See `ports.Provider`."""
        if not self.phone_number_id:
            return NO_SENDER
        if not E164.fullmatch(address):
            return UNUSABLE
        body = json.dumps(meta_message(message.content, address, receipt), separators=(",", ":")).encode()
        try:
            answer = self.client.send_whatsapp_message(
                originationPhoneNumberId=self.phone_number_id, message=body, metaApiVersion=META_API_VERSION
            )
        except Exception as error:  # every error is given its meaning, or raised again without its text
            return ANSWERS.meaning(error)
        return Accepted(answer["messageId"])


def meta_message(content: Content, address: str, receipt: str) -> dict[str, Any]:
    """The message as Meta's Cloud API takes it: a template and what fills its blanks, or free text."""
    message: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": address}
    message |= {"type": "template", "template": _template(content)} if content.template else _free_text(content)
    if receipt and len(receipt) <= LONGEST_CALLBACK:
        message["biz_opaque_callback_data"] = receipt
    return message


def _template(content: Content) -> dict[str, Any]:
    return {
        "name": content.template,
        "language": {"code": content.language or ""},
        "components": _components(content),
    }


def _free_text(content: Content) -> dict[str, Any]:
    return {"type": "text", "text": {"preview_url": True, "body": content.body}}


def _components(content: Content) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = []
    if content.parameters:
        components.append({"type": "body", "parameters": [_text(value) for value in content.parameters]})
    if content.button:
        components.append({"type": "button", "sub_type": "url", "index": "0", "parameters": [_text(content.button)]})
    return components


def _text(value: str) -> dict[str, str]:
    return {"type": "text", "text": value}

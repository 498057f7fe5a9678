"""Mail over SES."""

from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.answers import MAILBOX, REJECTED, UNUSABLE, Answers
from nudgekit.model.base import Channel
from nudgekit.model.message import Content, Message
from nudgekit.runs.ports import Accepted, Refused

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

ANSWERS: Final = Answers(
    service="SES",
    refused={"MessageRejected": REJECTED, "BadRequestException": REJECTED},
    not_taken=frozenset(
        {
            "AccountSuspendedException",
            "LimitExceededException",
            "MailFromDomainNotVerifiedException",
            "NotFoundException",
            "SendingPausedException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        }
    ),
)
"""Codes of the SendEmail operation in botocore's model of SES v2."""

RECEIPT_TAG: Final = "receipt"
"""The name of the tag by which SES's events name the message."""

LONGEST_TAG: Final = 256
"""SES takes tag values of letters, digits, `-` and `_`, up to this length. A longer receipt is left out: the message
goes out, and SES's word on it cannot be told from others'."""


class SesEmail:
    """The port `Provider` for mail.

    Args:
        client: an SES v2 client that never retries.
        sender: the shop's address.
        configuration_set: what publishes SES's events; empty for none.
    """

    channel = Channel.EMAIL

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str = "") -> None:
        self.client, self.sender, self.configuration_set = client, sender, configuration_set

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        """See `ports.Provider`. Promotional mail that nobody could end by one click is not sent."""
        mailbox = address.strip()
        if not MAILBOX.fullmatch(mailbox):
            return UNUSABLE
        if message.purpose == "promotional" and not message.content.unsubscribe:
            return REJECTED
        try:
            answer = self.client.send_email(**self._request(message, mailbox, receipt))
        except Exception as error:  # every error is given its meaning, or raised again without its text
            return ANSWERS.meaning(error)
        return Accepted(answer["MessageId"])

    def _request(self, message: Message, address: str, receipt: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "FromEmailAddress": self.sender,
            "Destination": {"ToAddresses": [address]},
            "Content": {"Simple": _simple(message)},
        }
        if self.configuration_set:
            request["ConfigurationSetName"] = self.configuration_set
        if receipt and len(receipt) <= LONGEST_TAG:
            request["EmailTags"] = [{"Name": RECEIPT_TAG, "Value": receipt}]
        return request


def _simple(message: Message) -> dict[str, Any]:
    content = message.content
    body = {"Text": _utf8(content.body)} | ({"Html": _utf8(content.html)} if content.html else {})
    simple: dict[str, Any] = {"Subject": _utf8(content.subject or content.title or ""), "Body": body}
    if headers := _headers(message.purpose, content):
        simple["Headers"] = headers
    return simple


def _headers(purpose: str, content: Content) -> list[dict[str, str]]:
    """One-click unsubscription of promotional mail (RFC 8058), which mailbox providers require of bulk senders."""
    if purpose != "promotional":
        return []
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{content.unsubscribe}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}

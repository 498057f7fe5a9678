"""Pushes over SNS platform endpoints (FCM for Android, APNs for Apple)."""

import json
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.answers import GONE, REJECTED, Answers
from nudgekit.adapters.faults import code_of
from nudgekit.model.base import Channel
from nudgekit.model.message import Content, Message
from nudgekit.runs.ports import Accepted, Refused

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

ANSWERS: Final = Answers(
    service="SNS",
    refused={
        "EndpointDisabled": GONE,
        "NotFound": GONE,
        "InvalidParameter": REJECTED,
        "ParameterValueInvalid": REJECTED,
        "ValidationException": REJECTED,
    },
    not_taken=frozenset(
        {
            "KMSAccessDenied",
            "KMSDisabled",
            "KMSInvalidState",
            "KMSNotFound",
            "KMSOptInRequired",
            "KMSThrottling",
            "PlatformApplicationDisabled",
            "Throttled",
            "Throttling",
            "ThrottlingException",
        }
    ),
)
"""Codes of the Publish operation in botocore's model of SNS."""


class SnsPush:
    """The port `Provider` for pushes. An address is the ARN of a platform endpoint.

    Args:
        client: an SNS client that never retries.
    """

    channel = Channel.PUSH

    def __init__(self, client: "SNSClient") -> None:
        self.client = client

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        """See `ports.Provider`."""
        payload = json.dumps(payloads(message.content, receipt))
        try:
            answer = self.client.publish(TargetArn=address, MessageStructure="json", Message=payload)
        except Exception as error:  # every error is given its meaning, or raised again without its text
            return GONE if _names_no_endpoint(error) else ANSWERS.meaning(error)
        return Accepted(answer["MessageId"])


def payloads(content: Content, receipt: str) -> dict[str, str]:
    """The push in each platform's own form, as SNS wants it: JSON within JSON."""
    apple = json.dumps(_apple(content, receipt))
    return {
        "default": content.body,
        "GCM": json.dumps({"fcmV1Message": {"message": _android(content, receipt)}}),
        "APNS": apple,
        "APNS_SANDBOX": apple,
    }


def _android(content: Content, receipt: str) -> dict[str, Any]:
    notification = _without_blanks(title=content.title, body=content.body, image=content.image)
    return {"notification": notification, "data": _data(content, receipt)}


def _apple(content: Content, receipt: str) -> dict[str, Any]:
    alert = _without_blanks(title=content.title, body=content.body)
    extras = {**_data(content, receipt), **_without_blanks(image=content.image)}
    return {"aps": {"alert": alert, "sound": "default", "mutable-content": 1}, **extras}


def _data(content: Content, receipt: str) -> dict[str, str]:
    """What the app is told besides what it shows."""
    return _without_blanks(link=content.link, deep_link=content.deep_link, receipt=receipt)


def _without_blanks(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _names_no_endpoint(error: Exception) -> bool:
    """SNS says of a deleted endpoint, or of an ARN that never was one, that the parameter TargetArn is invalid."""
    return code_of(error) == "InvalidParameter" and "TargetArn" in str(error)

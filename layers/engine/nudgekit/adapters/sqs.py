"""Queues: of the channels, and for what can never work."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nudgekit.adapters.faults import asking_to_come_back
from nudgekit.model.base import Channel
from nudgekit.runs.ports import MessageRef

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class QueueOutbox:
    """The port `Outbox`: one queue a channel.

    Args:
        client: an SQS client.
        urls: the queues' URLs by channel.
    """

    def __init__(self, client: "SQSClient", urls: Mapping[Channel, str]) -> None:
        self.client, self.urls = client, urls

    def enqueue(self, message: MessageRef) -> None:
        """See `ports.Outbox`.

        Raises:
            Throttled: the service asks to come back later.
        """
        body = json.dumps(message_body(message), separators=(",", ":"))
        with asking_to_come_back("SQS"):
            self.client.send_message(QueueUrl=self.urls[message.channel], MessageBody=body)


def message_body(message: MessageRef) -> dict[str, object]:
    """The JSON body of a message on its channel's queue."""
    return {"message": message._asdict()}


class DeadLetters:
    """Where goes what can never work, with the reason beside it.

    Args:
        client: an SQS client.
        url: the dead-letter queue's URL.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self.client, self.url = client, url

    def put(self, body: str, reason: str) -> None:
        """Keep `body` with `reason`, which names fields and never values.

        Raises:
            Throttled: the service asks to come back later.
        """
        attributes = {"reason": {"DataType": "String", "StringValue": reason}}
        with asking_to_come_back("SQS"):
            self.client.send_message(QueueUrl=self.url, MessageBody=body, MessageAttributes=attributes)  # type: ignore[arg-type]

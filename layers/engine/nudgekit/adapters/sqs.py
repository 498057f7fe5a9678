"""Queues: of the channels, a trigger's own, and for what can never work."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.faults import asking_to_come_back
from nudgekit.errors import Throttled
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


class SqsOwnQueue:
    """The port `OwnQueue`: the trigger's own queue.

    Args:
        client: an SQS client.
        url: the queue's URL.
        clock: translates times into the wall's.
    """

    def __init__(self, client: "SQSClient", url: str, clock: Clock) -> None:
        self.client, self.url, self.clock = client, url, clock

    def put(self, bodies: Sequence[Mapping[str, Any]], at: datetime | None = None) -> None:
        """See `ports.OwnQueue`.

        Raises:
            Throttled: the service asks to come back later, or took only some of the messages.
        """
        delay = _delay(self.clock, at) if at is not None else 0
        for part in _parts([json.dumps(body, separators=(",", ":")) for body in bodies]):
            entries: Any = [
                {"Id": str(number), "MessageBody": text, **({"DelaySeconds": delay} if delay else {})}
                for number, text in enumerate(part)
            ]
            with asking_to_come_back("SQS"):
                answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
            if answer.get("Failed"):
                raise Throttled(f"SQS did not take {len(answer['Failed'])} of {len(entries)} messages")


LONGEST_DELAY: Final = 900
"""Seconds that SQS keeps a message back at most."""

AT_ONCE: Final = 10
MOST_BYTES: Final = 256 * 1024
"""What one call of SendMessageBatch takes."""


def _delay(clock: Clock, at: datetime) -> int:
    """Whole seconds of the wall's until `at`, rounded up, as far as SQS goes: whoever comes early is put back."""
    return min(max(ceil((clock.to_real(at) - clock.wall()).total_seconds()), 0), LONGEST_DELAY)


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in parts that one call takes."""
    part: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if part and (len(part) == AT_ONCE or size + length > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(text)
        size += length
    if part:
        yield part


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

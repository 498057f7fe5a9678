"""Messages reach their channel's queue; what can never work reaches the dead letters with its reason."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.sqs import DeadLetters, QueueOutbox, SqsOwnQueue
from nudgekit.errors import Throttled
from nudgekit.model.base import Channel
from nudgekit.runs.ports import MessageRef
from nudgekit.runs.signals import WaveStep, read_signal
from tests.functional.deployment import REGION


def test_a_message_goes_to_the_queue_of_its_channel() -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    urls = {channel: sqs.create_queue(QueueName=channel.value)["QueueUrl"] for channel in Channel}
    message = MessageRef("m1", "p-1", "cart_abandonment", "cart-1", Channel.SMS, ("lamp",))

    QueueOutbox(sqs, urls).enqueue(message)

    (received,) = sqs.receive_message(QueueUrl=urls[Channel.SMS])["Messages"]
    assert json.loads(received["Body"]) == {
        "message": {
            "id": "m1",
            "person": "p-1",
            "trigger": "cart_abandonment",
            "key": "cart-1",
            "channel": "sms",
            "items": ["lamp"],
        }
    }
    assert "Messages" not in sqs.receive_message(QueueUrl=urls[Channel.EMAIL])


def test_a_dead_letter_keeps_its_body_and_reason() -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]

    DeadLetters(sqs, url).put("{not json", "not JSON")

    (received,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert received["Body"] == "{not json"
    assert received["MessageAttributes"]["reason"]["StringValue"] == "not JSON"


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Recorder:
    """A client that writes down what it is asked for; it refuses the messages named."""

    def __init__(self, refused: int = 0) -> None:
        self.calls: list[dict[str, Any]] = []
        self.refused = refused

    def send_message_batch(self, **given: Any) -> dict[str, Any]:
        self.calls.append(given)
        return {"Failed": [{}] * self.refused} if self.refused else {}


def own_queue(client: Any, factor: float = 1.0) -> SqsOwnQueue:
    return SqsOwnQueue(client, "https://queue.example/own", Clock(NOW, NOW, factor, wall=lambda: NOW))


def test_a_triggers_own_messages_go_ten_at_a_time_and_never_too_large() -> None:
    client = Recorder()
    own_queue(client).put([{"number": number} for number in range(25)])
    own_queue(client).put([{"text": "x" * 60_000}] * 6)
    assert [len(call["Entries"]) for call in client.calls] == [10, 10, 5, 4, 2]


@pytest.mark.parametrize(
    ("length", "factor", "delay"),
    [
        (timedelta(), 1, None),
        (timedelta(seconds=-5), 1, None),
        (timedelta(seconds=1.2), 1, 2),
        (timedelta(hours=3), 1, 900),
        (timedelta(hours=3), 600, 18),
    ],
)
def test_they_are_kept_back_for_as_long_as_the_queue_can(length: timedelta, factor: float, delay: int | None) -> None:
    client = Recorder()
    own_queue(client, factor).put([{}], NOW + length)
    assert client.calls[0]["Entries"][0].get("DelaySeconds") == delay


def test_messages_that_the_queue_does_not_take_are_not_forgotten() -> None:
    with pytest.raises(Throttled):
        own_queue(Recorder(refused=1)).put([{}])


def test_a_trigger_hears_what_it_tells_itself() -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="own")["QueueUrl"]
    SqsOwnQueue(sqs, url, Clock()).put([{"wave": {"trigger": "flash_sale", "name": "sale-1#3", "step": 2}}])
    (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert read_signal(json.loads(received["Body"]), NOW) == WaveStep("flash_sale", "sale-1#3", 2)

"""Messages reach their channel's queue; what can never work reaches the dead letters with its reason."""

import json

import boto3

from nudgekit.adapters.sqs import DeadLetters, QueueOutbox
from nudgekit.model.base import Channel
from nudgekit.runs.ports import MessageRef
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

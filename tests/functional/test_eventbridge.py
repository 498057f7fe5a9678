"""Every event reaches the bus, and only those it refused are put again."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from mypy_boto3_events import EventBridgeClient

from nudgekit.adapters.eventbridge import EventBus
from nudgekit.errors import Throttled
from tests.functional.deployment import REGION


@pytest.fixture
def client() -> EventBridgeClient:
    return boto3.client("events", region_name=REGION)


def _event(number: int) -> dict[str, Any]:
    return {"source": "nudgekit", "detail-type": "Message Sent", "detail": {"number": number}}


def _entry(number: int) -> dict[str, str]:
    return {
        "EventBusName": "shop",
        "Source": "nudgekit",
        "DetailType": "Message Sent",
        "Detail": json.dumps({"number": number}, separators=(",", ":")),
    }


def _bus(client: EventBridgeClient) -> EventBus:
    return EventBus(client, "shop", sleep=lambda seconds: None)


def test_events_go_in_tens(client: EventBridgeClient) -> None:
    with Stubber(client) as stub:
        for numbers in (range(10), range(10, 20), range(20, 23)):
            entries = [_entry(number) for number in numbers]
            stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": entries})
        _bus(client).publish([_event(number) for number in range(23)])
        stub.assert_no_pending_responses()


def test_only_the_refused_ones_are_put_again(client: EventBridgeClient) -> None:
    refused = {"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}]}
    with Stubber(client) as stub:
        stub.add_response("put_events", refused, {"Entries": [_entry(0), _entry(1)]})
        stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": [_entry(1)]})
        _bus(client).publish([_event(0), _event(1)])
        stub.assert_no_pending_responses()


def test_an_event_refused_every_time_is_throttling(client: EventBridgeClient) -> None:
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
    with Stubber(client) as stub:
        for _ in range(5):
            stub.add_response("put_events", refused)
        with pytest.raises(Throttled, match="ThrottlingException"):
            _bus(client).publish([_event(0)])


def test_nothing_to_say_calls_nobody(client: EventBridgeClient) -> None:
    with Stubber(client) as stub:
        _bus(client).publish([])
        stub.assert_no_pending_responses()

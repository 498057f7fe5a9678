"""However a function is invoked, it sees one list of records."""

import json
from typing import Any

import pytest

from nudgekit.errors import EventError
from nudgekit.lambdas.envelopes import BARE, Record, body, records


def test_a_batch_of_a_queue_is_its_messages() -> None:
    batch = {"Records": [{"messageId": "a", "body": "1"}, {"messageId": "b", "body": "2"}]}
    assert records(batch) == (Record("a", "1"), Record("b", "2"))


def test_an_empty_batch_is_nothing() -> None:
    assert records({"Records": []}) == ()


@pytest.mark.parametrize("event", [{"source": "shop", "detail": {}}, {"wake_up": {}}, {"Records": [{"other": 1}]}])
def test_anything_else_is_one_bare_record(event: dict[str, Any]) -> None:
    (record,) = records(event)
    assert record.id == BARE
    assert body(record) == event


def test_an_sns_notification_is_opened() -> None:
    envelope = {"Type": "Notification", "TopicArn": "arn", "Message": json.dumps({"inside": True})}
    assert body(Record("a", json.dumps(envelope))) == {"inside": True}


def test_an_event_that_merely_has_a_type_is_left_closed() -> None:
    event = {"Type": "Notification", "detail": {}}
    assert body(Record("a", json.dumps(event))) == event


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", "null", '"{}"', "[" * 100_000, '{"Type": "Notification", "TopicArn": "a"}']
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(EventError):
        body(Record("a", text))


def test_size_counts_bytes() -> None:
    assert Record("a", "\u00e4").size == 2

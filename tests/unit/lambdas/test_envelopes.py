"""However a function is invoked, it sees one list of records."""

import json
from typing import Any

import pytest

from nudgekit.errors import BadInput, EventError
from nudgekit.lambdas.envelopes import BARE, DEEPEST, MOST_RECORDS, Record, body, records
from nudgekit.model.event import MAX_BYTES


def test_a_batch_of_a_queue_is_its_messages() -> None:
    batch = {"Records": [{"messageId": "a", "body": "1"}, {"messageId": "b", "body": "2"}]}
    assert records(batch) == (Record("a", "1"), Record("b", "2"))


def test_an_empty_batch_is_nothing() -> None:
    assert records({"Records": []}) == ()


@pytest.mark.parametrize(
    "event",
    [
        {"source": "shop", "detail": {}},
        {"wake_up": {}},
        {"Records": [{"other": 1}]},
        {"Records": [1]},
        {"Records": ["body"]},
        {"Records": [{"messageId": "a", "body": {}}]},
        {"Records": [{"body": "{}"}]},
        {"Records": {"body": 1}},
    ],
)
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


@pytest.mark.parametrize("invocation", [[], "text", 5, None])
def test_an_invocation_that_is_no_object_is_refused(invocation: Any) -> None:
    with pytest.raises(BadInput, match="not a JSON object"):
        records(invocation)


def test_no_more_records_are_taken_than_a_queue_hands_over() -> None:
    one = {"messageId": "a", "body": "{}"}
    assert len(records({"Records": [one] * MOST_RECORDS})) == MOST_RECORDS
    with pytest.raises(BadInput, match="10001 records"):
        records({"Records": [one] * (MOST_RECORDS + 1)})


def _nested(levels: int) -> str:
    return '{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)


def test_json_is_taken_to_a_stated_depth() -> None:
    assert body(Record("a", _nested(DEEPEST)))
    with pytest.raises(EventError, match="nested too deeply"):
        body(Record("a", _nested(DEEPEST + 1)))
    with pytest.raises(EventError, match="nested too deeply"):
        body(Record("a", json.dumps({"Type": "Notification", "TopicArn": "a", "Message": _nested(DEEPEST + 1)})))


def test_many_objects_side_by_side_are_not_deep() -> None:
    assert body(Record("a", json.dumps({"products": [{"product_id": str(each)} for each in range(100)]})))


def test_every_record_has_a_largest_size() -> None:
    fits = json.dumps({"a": ""})
    assert body(Record("a", fits.replace('""', f'"{"x" * (MAX_BYTES - len(fits))}"')))
    with pytest.raises(EventError, match="too large"):
        body(Record("a", fits.replace('""', f'"{"x" * (MAX_BYTES - len(fits) + 1)}"')))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_refused(constant: str) -> None:
    with pytest.raises(EventError, match="not a JSON object"):
        body(Record("a", f'{{"value": {constant}}}'))

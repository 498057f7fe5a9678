"""What a function is invoked with, as one list of records: a batch of a queue, or one bare event."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nudgekit.errors import EventError

NOTIFIED_AT: Final = "sns_timestamp"
"""Under this name, a body that came as an SNS notification has the notification's time: some have none of their own."""

BARE: Final = ""
"""The id of a record that came bare."""


class Record(NamedTuple):
    """One thing that came in.

    Attributes:
        id: the queue's id of it; `BARE` when the function was invoked with it directly.
        text: its JSON, as it came.
    """

    id: str
    text: str

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.text.encode())


def records(invocation: Mapping[str, Any]) -> tuple[Record, ...]:
    """The records of an invocation: those of an SQS batch, or the invocation itself."""
    batch = invocation.get("Records")
    if isinstance(batch, list) and all("body" in each for each in batch):
        return tuple(Record(each["messageId"], each["body"]) for each in batch)
    return (Record(BARE, json.dumps(invocation)),)


def body(record: Record) -> dict[str, Any]:
    """The JSON object in a record; of an SNS notification, the object in its message.

    Raises:
        EventError: it is not a JSON object.
    """
    outer = _json_object(record.text, "body")
    if outer.get("Type") == "Notification" and "TopicArn" in outer:
        inner = _json_object(outer.get("Message"), "body.Message")
        return {**inner, NOTIFIED_AT: outer["Timestamp"]} if "Timestamp" in outer else inner
    return outer


def _json_object(text: object, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    except RecursionError:
        raise EventError("JSON nested too deeply", where, "send a flat object") from None
    if not isinstance(found, dict):
        raise EventError("not a JSON object", where, "send one JSON object a message")
    return found

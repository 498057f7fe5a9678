"""What a function is invoked with, as one list of records: a batch of a queue, or one bare event."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nudgekit.errors import EventError

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
        return len(self.text.encode(errors="surrogatepass"))


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
        return _json_object(outer.get("Message"), "body.Message")
    return outer


def _json_object(text: object, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_number) if isinstance(text, str) else None
    except ValueError:
        found = None
    except RecursionError:
        raise EventError("JSON nested too deeply", where, "send a flat object") from None
    if not isinstance(found, dict):
        raise EventError("not a JSON object", where, "send one JSON object a message")
    if not _is_unicode(text, found):
        raise EventError("text with half a character", where, "send pairs of surrogates, or the characters themselves")
    return found


def _no_number(constant: str) -> None:
    """JSON knows no NaN and no Infinity; Python would take them."""
    raise ValueError(constant)


def _is_unicode(text: object, found: dict[str, Any]) -> bool:
    """Whether all of it can be written down again. Half a surrogate pair, escaped or not, cannot."""
    if isinstance(text, str) and text.isascii() and "\\ud" not in text and "\\uD" not in text:
        return True
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True

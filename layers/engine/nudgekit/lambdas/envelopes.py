"""What a function is invoked with, as one list of records: a batch of a queue, or one bare event.

This is the door that everything from outside comes through. What is refused here is refused before anything looks at
it: what is too large, nested too deeply, not JSON, or more than a queue would hand over.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from nudgekit.errors import BadInput, EventError
from nudgekit.model.event import MAX_BYTES

NOTIFIED_AT: Final = "sns_timestamp"
"""Under this name, a body that came as an SNS notification has the notification's time: some have none of their own."""

BARE: Final = ""
"""The id of a record that came bare."""

MOST_RECORDS: Final = 10_000
"""What the largest batch of a queue holds; more comes from nobody but a caller who invokes the function by hand."""

DEEPEST: Final = 32
"""How deeply JSON may be nested; the deepest of the fixtures has 5."""


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
    """The records of an invocation: those of an SQS batch, or the invocation itself.

    Raises:
        BadInput: it is neither, or there are too many.
    """
    if not isinstance(invocation, Mapping):
        raise BadInput("not a JSON object", "invocation", "send an event, or a batch of a queue")
    batch = invocation.get("Records")
    if not isinstance(batch, list) or not all(_came_by_queue(each) for each in batch):
        return (Record(BARE, json.dumps(invocation)),)
    if len(batch) > MOST_RECORDS:
        raise BadInput(f"{len(batch)} records", "Records", f"send at most {MOST_RECORDS} at once")
    return tuple(Record(each["messageId"], each["body"]) for each in batch)


def _came_by_queue(record: object) -> bool:
    if not isinstance(record, Mapping):
        return False
    return isinstance(record.get("messageId"), str) and isinstance(record.get("body"), str)


def body(record: Record) -> dict[str, Any]:
    """The JSON object in a record; of an SNS notification, the object in its message.

    Raises:
        EventError: it is not a JSON object, too large, or nested too deeply.
    """
    if record.size > MAX_BYTES:
        raise EventError("too large", "body", f"send at most {MAX_BYTES} bytes")
    outer = _json_object(record.text, "body")
    if outer.get("Type") == "Notification" and "TopicArn" in outer:
        inner = _json_object(outer.get("Message"), "body.Message")
        return {**inner, NOTIFIED_AT: outer["Timestamp"]} if "Timestamp" in outer else inner
    return outer


def _json_object(text: object, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_number) if isinstance(text, str) else None
    except ValueError:
        found = None
    except RecursionError:
        raise _too_deep(where) from None
    if not isinstance(found, dict):
        raise EventError("not a JSON object", where, "send one JSON object a message")
    if isinstance(text, str) and text.count("{") + text.count("[") > DEEPEST and not _flat_enough(found):
        raise _too_deep(where)
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


def _flat_enough(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return True
    return False


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep(where: str) -> EventError:
    return EventError("JSON nested too deeply", where, f"send at most {DEEPEST} levels")

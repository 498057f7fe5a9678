"""The beat: once a minute it goes through the same queue as every event, and says how far folding has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from nudgekit.errors import EventError

SOURCE: Final = "aws.events"
NAME: Final = "Scheduled Event"


class Beat(NamedTuple):
    """Whatever was put on the bus before `at` (the wall's time) was put on the queue before this."""

    at: datetime


def read_beat(body: Mapping[str, Any]) -> Beat | None:
    """The beat in a record, or None when it is something else.

    Raises:
        EventError: it is a beat that does not say when.
    """
    if body.get("source") != SOURCE or body.get("detail-type") != NAME:
        return None
    try:
        at = datetime.fromisoformat(str(body.get("time")))
    except ValueError:
        raise EventError("missing or wrong: time", "time", "a scheduled rule of EventBridge says when") from None
    if at.tzinfo is None:
        raise EventError("has no zone", "time", "a scheduled rule of EventBridge says when in UTC")
    return Beat(at)


def beat_body(at: datetime) -> dict[str, Any]:
    """The record of a beat, as EventBridge makes it."""
    return {"source": SOURCE, "detail-type": NAME, "time": at.isoformat(timespec="seconds"), "detail": {}}

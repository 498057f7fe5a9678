"""What reaches a trigger's queue: start events, wake-ups, and news of its own messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from nudgekit.errors import EventError
from nudgekit.model.base import Channel, Model
from nudgekit.model.event import Event, parse_event
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import WakeUp

SOURCE: Final = "nudgekit"

EVENT_NAMES: Final[Mapping[MessageStatus, str]] = {
    MessageStatus.HANDED_OFF: "Message Sent",
    MessageStatus.DELIVERED: "Message Delivered",
    MessageStatus.OPENED: "Message Opened",
    MessageStatus.CLICKED: "Message Clicked",
    MessageStatus.FAILED: "Message Failed",
    MessageStatus.WITHHELD: "Message Withheld",
    MessageStatus.IN_DOUBT: "Message In Doubt",
}
_STATUSES: Final = {name: status for status, name in EVENT_NAMES.items()}


class NewsProperties(Model):
    """The properties of a `Message …` event."""

    message: str
    trigger: str
    key: str
    occurrence: int
    rung: int = Field(ge=0)
    channel: Channel
    reason: Reason | None = None
    items: tuple[str, ...] = ()


class News(NamedTuple):
    """What became of a message."""

    status: MessageStatus
    person: str
    message: str
    trigger: str
    key: str
    occurrence: int
    rung: int
    channel: Channel
    reason: Reason | None
    items: tuple[str, ...]


Signal = Event | WakeUp | News

_wake_up = TypeAdapter(WakeUp)


def wake_up_body(wake_up: WakeUp) -> dict[str, Any]:
    """The JSON body of a wake-up on a queue."""
    return {"wake_up": wake_up._asdict()}


def read_signal(body: Mapping[str, Any], now: datetime, size: int = 0) -> Signal:
    """The signal in the body of a queue message, or in a bare event.

    Raises:
        EventError: it is none of the three, malformed, or nobody's.
    """
    if "wake_up" in body:
        return _checked(_wake_up, body["wake_up"], "wake_up")
    event = parse_event(body, now, size)
    if not event.person:
        raise EventError("neither user_id nor anonymous_id is given", "detail", "say whose event it is")
    return read_news(event) if event.source == SOURCE and event.name in _STATUSES else event


def read_news(event: Event) -> News:
    """The news in a `Message …` event of ours.

    Raises:
        EventError: its properties do not name a message.
    """
    given = _checked(TypeAdapter(NewsProperties), event.detail.properties.model_dump(), "detail.properties")
    return News(
        status=_STATUSES[event.name],
        person=event.person,
        message=given.message,
        trigger=given.trigger,
        key=given.key,
        occurrence=given.occurrence,
        rung=given.rung,
        channel=given.channel,
        reason=given.reason,
        items=given.items,
    )


def news_event(message: Message, status: MessageStatus, at: datetime, reason: Reason | None = None) -> dict[str, Any]:
    """The event that tells the bus what became of `message`. The same news has the same event id."""
    return {
        "source": SOURCE,
        "detail-type": EVENT_NAMES[status],
        "detail": {
            "message_id": f"{message.id}:{status}",
            "user_id": message.person,
            "timestamp": at.isoformat(),
            "trigger": message.trigger,
            "properties": {
                "message": message.id,
                "trigger": message.trigger,
                "key": message.run,
                "occurrence": message.occurrence,
                "rung": message.rung,
                "channel": message.channel,
                "reason": reason,
                "items": list(message.items),
            },
        },
    }


def address_disabled_event(person: str, channel: Channel, mark: str, at: datetime) -> dict[str, Any]:
    """The event that tells the bus that an address, named by its mark alone, takes no more messages."""
    return {
        "source": SOURCE,
        "detail-type": "Address Disabled",
        "detail": {
            "message_id": f"{mark}:{channel}:{at.isoformat()}",
            "user_id": person,
            "timestamp": at.isoformat(),
            "properties": {"channel": channel, "address": mark},
        },
    }


def held_back_event(message: Message, at: datetime) -> dict[str, Any]:
    """The event that tells the facts that a provider holds marketing back from the person for a while."""
    return {
        "source": SOURCE,
        "detail-type": "Message Held Back",
        "detail": {
            "message_id": f"{message.id}:held_back",
            "user_id": message.person,
            "timestamp": at.isoformat(),
            "properties": {"channel": message.channel, "message": message.id},
        },
    }


def _checked[T](adapter: TypeAdapter[T], raw: object, where: str) -> T:
    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        fields = ", ".join(".".join(str(part) for part in each["loc"]) for each in error.errors()[:5])
        raise EventError(f"missing or wrong: {fields}", where, "see docs/reference/events.md") from None

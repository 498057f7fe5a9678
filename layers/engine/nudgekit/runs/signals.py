"""What reaches a trigger's queue: start events, wake-ups, and news of its own messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from nudgekit.errors import EventError
from nudgekit.model.base import Channel, Items, Key, MessageId, Model, Purpose, TriggerId, fingerprint
from nudgekit.model.consent import Evidence
from nudgekit.model.event import Event, parse_event
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import WakeUp

SOURCE: Final = "nudgekit"

Events = tuple[Mapping[str, Any], ...]
"""Events for the bus: {source, detail-type, detail}."""

EVENT_NAMES: Final[Mapping[MessageStatus, str]] = {
    MessageStatus.HANDED_OFF: "Message Sent",
    MessageStatus.DELIVERED: "Message Delivered",
    MessageStatus.OPENED: "Message Opened",
    MessageStatus.CLICKED: "Message Clicked",
    MessageStatus.FAILED: "Message Failed",
    MessageStatus.WITHHELD: "Message Withheld",
    MessageStatus.IN_DOUBT: "Message In Doubt",
    MessageStatus.HELD_OUT: "Message Held Out",
}
_STATUSES: Final = {name: status for status, name in EVENT_NAMES.items()}


class NewsProperties(Model):
    """The properties of a `Message …` event."""

    message: MessageId
    trigger: TriggerId
    key: Key
    occurrence: int
    rung: int = Field(ge=0)
    channel: Channel
    reason: Reason | None = None
    variant: str = ""
    items: Items = ()


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


class Tick(NamedTuple):
    """The calendar's clock: it is time to see whether an hour has come somewhere."""


class WaveStep(NamedTuple):
    """The message by which a wave's next page is asked."""

    trigger: TriggerId
    name: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    step: Annotated[int, Field(ge=0)]


Signal = Event | WakeUp | News | Tick | WaveStep

_wake_up = TypeAdapter(WakeUp)
_wave_step = TypeAdapter(WaveStep)


def wake_up_body(wake_up: WakeUp) -> dict[str, Any]:
    """The JSON body of a wake-up on a queue."""
    return {"wake_up": wake_up._asdict()}


def wave_body(step: WaveStep) -> dict[str, Any]:
    """The JSON body of a wave's message on the trigger's queue."""
    return {"wave": step._asdict()}


def read_signal(body: Mapping[str, Any], now: datetime, size: int = 0) -> Signal:
    """The signal in the body of a queue message, or in a bare event.

    Raises:
        EventError: it is none of these, malformed, or nobody's.
    """
    if "wake_up" in body:
        return _checked(_wake_up, body["wake_up"], "wake_up")
    if "wave" in body:
        return _checked(_wave_step, body["wave"], "wave")
    if "tick" in body:
        return Tick()
    event = parse_event(body, now, size)
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
                **({"variant": message.variant} if message.variant else {}),
                "items": list(message.items),
            },
        },
    }


def address_disabled_event(person: str, channel: Channel, mark: str, at: datetime) -> dict[str, Any]:
    """The event that tells the bus that an address, named by its mark alone, takes no more messages."""
    properties = {"channel": channel, "address": mark}
    return _own("Address Disabled", f"{mark}:{channel}:{at.isoformat()}", person, at, properties)


UNWANTED: Final = frozenset({Reason.OPTED_OUT, Reason.COMPLAINED})
"""Reasons that are the person's own word and not the address's fault."""


def lost_address_events(person: str, channel: Channel, mark: str, reason: Reason | None, at: datetime) -> Events:
    """What the bus must hear when an address takes no more messages: that it is dead, or that the person said so.

    A provider that keeps an opt-out list lets no text through, whatever it is about; a complaint and WhatsApp's own
    opt-out are about advertising.
    """
    if reason not in UNWANTED:
        return (address_disabled_event(person, channel, mark, at),)
    purposes: tuple[Purpose, ...] = ("promotional", "transactional") if channel is Channel.SMS else ("promotional",)
    source = f"provider:{reason}"
    return tuple(
        consent_event(
            person,
            {"channel": channel, "purpose": purpose, "status": "denied", "source": source, "address": mark},
            f"{source}:{mark}:{at.isoformat()}",
            at,
        )
        for purpose in purposes
    )


def consent_event(person: str, said: Mapping[str, Any], origin: str, at: datetime) -> dict[str, Any]:
    """The event that tells what a person allowed or refused.

    Args:
        person: who.
        said: the fields of `Evidence` but its time and event; and `address`, the mark of the address it was said from,
            when it is to count for everybody who has that address.
        origin: what made them say it: the same origin and subject give the same event id.
        at: when they said it.
    """
    subject = (str(said["channel"]), str(said.get("purpose", "promotional")), str(said.get("topic", "")))
    properties = {name: value for name, value in said.items() if value not in {None, ""}}
    return _own("Consent Updated", "c" + fingerprint(origin, *subject), person, at, properties)


def consent_requested_event(person: str, word: Evidence) -> dict[str, Any]:
    """The event that asks for a confirmation to be sent: what was asked for, and by which channel."""
    properties = {"channel": word.channel, "purpose": word.purpose, "topic": word.topic}
    return _own("Consent Requested", f"{fingerprint(word.event_id)}:requested", person, word.at, properties)


def message_received_event(  # noqa: PLR0913  what the event tells
    person: str, channel: Channel, meaning: str, inbound_id: str, at: datetime, *, from_ad: bool = False
) -> dict[str, Any]:
    """The event that tells that a person wrote: by which channel and what it plainly meant, never what it said."""
    properties = {"channel": channel, "meaning": meaning or "other", "from_ad": from_ad}
    return _own("Message Received", inbound_id, person, at, properties)


def answer_event(message: Message, code: str, at: datetime, remind_at: datetime | None = None) -> dict[str, Any]:
    """The event that a question on the shop's page names for its answers: what was picked, and about which product.

    Somebody who wants to hear of it again names a deadline of their own: one for each product, so that another time
    moves it.
    """
    about = message.about or next(iter(message.items), "")
    reminder = (
        {"remind_at": remind_at.isoformat(), "deadline_id": f"reminder:{about or message.id}"} if remind_at else {}
    )
    properties = {"reason": code, "message": message.id, **({"product_id": about} if about else {}), **reminder}
    event_id = "a" + fingerprint(message.id, code, reminder.get("remind_at", ""))
    return _own(message.content.answer or "", event_id, message.person, at, properties)


def held_back_event(message: Message, at: datetime) -> dict[str, Any]:
    """The event that tells the facts that a provider holds marketing back from the person for a while."""
    properties = {"channel": message.channel, "message": message.id}
    return _own("Message Held Back", f"{message.id}:held_back", message.person, at, properties)


def _own(name: str, event_id: str, person: str, at: datetime, properties: Mapping[str, Any]) -> dict[str, Any]:
    """An event of ours about a person."""
    detail = {"message_id": event_id, "user_id": person, "timestamp": at.isoformat(), "properties": dict(properties)}
    return {"source": SOURCE, "detail-type": name, "detail": detail}


def shop_event(name: str, event_id: str, at: datetime, properties: Mapping[str, Any]) -> dict[str, Any]:
    """An event of ours about what the shop did, which is nobody's own."""
    detail = {"message_id": event_id, "timestamp": at.isoformat(), "properties": dict(properties)}
    return {"source": SOURCE, "detail-type": name, "detail": detail}


def _checked[T](adapter: TypeAdapter[T], raw: object, where: str) -> T:
    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        fields = ", ".join(_field(each) for each in error.errors()[:5])
        raise EventError(f"missing or wrong: {fields}", where, "see docs/reference/events.md") from None


def _field(finding: Any) -> str:
    """The field's name if it is one of ours: what a stranger called theirs may say anything."""
    ours = {*WakeUp._fields, *WaveStep._fields, *NewsProperties.model_fields}
    if finding["loc"][:1] and finding["loc"][0] not in ours:
        return "a field that does not belong there"
    return ".".join(str(part) for part in finding["loc"])

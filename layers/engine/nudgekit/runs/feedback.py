"""What providers say about messages, written into their rows and told to the bus in one form."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from nudgekit.errors import Conflict
from nudgekit.model.base import Channel
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.profile import address_mark
from nudgekit.model.reasons import Reason
from nudgekit.runs.addresses import alias_ref
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.ports import Store
from nudgekit.runs.receipts import Receipt
from nudgekit.runs.reports import Report, run_mark
from nudgekit.runs.signals import address_disabled_event, held_back_event, lost_address_events, news_event
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import put_message

TRIES = 3


class MessageNotice(NamedTuple):
    """A provider's word on one message.

    Attributes:
        receipt: the message, from the tag that went along with it.
        status: delivered, opened, clicked or failed.
        at: when, by the provider's clock.
        reason: why it failed.
        address_dead: whether no other message will get through to that address either.
    """

    receipt: Receipt
    status: MessageStatus
    at: datetime
    reason: Reason | None = None
    address_dead: bool = False


class AddressNotice(NamedTuple):
    """A provider's word on an address: it takes no more messages."""

    channel: Channel
    address: str
    at: datetime


Notice = MessageNotice | AddressNotice


class Heard(NamedTuple):
    """What a notice amounts to, and the events the bus must hear."""

    report: Report
    events: tuple[Mapping[str, Any], ...] = ()


def read(notices: Iterable[Notice], store: Store) -> Snapshot:
    """Everything the batch needs to know, in one call."""
    return Snapshot(store, (_ref(notice) for notice in notices))


def receive(notice: Notice, snapshot: Snapshot) -> Heard:
    """Write down what a provider said.

    A notice that says nothing new about its message changes nothing, but is told to the bus again: the process that
    wrote it down may have died before it could.

    Raises:
        Conflict: others keep changing the message's row; the notice should come again.
    """
    return (
        _receive_message(notice, snapshot) if isinstance(notice, MessageNotice) else _receive_address(notice, snapshot)
    )


def _ref(notice: Notice) -> Ref:
    if isinstance(notice, AddressNotice):
        return alias_ref(notice.channel, notice.address)
    return Ref(Kind.MESSAGE, notice.receipt.person, notice.receipt.message)


def _receive_message(notice: MessageNotice, snapshot: Snapshot) -> Heard:
    ref = _ref(notice)
    for attempt in range(TRIES):
        if attempt:
            snapshot.refresh((ref,))
        stored = snapshot.get(ref)
        message: Message | None = stored.value
        if message is None:
            return Heard(Report("unknown", reason="unknown_message"))
        if not message.progressed(notice.status):
            return Heard(_report(message, notice), _news(message, notice) if message.status is notice.status else ())
        after = message.model_copy(update={"status": notice.status, "reason": notice.reason})
        try:
            snapshot.commit((put_message(after, stored.version),))
        except Conflict:
            continue
        return Heard(_report(after, notice), _news(after, notice))
    raise Conflict(Kind.MESSAGE)


def _news(message: Message, notice: MessageNotice) -> tuple[Mapping[str, Any], ...]:
    events: Sequence[Mapping[str, Any]] = (news_event(message, notice.status, notice.at, notice.reason),)
    if notice.address_dead and message.address:
        lost = lost_address_events(message.person, message.channel, message.address, notice.reason, notice.at)
        events = (*events, *lost)
    if notice.reason is Reason.HELD_BACK:
        events = (*events, held_back_event(message, notice.at))
    return tuple(events)


def _report(message: Message, notice: MessageNotice) -> Report:
    mark = run_mark(message.person, message.trigger, message.run, message.occurrence)
    return Report("received", message.trigger, mark, notice.reason or notice.status, message.channel)


def _receive_address(notice: AddressNotice, snapshot: Snapshot) -> Heard:
    people: tuple[str, ...] = snapshot.get(_ref(notice)).value or ()
    if not people:
        return Heard(Report("unknown", reason="unknown_address", channel=notice.channel))
    mark = address_mark(notice.address)
    events = tuple(address_disabled_event(person, notice.channel, mark, notice.at) for person in people)
    return Heard(Report("received", reason=Reason.ADDRESS_DISABLED, channel=notice.channel), events)

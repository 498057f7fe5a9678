"""The shop's own page asks for what waits, shows it, and says what became of it: the page is the provider."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from nudgekit.decide.case import Case
from nudgekit.errors import Conflict
from nudgekit.model.base import Channel, to_ms_up
from nudgekit.model.inbox import Inbox, Posted
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import UNSENT, Content, Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.conduct import build_case
from nudgekit.runs.documents import Kind, Ref, Stored, Write
from nudgekit.runs.feedback import Heard, MessageNotice, receive
from nudgekit.runs.hand_off import DONE, Delivery, HandOff, as_written, report_on, row_of
from nudgekit.runs.inbox import inbox_ref, put_inbox
from nudgekit.runs.places import put_ledger
from nudgekit.runs.ports import MessageRef, Store
from nudgekit.runs.receipts import Receipt
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import Events, answer_event, news_event
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import put_message

TRIES: Final = 5
"""How often a claim that lost a race is made anew before the page has to ask again."""

WORDS: Final = {
    "shown": MessageStatus.DELIVERED,
    "dismissed": MessageStatus.OPENED,
    "clicked": MessageStatus.CLICKED,
    "answered": MessageStatus.CLICKED,
}
"""What a page tells, and how far the message has come by that. Who closes a message has read it."""

_FETCHED: Final = frozenset({MessageStatus.HANDED_OFF, *WORDS.values()})


class Claim(NamedTuple):
    """What a page gets: the message, or why there is none; both empty when there never was one.

    Attributes:
        content: what to show.
        reason: why nothing is to be shown.
        report, events: what was done, and what the bus must hear.
    """

    content: Content | None
    reason: Reason | None
    report: Report
    events: Events = ()


class Answer(NamedTuple):
    """What somebody picked of a question's choices, and when they want to hear of it again."""

    code: str
    remind_at: datetime | None = None


class Misfit(NamedTuple):
    """What a page told cannot be: the message was not fetched, or it offers no such answer."""

    why: str


def waiting(person: str, store: Store, now: datetime) -> tuple[Posted, ...]:
    """What waits for the person on the shop's page, the best first: one read."""
    found = store.read((inbox_ref(person),)).get(inbox_ref(person))
    inbox: Inbox = found.value if found is not None else Inbox()
    return inbox.waiting(now)


class Page(HandOff):
    """Hands a message to the page that asks for it: all gates are asked again, and one transaction settles it.

    Args:
        rules: the rules of a trigger, by its id.
        store: where messages and people are kept.
    """

    def __init__(self, rules: Callable[[str], Rulebook], store: Store) -> None:  # it needs no provider and no lease
        self.rules, self.store = rules, store

    def claim(self, ref: MessageRef, now: datetime) -> Claim:
        """Fetch the message; asked again, it is the same and counts once.

        What the facts do not know yet they will in a moment: the message goes on waiting, and the page asks again.

        Raises:
            Conflict: others keep changing the same documents; the page should ask again.
        """
        for _ in range(TRIES):
            snapshot = self.read((ref,))
            try:
                return self._claim(ref, snapshot, now)
            except Conflict:
                continue
        raise Conflict(Kind.MESSAGE)

    def _claim(self, ref: MessageRef, snapshot: Snapshot, now: datetime) -> Claim:
        before = message_of(ref, snapshot)
        if before is None:
            return Claim(None, None, Report("ignored", reason="unknown_message", channel=Channel.ONSITE))
        if before.status in UNSENT:
            snapshot.commit(_fetched(before, snapshot, now))
        if before.status is MessageStatus.CLAIMED and self._fate(before, snapshot, now)[1] is Reason.FACTS_BEHIND:
            return Claim(None, Reason.FACTS_BEHIND, report_on("ignored", before, Reason.FACTS_BEHIND))
        delivery = self.hand_off(ref, snapshot, now)
        after: Message = snapshot.get(row_of(ref)).value
        reason = _reason_for_silence(after, now)
        return Claim(after.content if reason is None else None, reason, delivery.report, delivery.events)

    def _refs(self, ref: MessageRef) -> tuple[Ref, ...]:
        return (inbox_ref(ref.person), *super()._refs(ref))

    def _case(self, message: Message, run: Run, snapshot: Snapshot, now: datetime) -> Case:
        """The case as its decision had it, with what is known now: the message itself is nothing that happened yet.

        What the gates look at was read with the message: one that asks about more than that would cost a page a second
        call.
        """
        case = build_case(self.rules(message.trigger), run, message.items, snapshot, now, as_read=True)
        case.run, case.ledger = run.before_last, case.ledger.seen
        return as_written(case, message, run)

    def _attempt(self, message: Message, version: int, snapshot: Snapshot, now: datetime) -> Delivery:
        status, reason = self._fate(message, snapshot, now)
        fetched_at = now if status is MessageStatus.HANDED_OFF else None
        given = {"status": status, "reason": reason, "handing_off_at": fetched_at, "handed_off_at": fetched_at}
        settled = message.model_copy(update=given)
        snapshot.commit((put_message(settled, version), *_fetched(settled, snapshot, now)))
        return Delivery(report_on(DONE[status], settled, reason or ""), (news_event(settled, status, now, reason),))

    def _fate(self, message: Message, snapshot: Snapshot, now: datetime) -> tuple[MessageStatus, Reason | None]:
        if _is_over(message, now):
            return MessageStatus.FAILED, Reason.NO_VISIT
        closed = self._closed(message, snapshot, now)
        return (MessageStatus.HANDED_OFF if closed is None else MessageStatus.WITHHELD), closed


def message_of(ref: MessageRef, snapshot: Snapshot) -> Message | None:
    """The message on the shop's page that `ref` names; None when there is none: pages may ask for anything."""
    message: Message | None = snapshot.get(row_of(ref)).value
    if message is None or message.channel is not Channel.ONSITE:
        return None
    return message if (message.trigger, message.run) == (ref.trigger, ref.key) else None


def told(ref: MessageRef, word: str, answer: Answer | None, store: Store, now: datetime) -> Heard | Misfit:
    """Write down what the page says of a message it has fetched: one read, and one write unless it was said before.

    Args:
        ref: which message.
        word: one of `WORDS`.
        answer: what was picked, when `word` is `answered`.
        store: where messages are kept.
        now: the moment.

    Raises:
        Conflict: others keep changing the message's row; the page should say it again.
    """
    snapshot = Snapshot(store, (row_of(ref),))
    message = message_of(ref, snapshot)
    if message is None or message.status not in _FETCHED:
        return Misfit("the message was not claimed")
    if answer is not None and answer.code not in dict(message.content.choices):
        return Misfit("the message offers no such answer")
    heard = receive(MessageNotice(Receipt(message.person, message.id), WORDS[word], now), snapshot)
    if answer is None:
        return heard
    event = answer_event(message, answer.code, now, answer.remind_at)
    return heard._replace(events=(*heard.events, event))


def _is_over(message: Message, now: datetime) -> bool:
    return message.deliver_by is not None and now >= message.deliver_by


def _reason_for_silence(message: Message, now: datetime) -> Reason | None:
    """Why the page shows nothing; what was fetched in its time can be fetched again until it is over."""
    if message.status in _FETCHED:
        return Reason.EXPIRED if _is_over(message, now) else None
    return message.reason or Reason.EXPIRED


def _fetched(message: Message, snapshot: Snapshot, now: datetime) -> tuple[Write, ...]:
    """It waits no longer, and counts from now on, when it was fetched or would have been."""
    writes: list[Write] = []
    inbox: Stored = snapshot.get(inbox_ref(message.person))
    if inbox.value is not None and inbox.value != inbox.value.without(message.id):
        writes.append(put_inbox(message.person, inbox.value.without(message.id), inbox.version))
    ledger: Stored = snapshot.get(Ref(Kind.LEDGER, message.person))
    kept: Ledger | None = ledger.value
    if kept is not None and message.status in {MessageStatus.HANDED_OFF, MessageStatus.HELD_OUT}:
        seen = kept.moved(message.id, to_ms_up(now)) if _is_unseen(kept, message.id) else kept
        writes += [put_ledger(message.person, seen, ledger.version, now)] if seen != kept else []
    return tuple(writes)


def _is_unseen(ledger: Ledger, message: str) -> bool:
    return any(entry.message == message and entry.unseen for entry in ledger.entries)

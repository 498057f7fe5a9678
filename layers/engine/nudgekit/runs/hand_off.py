"""A claimed message handed to its provider: at most once for promotions, at least once for transactional messages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nudgekit.decide.case import Case
from nudgekit.decide.decide import may_hand_off
from nudgekit.decide.hours import closing_time
from nudgekit.errors import Conflict, Throttled
from nudgekit.model.base import Channel
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.profile import Profile, address_mark
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.breaker import ProviderBreaker
from nudgekit.runs.conduct import build_case
from nudgekit.runs.documents import OPERATION, Kind, Ref, Stored, run_ref
from nudgekit.runs.kin import merged_into
from nudgekit.runs.places import moved_by_delay
from nudgekit.runs.ports import Accepted, MessageRef, Provider, Refused, Store
from nudgekit.runs.receipts import Receipt, write_receipt
from nudgekit.runs.reports import Done, Report, run_mark
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import Events, lost_address_events, news_event
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import put_message


class Delivery(NamedTuple):
    """What became of a message, and what the bus must hear of it: publish the events, then forget the message."""

    report: Report
    events: Events = ()


class HandOff:
    """Hands messages of one channel to its provider.

    The message's row is claimed for the hand-off before the provider is called, and no call is ever repeated for a
    promotional message whose hand-off was begun: a process that died in between leaves it in doubt. What somebody
    stopped, and what a provider that is down would not take, is withheld with that reason, transactional messages too:
    the run hears of it and decides anew.

    Args:
        rules: the rules of a trigger, by its id.
        store: where messages and people are kept.
        provider: the channel's provider.
        lease: how long a hand-off may take; one that is older was left behind by a process that died.
    """

    def __init__(self, rules: Callable[[str], Rulebook], store: Store, provider: Provider, lease: timedelta) -> None:
        self.rules, self.store, self.provider, self.lease = rules, store, provider, lease
        self.breaker = ProviderBreaker(store, provider.channel)

    def read(self, messages: Iterable[MessageRef]) -> Snapshot:
        """Everything the batch needs to know, in one call."""
        return Snapshot(self.store, (ref for message in messages for ref in self._refs(message)))

    def hand_off(self, ref: MessageRef, snapshot: Snapshot, now: datetime) -> Delivery:
        """Hand one message over, or say why not.

        Raises:
            Throttled: the provider asks to come back later, or another process is at it; the message should come again.
            Conflict: somebody else changed the message's row; it should come again.
        """
        stored = snapshot.get(row_of(ref))
        message: Message | None = stored.value
        if message is None:
            mark = run_mark(ref.person, ref.trigger, ref.key, 0)
            return Delivery(Report("ignored", ref.trigger, mark, "unknown_message", ref.channel))
        if message.status is MessageStatus.CLAIMED:
            return self._attempt(message, stored.version, snapshot, now)
        if message.status is MessageStatus.HANDING_OFF:
            return self._take_over(message, stored.version, snapshot, now)
        told_at = message.claimed_at if message.status is MessageStatus.HELD_OUT else now
        return Delivery(report_on("ignored", message, "repeated"), _news(message, message.status, told_at))

    def _refs(self, ref: MessageRef) -> tuple[Ref, ...]:
        kinds = (Kind.PROFILE, Kind.FACTS, Kind.CONSENT, Kind.LEDGER)
        return (
            row_of(ref),
            run_ref(ref.person, ref.trigger, ref.key),
            *(Ref(kind, ref.person) for kind in kinds),
            OPERATION,
            *(Ref(Kind.PRODUCT, item) for item in ref.items),
        )

    def _take_over(self, message: Message, version: int, snapshot: Snapshot, now: datetime) -> Delivery:
        """A hand-off was begun and not finished: by a process at work this very moment, or by one that died."""
        if message.handing_off_at is None or now < message.handing_off_at + self.lease:
            raise Throttled("another process is handing this message over")
        if message.purpose == "transactional":
            return self._attempt(message, version, snapshot, now)
        return self._settle(message, version, MessageStatus.IN_DOUBT, Reason.IN_DOUBT, snapshot, now)

    def _attempt(self, message: Message, version: int, snapshot: Snapshot, now: datetime) -> Delivery:
        closed = self._closed(message, snapshot, now)
        if closed is None and not self.breaker.may_try(snapshot, now):
            closed = Reason.PROVIDER_DOWN
        if closed is not None:
            return self._settle(message, version, MessageStatus.WITHHELD, closed, snapshot, now)
        profile: Profile = snapshot.get(Ref(Kind.PROFILE, message.person)).value
        address = profile.address(message.channel) or ""
        begun = message.model_copy(
            update={
                "status": MessageStatus.HANDING_OFF,
                "handing_off_at": now,
                "address": address_mark(address),
                "deliver_by": self._deliver_by(message, snapshot, now),
            }
        )
        ledger = snapshot.get(Ref(Kind.LEDGER, message.person))
        snapshot.commit((put_message(begun, version), *moved_by_delay(message, ledger, now)))
        return self._call(begun, address, version + 1, snapshot, now)

    def _closed(self, message: Message, snapshot: Snapshot, now: datetime) -> Reason | None:
        """Why the message must not go out now, asked at the last moment; None when nothing stands in its way."""
        run: Run | None = snapshot.get(run_ref(message.person, message.trigger, message.run)).value
        if run is None or run.occurrence != message.occurrence:
            return Reason.EXPIRED
        if run.outcome is not None:
            return run.reason
        if not run.attempts or run.attempts[-1].message != message.id:
            return Reason.EXPIRED
        if not self.rules(message.trigger).knows(run.version):
            return Reason.RULE_GONE
        if merged_into(message.person, snapshot):
            return Reason.MERGED
        case = self._case(message, run, snapshot, now)
        verdict, _ = may_hand_off(case, case.trigger.ladder[message.rung])
        return verdict.reason

    def _case(self, message: Message, run: Run, snapshot: Snapshot, now: datetime) -> Case:
        case = build_case(self.rules(message.trigger), run, message.items, snapshot, now)
        return as_written(case, message, run)

    def _deliver_by(self, message: Message, snapshot: Snapshot, now: datetime) -> datetime | None:
        """Until when the carrier may deliver it; other channels take no such time."""
        if message.channel is not Channel.SMS:
            return None
        run: Run = snapshot.get(run_ref(message.person, message.trigger, message.run)).value
        return closing_time(self._case(message, run, snapshot, now), message.channel, now)

    def _call(self, begun: Message, address: str, version: int, snapshot: Snapshot, now: datetime) -> Delivery:
        try:
            answer = self.provider.send(begun, address, write_receipt(Receipt(begun.person, begun.id)))
        except Throttled:
            released = begun.model_copy(update={"status": MessageStatus.CLAIMED, "handing_off_at": None})
            snapshot.commit((put_message(released, version),))
            self.breaker.failed(snapshot, now)
            raise
        except Exception:
            if begun.purpose == "transactional":
                self.breaker.failed(snapshot, now)
                raise
            doubtful = self._settle(begun, version, MessageStatus.IN_DOUBT, Reason.IN_DOUBT, snapshot, now)
            self.breaker.failed(snapshot, now)
            return doubtful
        delivery = self._record(begun, answer, version, snapshot, now)
        self.breaker.worked(snapshot)
        return delivery

    def _record(
        self, begun: Message, answer: Accepted | Refused, version: int, snapshot: Snapshot, now: datetime
    ) -> Delivery:
        if isinstance(answer, Accepted):
            taken = begun.model_copy(update={"provider_id": answer.provider_id, "handed_off_at": now})
            return self._settle(taken, version, MessageStatus.HANDED_OFF, None, snapshot, now)
        delivery = self._settle(begun, version, MessageStatus.FAILED, answer.reason, snapshot, now)
        if answer.address_dead and begun.address:
            lost = lost_address_events(begun.person, begun.channel, begun.address, answer.reason, now)
            return delivery._replace(events=(*delivery.events, *lost))
        return delivery

    def _settle(  # noqa: PLR0913, PLR0917  the message, how it was read, and its three new facts
        self,
        message: Message,
        version: int,
        status: MessageStatus,
        reason: Reason | None,
        snapshot: Snapshot,
        now: datetime,
    ) -> Delivery:
        settled = message.model_copy(update={"status": status, "reason": reason})
        try:
            snapshot.commit((put_message(settled, version),))
        except Conflict:
            if not self._receipt_was_faster(settled, snapshot):
                raise
        return Delivery(report_on(DONE[status], settled, reason or ""), _news(settled, status, now))

    def _receipt_was_faster(self, settled: Message, snapshot: Snapshot) -> bool:
        """Whether the row has a receipt in it already, which says all that we were about to write."""
        ref = Ref(Kind.MESSAGE, settled.person, settled.id)
        snapshot.refresh((ref,))
        stored: Stored = snapshot.get(ref)
        return stored.value is not None and not stored.value.progressed(settled.status)


def as_written(case: Case, message: Message, run: Run) -> Case:
    """The case with what the message says, which is about to reach somebody."""
    case.content, case.message, case.about = message.content, message.id, message.about
    case.promise = run.offer if message.offered else None
    return case


DONE: Final[Mapping[MessageStatus, Done]] = {
    MessageStatus.HANDED_OFF: "handed_off",
    MessageStatus.WITHHELD: "withheld",
    MessageStatus.FAILED: "failed",
    MessageStatus.IN_DOUBT: "in_doubt",
}
"""What a report says of a message that came to an end."""


def row_of(ref: MessageRef) -> Ref:
    """Where the message is kept."""
    return Ref(Kind.MESSAGE, ref.person, ref.id)


def _news(message: Message, status: MessageStatus, now: datetime) -> Events:
    return (news_event(message, status, now, message.reason),)


def report_on(outcome: Done, message: Message, reason: str) -> Report:
    """What was done with `message`, for the log."""
    mark = run_mark(message.person, message.trigger, message.run, message.occurrence)
    return Report(outcome, message.trigger, mark, reason, message.channel)

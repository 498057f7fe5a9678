"""What the inbox page shows: each message beside the decision that sent it, each silence beside its own."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from nudgekit.adapters.clock import Clock
from nudgekit.cli.explain.said import size_of
from nudgekit.cli.playbook import AFTER_A_MESSAGE
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.sink.outbox import Sent
from nudgekit.model.base import Channel
from nudgekit.model.decision import Decision, Step
from nudgekit.model.message import LOST, Content, Message
from nudgekit.model.reasons import Reason
from nudgekit.runs.receipts import Receipt, read_receipt

FEW: Final = 4
"""So often each reason of a trigger is shown, besides the runs that it ended."""

ENDED: Final = "says nothing"


class Silence(NamedTuple):
    """One time that something kept a trigger silent.

    Attributes:
        person: whom.
        trigger: which.
        reason: what it was.
        at: when.
        effect: what followed.
        decision: the decision with its trace; of a message that was lost on its way, the one that had sent it.
    """

    person: str
    trigger: str
    reason: Reason
    at: datetime
    effect: str
    decision: Decision | None = None


def feed(sent: list[Sent], engagement: Engagement, clock: Clock, shop: str) -> dict[str, Any]:
    """Join what was sent with what was decided, newest first."""
    rows = {message.id: message for message in engagement.messages}
    decided = {decision.message: decision for _, decision in engagement.decisions if decision.message}
    messages = [_message(each, _receipt(each), rows, decided, engagement, clock) for each in sent]
    messages += [_on_page(each, decided, engagement) for each in engagement.messages if each.channel is Channel.ONSITE]
    messages.sort(key=lambda each: str(each["at"]))
    silences = [_told(each, engagement) for each in silences_of(engagement)]
    silences.sort(key=lambda each: str(each["at"]))
    return {
        "shop": shop,
        "messages": messages[::-1],
        "silences": silences[::-1],
        "now": _moment(clock.to_virtual(datetime.now().astimezone())),
    }


def silences_of(engagement: Engagement) -> Iterator[Silence]:
    """Every run that ended before it had said anything, and of all else that kept one silent the first few."""
    told: Counter[tuple[str, str]] = Counter()
    for each in chain(_ended(engagement), _held_up(engagement), _lost(engagement)):
        told[each.trigger, each.reason] += 1
        if each.effect == ENDED or told[each.trigger, each.reason] <= FEW:
            yield each


def _ended(engagement: Engagement) -> Iterator[Silence]:
    spoken = _spoken(engagement)
    for person, each in engagement.decisions:
        if each.do == "end" and each.reason and _run_of(person, each) not in spoken:
            yield Silence(person, each.trigger, each.reason, each.at, ENDED, each)


def _held_up(engagement: Engagement) -> Iterator[Silence]:
    """What made a run wait, or pass over a channel, or say no more after a message."""
    spoken = _spoken(engagement)
    for person, each in engagement.decisions:
        ended = each.reason if each.do == "end" and _run_of(person, each) not in spoken else None
        for step in each.trace:
            reason = step.verdict.reason
            if step.verdict.answer != "pass" and reason and reason not in {*AFTER_A_MESSAGE, ended}:
                yield Silence(person, each.trigger, reason, each.at, _effect(each, step), each)


def _spoken(engagement: Engagement) -> set[tuple[str, str, str, int]]:
    """The runs that have decided on a message."""
    return {_run_of(person, each) for person, each in engagement.decisions if each.message}


def _run_of(person: str, decision: Decision) -> tuple[str, str, str, int]:
    return (person, decision.trigger, decision.run, decision.occurrence)


def _effect(decision: Decision, step: Step) -> str:
    if decision.do == "wait" and decision.until is not None and decision.reason == step.verdict.reason:
        return f"waits until {decision.until:%d %b %H:%M}"
    return f"passes over {step.channel}" if step.channel and step.verdict.answer == "skip" else "says no more"


def _lost(engagement: Engagement) -> Iterator[Silence]:
    """Messages that were held back, or failed, on their way, with the decision that they had come from."""
    decided = {decision.message: decision for _, decision in engagement.decisions if decision.message}
    for each in engagement.messages:
        if each.status in LOST and each.reason:
            at = each.handed_off_at or each.handing_off_at or each.claimed_at
            yield Silence(
                each.person, each.trigger, each.reason, at, f"{each.channel} {each.status}", decided.get(each.id)
            )


def _receipt(sent: Sent) -> Receipt:
    """Which message of whom it is, from the tag that every message carries."""
    return next(filter(None, map(read_receipt, sent.tags.values())), Receipt("", ""))


def _message(  # noqa: PLR0913, PLR0917
    sent: Sent,
    receipt: Receipt,
    rows: dict[str, Message],
    decided: dict[str, Decision],
    engagement: Engagement,
    clock: Clock,
) -> dict[str, Any]:
    person, row, decision = receipt.person, rows.get(receipt.message), decided.get(receipt.message)
    return {
        "id": sent.id,
        "channel": sent.channel,
        "person": person,
        "name": _name(person, engagement) or sent.to,
        "to": sent.to,
        "at": _moment(clock.to_virtual(sent.at)),
        "content": sent.content,
        "written": _content(row.content) if row else None,
        "status": row.status if row else "",
        "trigger": row.trigger if row else "",
        "rung": row.rung if row else None,
        "size": size_of(row.content) if row and row.channel is Channel.SMS else "",
        "trace": _trace(decision),
    }


def _on_page(row: Message, decided: dict[str, Decision], engagement: Engagement) -> dict[str, Any]:
    """A message that waits on the shop's own page, or was fetched there: it went through nobody's hands."""
    return {
        "id": row.id,
        "channel": row.channel,
        "person": row.person,
        "name": _name(row.person, engagement) or row.person,
        "to": "",
        "at": _moment(row.handed_off_at or row.claimed_at),
        "content": {},
        "written": _content(row.content),
        "status": row.status,
        "trigger": row.trigger,
        "rung": row.rung,
        "size": "",
        "trace": _trace(decided.get(row.id)),
    }


def _told(silence: Silence, engagement: Engagement) -> dict[str, Any]:
    return {
        "person": silence.person,
        "name": _name(silence.person, engagement) or silence.person,
        "at": _moment(silence.at),
        "trigger": silence.trigger,
        "reason": silence.reason,
        "text": _text(silence.reason),
        "effect": silence.effect,
        "trace": _trace(silence.decision),
    }


def _name(person: str, engagement: Engagement) -> str:
    profile = engagement.profiles.get(person)
    return (profile.name or "") if profile else ""


def _content(content: Content) -> dict[str, Any]:
    return content.model_dump(mode="json", exclude_none=True)


def _trace(decision: Decision | None) -> list[dict[str, Any]]:
    return [_step(step) for step in decision.trace] if decision else []


def _step(step: Step) -> dict[str, Any]:
    verdict = step.verdict
    return {
        "gate": step.gate,
        "channel": step.channel or "",
        "answer": verdict.answer,
        "reason": verdict.reason or "",
        "text": _text(verdict.reason),
        "until": _moment(verdict.until) if verdict.until else "",
        "seen": [[name, str(value)] for name, value in verdict.seen],
    }


def _text(reason: Reason | None) -> str:
    return reason.text if reason else ""


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")

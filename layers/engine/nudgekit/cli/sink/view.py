"""What the inbox page shows: each message beside the decision that sent it, each silence beside its own."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from nudgekit.adapters.clock import Clock
from nudgekit.cli.explain.said import size_of
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.sink.outbox import Sent
from nudgekit.model.base import Channel
from nudgekit.model.decision import Decision, Step
from nudgekit.model.message import Content, Message
from nudgekit.model.reasons import Reason
from nudgekit.runs.receipts import Receipt, read_receipt


def feed(sent: list[Sent], engagement: Engagement, clock: Clock, shop: str) -> dict[str, Any]:
    """Join what was sent with what was decided, newest first."""
    rows = {message.id: message for message in engagement.messages}
    decided = {decision.message: decision for _, decision in engagement.decisions if decision.message}
    messages = [_message(each, _receipt(each), rows, decided, engagement, clock) for each in sent]
    messages += [_on_page(each, decided, engagement) for each in engagement.messages if each.channel is Channel.ONSITE]
    messages.sort(key=lambda each: str(each["at"]))
    silences = [_silence(person, decision, engagement) for person, decision in _silent(engagement)]
    return {
        "shop": shop,
        "messages": messages[::-1],
        "silences": silences[::-1],
        "now": _moment(clock.to_virtual(datetime.now().astimezone())),
    }


def _silent(engagement: Engagement) -> Iterator[tuple[str, Decision]]:
    """Decisions that ended a run before it had sent anything."""
    spoken = {
        (person, each.trigger, each.run, each.occurrence) for person, each in engagement.decisions if each.message
    }
    for person, each in engagement.decisions:
        if each.do == "end" and (person, each.trigger, each.run, each.occurrence) not in spoken:
            yield person, each


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


def _silence(person: str, decision: Decision, engagement: Engagement) -> dict[str, Any]:
    return {
        "person": person,
        "name": _name(person, engagement) or person,
        "at": _moment(decision.at),
        "trigger": decision.trigger,
        "reason": decision.reason or "",
        "text": _text(decision.reason),
        "trace": _trace(decision),
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

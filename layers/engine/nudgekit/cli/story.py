"""One person's whole story: what they did, what was decided, what they received."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from nudgekit.cli.formats.parts import Event, happened, person_of
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.model.decision import Decision, Step
from nudgekit.model.message import Message

Told = tuple[datetime, str, str]
"""When, what kind of thing (`did`, `decided`, `message`), and what."""


def story(person: str, events: Iterable[Event], engagement: Engagement) -> list[Told]:
    """Tell a person's story in order of time."""
    told = [*_deeds(person, events), *_decisions(person, engagement), *_messages(person, engagement)]
    return sorted(told, key=lambda each: each[0])


def _deeds(person: str, events: Iterable[Event]) -> Iterator[Told]:
    for each in events:
        if person_of(each) == person and each["detail-type"] not in {"Consent Updated", "Profile Updated"}:
            yield happened(each), "did", f"{each['detail-type']}{_what(each)}"


def _what(event: Event) -> str:
    properties = event["detail"]["properties"]
    named = properties.get("name") or ", ".join(each.get("name", "") for each in properties.get("products", ()))
    return f": {named}" if named else ""


def _decisions(person: str, engagement: Engagement) -> Iterator[Told]:
    for owner, decision in engagement.decisions:
        if owner == person:
            yield decision.at, "decided", f"{decision.trigger}: {_in_words(decision)}"


def _in_words(decision: Decision) -> str:
    passed = [text for step in decision.trace if (text := _passed_over(step))]
    more = f" (not {'; not '.join(passed)})" if passed else ""
    if decision.do == "send":
        return f"send by {decision.channel}{more}"
    why = decision.reason.text if decision.reason else ""
    until = f" until {decision.until:%d %b %H:%M}" if decision.until else ""
    return f"{decision.do}{until}: {why}{more}"


def _passed_over(step: Step) -> str:
    reason = step.verdict.reason
    skipped = step.channel is not None and step.verdict.answer == "skip"
    return f"{step.channel}: {reason.text}" if skipped and reason else ""


def _messages(person: str, engagement: Engagement) -> Iterator[Told]:
    for message in engagement.messages:
        if message.person == person:
            yield message.handed_off_at or message.claimed_at, "message", _fate(message)


def _fate(message: Message) -> str:
    reason = f", {message.reason.text}" if message.reason else ""
    text = " ".join((message.content.subject or message.content.title or message.content.body).split())
    return f"{message.channel}, {message.status.replace('_', ' ')}{reason}: {text[:80]}"

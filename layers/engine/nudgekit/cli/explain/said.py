"""What a trigger's messages say to the sample shopper, in every locale of the shop."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from nudgekit.book import Book
from nudgekit.cli.samples import sample_start
from nudgekit.content.push import PHONES
from nudgekit.content.sample import sample_context
from nudgekit.content.sms import foreign, segments
from nudgekit.content.template import Template
from nudgekit.errors import CalledOff, RuleError
from nudgekit.model.base import Channel
from nudgekit.model.message import Content


class Said(NamedTuple):
    """One message in one locale.

    Attributes:
        name: its file's, as in `email.care`.
        locale: whose words and numbers.
        content: what it says; None: it calls itself off, or cannot be written.
        instead: why it says nothing.
        half: of a trigger with an offer, whether it is what people read `with a code` or `without a code`.
    """

    name: str
    channel: Channel
    locale: str
    content: Content | None
    instead: str = ""
    half: str = ""

    @property
    def first_line(self) -> str:
        """What is seen of it first: the title and text of a push, the subject of a mail, the beginning of a text."""
        if self.content is None:
            return self.instead
        head = self.content.title or self.content.subject
        line = next(iter(self.content.body.strip().splitlines()), "")
        if self.channel is Channel.EMAIL:
            return head or line
        return f"{head}: {line}" if head else line

    @property
    def size(self) -> str:
        """How long it is in the measure of its channel; empty where that does not matter."""
        return size_of(self.content) if self.content is not None else ""


def size_of(content: Content) -> str:
    """How long a message is in the measure of its channel; empty where that does not matter."""
    if content.channel is Channel.SMS:
        return _segments(content.body)
    if content.channel is Channel.PUSH:
        return f"{len(content.title or '')} + {len(content.body)} characters"
    return ""


def _segments(text: str) -> str:
    count = segments(text)
    alphabet = "UCS-2" if foreign(text) else "GSM-7"
    return f"{count} segment{'' if count == 1 else 's'} ({len(text)} characters, {alphabet})"


def room_of(channel: Channel) -> str:
    """How much of a message phones show, by platform; empty where nothing limits it."""
    if channel is not Channel.PUSH:
        return ""
    return ", ".join(f"{name} {room.title} + {room.body}" for name, room in PHONES.items())


def said(book: Book, trigger_id: str) -> Iterator[Said]:
    """Every message of the trigger in every locale of the shop.

    Raises:
        RuleError: the rule, a message file or the policy has mistakes.
    """
    start = sample_start(book.path, trigger_id)
    halves = ("with a code", "without a code") if book.trigger(trigger_id).offer else ("",)
    for name, template in book.messages(trigger_id).items():
        for locale, half in product(book.policy.locales, halves):
            context = sample_context(book.policy, trigger_id, locale, start, offered=half != "without a code")
            yield _written(name, template, locale, context)._replace(half=half)


def _written(name: str, template: Template, locale: str, context: Mapping[str, Any]) -> Said:
    try:
        return Said(name, template.channel, locale, template.render(context))
    except CalledOff as words:
        return Said(name, template.channel, locale, None, f"calls itself off: {words}")
    except RuleError as error:
        return Said(name, template.channel, locale, None, f"cannot be written: {error.what}")

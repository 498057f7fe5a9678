"""A message template: read once, rendered for each person."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nudgekit.content.context import tracked
from nudgekit.content.mail import tidy, to_html, to_text
from nudgekit.content.push import LARGEST
from nudgekit.content.sms import MAX_SEGMENTS, foreign, segments
from nudgekit.content.source import Source, read_source
from nudgekit.errors import RuleError
from nudgekit.language.mistakes import raise_together
from nudgekit.model.base import Channel
from nudgekit.model.message import Content

if TYPE_CHECKING:
    from liquid import BoundTemplate

_PLACEHOLDER = re.compile(r"\{\{\s*(\d+)\s*\}\}")
_FIXED = frozenset({"answer", "template", "language", "dlt_template_id", "dlt_entity_id"})


class Template:
    """One message of a trigger for one channel.

    Attributes:
        source: the file it was read from.
        channel: what it is for.
    """

    def __init__(self, source: Source) -> None:
        self.source, self.channel = source, source.channel
        if self._is_approved_text:
            _check_placeholders(source)
        elif self.channel is not Channel.EMAIL:
            _check_static_text(source)

    @property
    def _is_approved_text(self) -> bool:
        """Whether the body is a WhatsApp template's text, for people to read; only free text is Liquid."""
        return self.channel is Channel.WHATSAPP and "template" in self.source.head

    @cached_property
    def _body(self) -> "BoundTemplate":
        from nudgekit.content.liquid_engine import HTML, PLAIN, compiled  # noqa: PLC0415  # dear to import

        if self.channel is Channel.EMAIL:
            return compiled(HTML, to_html(self.source), self.source)
        return compiled(PLAIN, self.source.body, self.source)

    @cached_property
    def _mail_text(self) -> "BoundTemplate":
        """The mail's text alternative, made from its HTML before any name or price is in it."""
        from nudgekit.content.liquid_engine import PLAIN, compiled  # noqa: PLC0415

        return compiled(PLAIN, to_text(to_html(self.source)), self.source)

    @cached_property
    def _head(self) -> "dict[str, BoundTemplate]":
        from nudgekit.content.liquid_engine import PLAIN, compiled  # noqa: PLC0415

        given = {name: text for name, text in self.source.head.items() if name not in _FIXED}
        return {name: compiled(PLAIN, text, self.source) for name, text in given.items()}

    @cached_property
    def _parameters(self) -> "tuple[BoundTemplate, ...]":
        from nudgekit.content.liquid_engine import PLAIN, compiled  # noqa: PLC0415

        return tuple(compiled(PLAIN, text, self.source) for text in self.source.parameters)

    @cached_property
    def _choices(self) -> "tuple[tuple[str, BoundTemplate], ...]":
        from nudgekit.content.liquid_engine import PLAIN, compiled  # noqa: PLC0415

        return tuple((code, compiled(PLAIN, label, self.source)) for code, label in self.source.choices)

    def compile(self) -> None:
        """Read the Liquid and MJML now instead of with the first message.

        Raises:
            RuleError: it is neither.
        """
        _ = self._head, self._parameters, self._choices
        if not self._is_approved_text:
            _ = self._body
        if self.channel is Channel.EMAIL:
            _ = self._mail_text

    @cached_property
    def names(self) -> frozenset[tuple[str | int, ...]]:
        """What the message reads, each name as its path, as in `("cart", "items", 0, "name")`.

        Raises:
            RuleError: it cannot be compiled.
        """
        from nudgekit.content.liquid_engine import names_used  # noqa: PLC0415  # dear to import

        own = {(name,) for name in self.source.head}
        return frozenset(path for part in self._parts() for path in names_used(part)) - own

    @cached_property
    def may_abort(self) -> bool:
        """Whether it has a place where it calls itself off."""
        from nudgekit.content.liquid_engine import tags_used  # noqa: PLC0415

        return any("abort" in tags_used(part) for part in self._parts())

    def _parts(self) -> "tuple[BoundTemplate, ...]":
        """Everything in it that is Liquid."""
        body = () if self._is_approved_text else (self._body,)
        return (*self._head.values(), *self._parameters, *body)

    def render(self, context: Mapping[str, Any]) -> Content:
        """The message that `context` (see `message_context`) makes of it.

        Raises:
            RuleError: a name, amount or parameter is missing, or the text is too long; no value is quoted.
        CalledOff: the message says itself that it shall not be sent.
        """
        head = {name: self._line(template, context) for name, template in self._head.items()}
        if "link" in head:
            head["link"] = tracked(head["link"], str(context["message"]))
        return _WRITERS[self.channel](self, {**context, **head}, head)

    def _line(self, template: "BoundTemplate", context: Mapping[str, Any]) -> str:
        return " ".join(self._text(template, context).split())

    def _text(self, template: "BoundTemplate", context: Mapping[str, Any]) -> str:
        from nudgekit.content.liquid_engine import rendered  # noqa: PLC0415

        return rendered(template, context, self.source)

    def _push(self, context: Mapping[str, Any], head: Mapping[str, str]) -> Content:
        return Content(
            channel=self.channel,
            body=_cut(self._line(self._body, context), LARGEST.body),
            title=_cut(head["title"], LARGEST.title),
            link=head["link"],
            deep_link=_into_app(head.get("deep_link", ""), context),
            image=head.get("image") or None,
        )

    def _email(self, context: Mapping[str, Any], head: Mapping[str, str]) -> Content:
        return Content(
            channel=self.channel,
            body=tidy(self._text(self._mail_text, context)),
            html=self._text(self._body, context),
            subject=head["subject"],
            preheader=head["preheader"],
            link=head["link"],
            unsubscribe=str(context["unsubscribe"]),
        )

    def _sms(self, context: Mapping[str, Any], head: Mapping[str, str]) -> Content:
        body = self._line(self._body, context)
        if segments(body) > MAX_SEGMENTS:
            raise RuleError(_TOO_LONG, str(self.source.path), "shorten it, or cut names with truncate")
        return Content(
            channel=self.channel,
            body=body,
            link=head["link"],
            dlt_template_id=self.source.head.get("dlt_template_id"),
            dlt_entity_id=self.source.head.get("dlt_entity_id"),
        )

    def _whatsapp(self, context: Mapping[str, Any], head: Mapping[str, str]) -> Content:
        if not self._is_approved_text:
            return Content(channel=self.channel, body=self._text(self._body, context).strip())
        parameters = tuple(self._line(each, context) for each in self._parameters)
        for number, value in enumerate(parameters, 1):
            if not value:
                raise RuleError(f"parameter {number} is empty", str(self.source.path), "give it a default")
        body = _PLACEHOLDER.sub(lambda match: parameters[int(match[1]) - 1], self.source.body)
        return Content(
            channel=self.channel,
            body=body.strip(),
            template=self.source.head["template"],
            language=self.source.head["language"],
            parameters=parameters,
            button=head.get("button"),
        )

    def _onsite(self, context: Mapping[str, Any], head: Mapping[str, str]) -> Content:
        return Content(
            channel=self.channel,
            body=self._text(self._body, context).strip(),
            title=head["title"],
            link=head.get("link") or None,
            image=head.get("image") or None,
            choices=tuple((code, self._line(label, context)) for code, label in self._choices),
            answer=self.source.head.get("answer"),
        )


_Writer = Callable[[Template, Mapping[str, Any], Mapping[str, str]], Content]
_WRITERS: dict[Channel, _Writer] = {
    Channel.PUSH: Template._push,  # noqa: SLF001  # its own methods
    Channel.EMAIL: Template._email,  # noqa: SLF001
    Channel.SMS: Template._sms,  # noqa: SLF001
    Channel.WHATSAPP: Template._whatsapp,  # noqa: SLF001
    Channel.ONSITE: Template._onsite,  # noqa: SLF001
}
_TOO_LONG = f"the text takes more than {MAX_SEGMENTS} segments"


def load_messages(folder: Path) -> dict[str, Template]:
    """The messages of the trigger in `folder`, by `<channel>`, and those of a variant by `<channel>.<variant>`.

    Raises:
        RuleError: all mistakes of all messages together.
    """
    found: dict[str, Template] = {}
    mistakes: list[RuleError] = []
    for path in _files(folder):
        try:
            found[path.stem] = Template(read_source(path))
        except RuleError as error:
            mistakes.append(error)
    raise_together(mistakes)
    return found


def _files(folder: Path) -> Iterator[Path]:
    written = sorted((folder / "messages").glob("*.liquid"))
    return (path for path in written if path.stem.partition(".")[0] in set(Channel))


def _check_placeholders(source: Source) -> None:
    """The body is the text as it was approved: {{1}} stands for the first parameter, and nothing else is Liquid."""
    used = {int(match[1]) for match in _PLACEHOLDER.finditer(source.body)}
    expected = set(range(1, len(source.parameters) + 1))
    if "{" in _PLACEHOLDER.sub("", source.body):
        raise RuleError("the body is not the approved text", str(source.path), "write {{1}}, {{2}} for the parameters")
    if used != expected:
        what = f"the body uses {_numbers(used)} and there are parameters {_numbers(expected)}"
        raise RuleError(what, str(source.place_of("parameters")), "give each placeholder its parameter")


def _check_static_text(source: Source) -> None:
    """What stands in the file for everybody must fit already."""
    static = _for_everybody(source.body)
    if source.channel is Channel.SMS and segments(static) > MAX_SEGMENTS:
        dear = foreign(static)
        remedy = f"shorten it; without {dear} more would fit" if dear else "shorten it"
        raise RuleError(_TOO_LONG, str(source.path), remedy)
    title = _for_everybody(source.head.get("title", ""))
    if source.channel is Channel.PUSH and (len(static) > LARGEST.body or len(title) > LARGEST.title):
        limits = f"{LARGEST.title} characters of title and {LARGEST.body} of body"
        raise RuleError(f"the push has more than {limits}", str(source.path), "shorten it: phones cut the rest off")


_BLOCK = re.compile(
    r"\{%-?\s*(?P<tag>if|unless|case|for)\b(?:(?!\{%-?\s*(?:if|unless|case|for)\b).)*?\{%-?\s*end(?P=tag)\s*-?%\}",
    re.DOTALL,
)
"""A block without another inside."""


def _for_everybody(text: str) -> str:
    """What of the text is Liquid's neither in whole nor on a condition: of two branches, nobody reads both."""
    while (shorter := _BLOCK.sub("", text)) != text:
        text = shorter
    return " ".join(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL).split())


def _numbers(numbers: set[int]) -> str:
    return ", ".join(f"{{{{{number}}}}}" for number in sorted(numbers)) or "none"


def _into_app(path: str, context: Mapping[str, Any]) -> str | None:
    """The address of `path` within the shop's app; None where the shop has no app, or the message names no place."""
    scheme = context["shop"]["app_scheme"]
    return tracked(f"{scheme}://{path.lstrip('/')}", str(context["message"])) if scheme and path else None


def _cut(text: str, limit: int) -> str:
    """`text`, shortened where a long name made it longer than phones show."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

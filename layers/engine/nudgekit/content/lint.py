"""What is wrong with a message although it is written correctly: told before anybody gets it.

Each finding is a `RuleError` with file, line and remedy. A check that cannot be sure says nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from nudgekit.content.context import Optional
from nudgekit.content.push import cut_off
from nudgekit.content.sms import foreign, segments
from nudgekit.content.template import Template
from nudgekit.errors import CalledOff, RuleError
from nudgekit.language.mistakes import nearest
from nudgekit.language.trigger import Trigger
from nudgekit.law.wording import intent_of
from nudgekit.model.base import Channel
from nudgekit.model.facts import CART_FILLED
from nudgekit.model.message import Content

Path = tuple[str | int, ...]

SHORTER_BY: Final = 20
"""Characters over one segment that are worth being cut: a text that is longer needs its second one."""

OF_LIQUID: Final = frozenset({"size", "first", "last"})
"""What may be asked of any list or text."""


def lint(trigger: Trigger, template: Template, context: Mapping[str, Any]) -> Iterator[RuleError]:
    """What is wrong with the message `template` of `trigger`, judged by what it says with the sample `context`.

    Raises:
        RuleError: it cannot be compiled or rendered at all.
    """
    unknown = list(_unknown_names(template, context))
    yield from unknown
    if unknown:
        return
    yield from _unreachable_names(trigger, template)
    if not context["start"] and any(path[0] == "start" for path in template.names):
        return  # without a start event nobody knows what it would say
    try:
        content = template.render(context)
    except CalledOff:
        return
    for check in _CHECKS:
        yield from check(trigger, template, content, context)


def _unknown_names(template: Template, context: Mapping[str, Any]) -> Iterator[RuleError]:
    """Names that there are not, also in branches that the sample does not take."""
    for path in sorted(template.names, key=str):
        at, known = _resolved(path, context)
        if known is not None:
            remedy = f"{nearest(str(path[at]), known)}; see docs/reference/messages.md"
            yield _finding(template, f"{_text(path)} is not a name", path, remedy)


def _resolved(path: Path, context: Mapping[str, Any]) -> tuple[int, list[str] | None]:
    """Where in `path` a name is unknown, with those known there; None for those when all is well or cannot be told."""
    value: Any = context
    for at, part in enumerate(path):
        if isinstance(value, Optional) or part in OF_LIQUID or value is None:
            return at, None
        if isinstance(value, Mapping):
            if part not in value:
                return at, sorted(map(str, value))
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if -len(value) <= part < len(value) else None
        else:
            return at, [] if isinstance(value, str) else None
    return len(path), None


class _Need(NamedTuple):
    """What a rule must have for messages to speak of something."""

    has: Callable[[Trigger, Template], bool]
    what: str
    remedy: str


def _has_cart(trigger: Trigger, template: Template) -> bool:
    asks = trigger.audience is not None and "cart." in str(trigger.audience)
    fills = trigger.per == "cart_id" or bool(CART_FILLED & {*trigger.start_events})
    return asks or fills or ("cart", "count") in template.names


def _has_start(trigger: Trigger, _: Template) -> bool:
    return trigger.when is not None


def _has(field: str) -> Callable[[Trigger, Template], bool]:
    return lambda trigger, _: getattr(trigger, field, None) is not None


_NEEDS: Final[Mapping[str, _Need]] = {
    "cart": _Need(
        _has_cart,
        "it reads cart, and nothing says that there is one",
        "ask for one in the audience, as in cart.size >= 1, or in the message: {% if cart.count > 0 %}",
    ),
    "start": _Need(
        _has_start, "it reads start, and the calendar begins the rule, not an event", "leave it out, or say when="
    ),
    "offer": _Need(_has("offer"), "it reads offer, and the rule makes none", "say offer= in the rule, or leave it out"),
    "picks": _Need(_has("picks"), "it reads picks, and the rule picks none", "say picks= in the rule, or leave it out"),
}


def _unreachable_names(trigger: Trigger, template: Template) -> Iterator[RuleError]:
    """Names that exist, but not for messages of this rule."""
    for path in sorted(template.names, key=str):
        need = _NEEDS.get(str(path[0]))
        if need is not None and not need.has(trigger, template):
            yield _finding(template, need.what, path, need.remedy)
            return


def _phones_show_it(_: Trigger, template: Template, content: Content, __: Mapping[str, Any]) -> Iterator[RuleError]:
    if content.channel is not Channel.PUSH:
        return
    for each in cut_off(content.title or "", content.body):
        yield _finding(template, each, ("title",), "shorten it, or cut names with truncate")


def _segments_are_few(_: Trigger, template: Template, content: Content, __: Mapping[str, Any]) -> Iterator[RuleError]:
    if content.channel is not Channel.SMS or (count := segments(content.body)) == 1:
        return
    dear = foreign(content.body)
    cheaper = segments("".join("?" if each in dear else each for each in content.body))
    if cheaper < count:
        what = f"it takes {count} segments and would take {cheaper} without {dear}"
        yield _finding(template, what, tuple(dear[:1]), "write plain characters instead: each segment is paid for")
    elif not dear and len(content.body) - 160 <= SHORTER_BY:
        what = f"it takes {count} segments and would take 1, were it {len(content.body) - 160} characters shorter"
        yield _finding(template, what, (), "shorten it: each segment is paid for")


def _says_how_to_end_it(
    trigger: Trigger, template: Template, content: Content, context: Mapping[str, Any]
) -> Iterator[RuleError]:
    """Promotional texts and mails must; WhatsApp and phones have a switch of their own for it."""
    if trigger.purpose != "promotional" or content.channel not in {Channel.SMS, Channel.EMAIL}:
        return
    links = [str(context["unsubscribe"]), str(context["preferences"])]
    if any(link in f"{content.body}{content.html or ''}" for link in links):
        return
    if content.channel is Channel.EMAIL:
        yield _finding(template, "it has no link to unsubscribe", (), "add {{ unsubscribe }} to the layout")
    elif not any(intent_of(word) == "stop" for word in re.findall(r"\b[A-Z]{3,}\b", content.body)):
        yield _finding(template, "it does not say how to opt out", (), "end it with: Reply STOP to opt out.")


_LINK: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\b(?:javascript|data|vbscript):\S+", re.IGNORECASE)
_IN_HTML: Final = re.compile(r"(?:href|src|background)=[\"']([^\"']*)[\"']")
_FINE: Final = ("https://", "http://")
_FINE_IN_HTML: Final = (*_FINE, "mailto:", "tel:", "#")


def _links_lead_to_pages(
    _: Trigger, template: Template, content: Content, __: Mapping[str, Any]
) -> Iterator[RuleError]:
    named = [("link", content.link), ("image", content.image)]
    wrong = [name for name, url in named if url and not url.startswith(_FINE)]
    wrong += [url for url in _LINK.findall(content.body) if not url.lower().startswith(_FINE)]
    wrong += [url for url in _IN_HTML.findall(content.html or "") if url and not url.startswith(_FINE_IN_HTML)]
    for each in dict.fromkeys(wrong):
        yield _finding(template, f"{each} is no web address", (each,), "write it in full, with https://")


def _opens_an_app_there_is(
    _: Trigger, template: Template, content: Content, __: Mapping[str, Any]
) -> Iterator[RuleError]:
    if "deep_link" in template.source.head and content.deep_link is None:
        remedy = "say app_scheme= in the policy's Shop, or leave deep_link out"
        yield _finding(template, "it has a deep_link, and the shop has no app", ("deep_link",), remedy)


_CHECKS: Final = (
    _phones_show_it,
    _segments_are_few,
    _says_how_to_end_it,
    _links_lead_to_pages,
    _opens_an_app_there_is,
)


def _finding(template: Template, what: str, path: Path, remedy: str) -> RuleError:
    """A finding, at the first line that has the last text of `path`."""
    words = [part for part in (_text(path), *reversed(path)) if isinstance(part, str) and part]
    places = (template.source.place_of(word) for word in words)
    place = next((each for each in places if each.line), template.source.place_of("\0"))
    return RuleError(what, str(place), remedy)


def _text(path: Path) -> str:
    """The path as a message writes it, as in `cart.items[0].name`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")

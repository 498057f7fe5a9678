"""The Liquid environments: strict about names, bounded in work, escaping in mails. Importing this module is dear."""

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError, UndefinedError

from nudgekit.content.abort import AbortTag
from nudgekit.content.filters import OUR_WORDS, add_filters
from nudgekit.content.source import Source
from nudgekit.errors import RuleError


class _Bounded(Environment):
    loop_iteration_limit = 10_000
    output_stream_limit = 256 * 1024


def _environment(autoescape: bool) -> Environment:
    environment = _Bounded(autoescape=autoescape, undefined=StrictUndefined)
    add_filters(environment)
    environment.add_tag(AbortTag)
    return environment


PLAIN = _environment(autoescape=False)
HTML = _environment(autoescape=True)


def compiled(environment: Environment, text: str, source: Source) -> BoundTemplate:
    """`text`, a part of `source`, ready to render.

    Raises:
        RuleError: it is not Liquid.
    """
    try:
        return environment.from_string(text, name=source.path.name)
    except LiquidError as error:
        raise RuleError(f"this is not Liquid: {error.message}", _where(error, source), "correct the tag") from None


def rendered(template: BoundTemplate, context: Mapping[str, Any], source: Source) -> str:
    """What `template` says with `context`.

    Raises:
        RuleError: a name is missing or an amount is none; says where, and never a value.
        CalledOff: the message says itself that it shall not be sent.
    """
    try:
        return template.render(**context)
    except LiquidError as error:
        raise RuleError(_what(error), _where(error, source), "see docs/reference/messages.md for the names") from None


def names_used(template: BoundTemplate) -> Iterator[tuple[str | int, ...]]:
    """The names that `template` reads from outside, each as its path, as in `("cart", "items", 0, "name")`.

    A path ends where a name depends on another one.
    """
    for uses in template.analyze().globals.values():
        for use in uses:
            fixed = takewhile(lambda part: not isinstance(part, list), use.segments)
            yield tuple(part for part in fixed if isinstance(part, str | int))


def tags_used(template: BoundTemplate) -> frozenset[str]:
    """The tags in `template`, such as `abort`."""
    return frozenset(template.analyze().tags)


def _what(error: LiquidError) -> str:
    """The error without any value it may quote."""
    if isinstance(error, UndefinedError) or error.message in OUR_WORDS:
        return str(error.message)
    return f"the template fails with {type(error).__name__}"


def _where(error: LiquidError, source: Source) -> str:
    """The line of the file that has the failing tag; the compiled mail has other lines than the file."""
    token = error.token
    if token is None or token.start_index < 0:
        return str(source.path)
    start = max(token.source.rfind("{{", 0, token.start_index), token.source.rfind("{%", 0, token.start_index), 0)
    end = token.source.find("}", token.start_index)
    return str(source.place_of(token.source[start : end if end > 0 else None].splitlines()[0]))

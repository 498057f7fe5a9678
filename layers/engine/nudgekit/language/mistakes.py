"""Mistakes in rule files: where they stand, and how several are told at once.

Outside `collecting`, the first mistake is raised where it is made. Inside, mistakes are gathered so that the author of
a rule sees all of them, and raised together at the end.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from nudgekit.errors import MistakesError, RuleError


class Place(NamedTuple):
    """A line of a file; line 0 means the file as a whole."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True)
class Mistake:
    """What cannot work in a rule, and what to do: in which keyword, and in which item of it where it has several."""

    keyword: str
    what: str
    remedy: str
    index: int | None = None


_gathered: ContextVar[list[RuleError] | None] = ContextVar("gathered", default=None)


@contextmanager
def collecting() -> Iterator[list[RuleError]]:
    """Gather the mistakes reported inside, and raise them together at the end.

    Raises:
        RuleError: the one mistake, or a `MistakesError` with all of them.
    """
    found: list[RuleError] = []
    token = _gathered.set(found)
    try:
        yield found
    finally:
        _gathered.reset(token)
    raise_together(found)


def raise_together(mistakes: Sequence[RuleError]) -> None:
    """Raise `mistakes` as one error; do nothing when there are none."""
    each = tuple(flat(mistakes))
    if each:
        raise each[0] if len(each) == 1 else MistakesError(each)


def flat(mistakes: Sequence[RuleError]) -> Iterator[RuleError]:
    """Every single mistake, each once, in order."""
    singles = [one for each in mistakes for one in (each.mistakes if isinstance(each, MistakesError) else (each,))]
    yield from {str(one): one for one in singles}.values()


def report(what: str, remedy: str, place: Place | None = None) -> None:
    """Tell of a mistake, at `place` or where the rule's code is being run."""
    mistake = RuleError(what, str(place or caller()), remedy)
    found = _gathered.get()
    if found is None:
        raise mistake
    found.append(mistake)


def caller() -> Place:
    """The line of the rule file that is being run: the first one outside nudgekit."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # the only way that costs nothing until it is needed
    while frame and frame.f_back and str(frame.f_globals.get("__name__", "")).startswith("nudgekit."):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno) if frame else Place("", 0)


def keyword_place(place: Place, keyword: str, index: int | None = None) -> Place:
    """Where `keyword` of the call at `place` stands, or its item number `index`; else `place` itself."""
    for call in _calls(place):
        for given in call.keywords:
            if given.arg == keyword:
                return Place(place.path, _line(given, index))
    return place


def _calls(place: Place) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(Path(place.path).read_text())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= place.line <= (node.end_lineno or 0):
            yield node


def _line(given: ast.keyword, index: int | None) -> int:
    value = given.value
    if index is not None and isinstance(value, ast.Tuple | ast.List) and index < len(value.elts):
        return value.elts[index].lineno
    return given.lineno


def nearest(name: str, valid: Sequence[str]) -> str:
    """What to write instead of `name`: the closest valid names, or all of them."""
    from difflib import get_close_matches  # noqa: PLC0415  # only mistakes pay for it

    close = get_close_matches(name, valid, n=3, cutoff=0.5)
    return ("did you mean " if close else "one of ") + ", ".join(close or sorted(valid))

"""Segments: conditions with a name, in `rules/segments.py`, for several rules to share.

A rule takes a segment's condition over as it stands: it becomes part of the rule's own version, so that runs in flight
keep the definition they were armed with, and a changed segment asks for a new version of every rule that uses it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta

from nudgekit.language.cells import Cells
from nudgekit.language.durations import spell
from nudgekit.language.expressions import Condition, Named
from nudgekit.language.fields import user
from nudgekit.language.mistakes import nearest, report


@dataclass(frozen=True, eq=False)
class Segment(Named):
    """One segment of the shop; its name is that of the variable it is given to.

    Attributes:
        about: whom it holds, in a few words.
    """

    about: str = ""

    def __init__(self, condition: Condition, about: str = "") -> None:
        if not isinstance(condition, Condition):
            report("the segment is not a condition", "compare a field, as in Segment(user.orders >= 3)")
            condition = user.orders >= 1
        object.__setattr__(self, "about", about)
        super().__init__("a segment", condition)

    def called(self, name: str) -> None:
        """Give it its name, also where other segments are made of it."""
        object.__setattr__(self, "name", f'segment("{name}")')


@dataclass(frozen=True)
class Shelf:
    """The segments of a book by name, and its cells."""

    path: str
    segments: Mapping[str, Segment] = field(default_factory=dict)
    cells: Cells | None = None

    @property
    def all(self) -> dict[str, Named]:
        """Every segment, and every cell, by name."""
        return {**self.segments, **(self.cells.segments() if self.cells else {})}


_shelf: ContextVar[Callable[[], Shelf] | None] = ContextVar("shelf", default=None)


@contextmanager
def reaching(shelf: Callable[[], Shelf]) -> Iterator[None]:
    """Let rules that are read inside reach the segments of their book; they are only read when asked for."""
    token = _shelf.set(shelf)
    try:
        yield
    finally:
        _shelf.reset(token)


def segment(name: str) -> Condition:
    """The condition that `rules/segments.py` calls `name`."""
    shelf = _reach("segment")
    if shelf is None or name in shelf.segments:
        return shelf.segments[name] if shelf else _anybody()
    if not shelf.segments:
        report(f"there is no segment {name!r}", f"write {name} = Segment(...) in {shelf.path}")
    else:
        report(f"there is no segment {name!r}", nearest(str(name), list(shelf.segments)))
    return _anybody()


def cell(name: str) -> Condition:
    """Whether the person is in the cell that `cells` of `rules/segments.py` calls `name`, by their orders."""
    return _cell(name, timedelta())


def moved(start: str, end: str, within: timedelta) -> Condition:
    """Whether the person was in the cell `start` as long ago as `within`, and is in the cell `end` now."""
    if not isinstance(within, timedelta) or within <= timedelta():
        report(f"within={within!r} is not a length of time", "write it as in within=days(30)")
        within = timedelta(days=30)
    text = f'moved("{start}", "{end}", within={spell(within)})'
    return Named(text, _cell(start, within) & _cell(end, timedelta()))


def _cell(name: str, ago: timedelta) -> Condition:
    shelf = _reach("cell")
    if shelf is None:
        return _anybody()
    if shelf.cells is None:
        report(f"there is no cell {name!r}", f"write cells = Cells(...) in {shelf.path}")
        return _anybody()
    if name not in shelf.cells.names:
        report(f"there is no cell {name!r}", nearest(str(name), list(shelf.cells.names)))
        return _anybody()
    return shelf.cells.condition(name, ago)


def _reach(word: str) -> Shelf | None:
    shelf = _shelf.get()
    if shelf is None:
        report(f"{word}(...) is known in a rule of a book alone", "load the rule with load_book(...)")
        return None
    return shelf()


def _anybody() -> Condition:
    """What stands for a condition that was asked for in vain, while mistakes are being collected."""
    return user.orders >= 0


def named(segments: Mapping[str, object]) -> dict[str, Segment]:
    """The segments among the names of a file, each called by its name; of two names for one, the first."""
    found: dict[str, Segment] = {}
    for name, each in segments.items():
        if isinstance(each, Segment) and not any(each is other for other in found.values()):
            each.called(name)
            found[name] = each
    return found

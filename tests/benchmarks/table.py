"""The one table of all results."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.console import Console
from rich.table import Table


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: what was measured.
        measured: the absolute figure of this run, with its unit.
        ratio: the figure that carries over to other machines.
        budget: what it may be; empty for a line that only stands beside others.
        held: whether the budget is held; None without one.
    """

    what: str
    measured: str
    ratio: str = ""
    budget: str = ""
    held: bool | None = None


_WORDS = {True: "held", False: "missed", None: ""}


def show(rows: Iterable[Row], console: Console) -> None:
    """Print the table, in Markdown where nobody looks at a terminal."""
    cells = [(row.what, row.measured, row.ratio, row.budget, _WORDS[row.held]) for row in rows]
    heads = ("what", "measured", "ratio", "budget", "")
    if console.is_terminal:
        table = Table(*heads, show_edge=False)
        for each in cells:
            table.add_row(*each)
        console.print(table, markup=False)
        return
    for line in (heads, ("---",) * len(heads), *cells):
        print(f"| {' | '.join(line)} |")  # noqa: T201  # this is the program's output


def microseconds(nanoseconds: float) -> str:
    """A time as people read it."""
    us = nanoseconds / 1000
    return f"{us:.2f} µs" if us < 10 else f"{us:,.0f} µs" if us >= 100 else f"{us:.1f} µs"

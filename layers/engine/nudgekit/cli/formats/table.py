"""What both tables of shop data share: rows of fixed columns, of which some together are one order."""

import csv
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from nudgekit.cli.formats.parts import Entry, Event, Malformed


class Table[Row: tuple[str, ...]](NamedTuple):
    """How to read a table.

    Attributes:
        columns: their names, in order; a first line of the same names is skipped.
        row: makes a row of the cells.
        fault: what is wrong with a row and what to do; None when nothing is.
        order: what the rows of one order share, when they follow each other; None for a row that is no part of one.
        single: the event of a row that is no part of an order.
        whole: the event of an order, given its different rows.
    """

    columns: tuple[str, ...]
    row: Callable[..., Row]
    fault: Callable[[Row], str | None]
    order: Callable[[Row], Hashable | None]
    single: Callable[[Row], Event]
    whole: Callable[[list[Row]], Event]

    def events(self, lines: Iterable[str]) -> Iterator[Entry]:
        """Yield the events of the lines, in their order."""
        for order, rows in groupby(
            self._rows(lines), key=lambda row: None if isinstance(row, Malformed) else self.order(row)
        ):
            if order is None:
                yield from (row if isinstance(row, Malformed) else self.single(row) for row in rows)
            else:
                yield self.whole(list(dict.fromkeys(row for row in rows if not isinstance(row, Malformed))))

    def _rows(self, lines: Iterable[str]) -> Iterator[Row | Malformed]:
        reader = csv.reader(lines)
        for cells in reader:
            if cells and tuple(cells) != self.columns:
                yield self._row(cells, reader.line_num)

    def _row(self, cells: list[str], line: int) -> Row | Malformed:
        if len(cells) != len(self.columns):
            why = f"has {len(cells)} columns, not {len(self.columns)}; see docs/reference/cli.md"
            return Malformed(line, why, ",".join(cells))
        row = self.row(*cells)
        fault = self.fault(row)
        return Malformed(line, fault, ",".join(cells)) if fault else row

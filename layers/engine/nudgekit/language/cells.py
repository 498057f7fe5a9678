"""Cells: customers by recency, frequency and value of their orders, with names for what they mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import NamedTuple

from nudgekit.language.durations import spell
from nudgekit.language.expressions import Condition, Fact, Named
from nudgekit.language.fields import user
from nudgekit.language.mistakes import report

Scores = tuple[int, int]
"""The lowest and the highest score, both included."""


class Cell(NamedTuple):
    """One named part of the customers: scores from 1, the highest is the best; None: any."""

    recency: Scores | None = None
    frequency: Scores | None = None
    value: Scores | None = None


@dataclass(frozen=True, kw_only=True)
class Cells:
    """How customers are told apart by their orders.

    Limits split each measure into scores: three limits make scores 1 to 4. Nobody without an order is in any cell, and
    no two cells overlap.

    Attributes:
        valid_from: the day the limits were decided for.
        source: who decided them, or where they come from.
        recency: days since the last order, rising; up to the first limit is the highest score.
        frequency: numbers of orders, rising; below the first limit is score 1.
        value: money spent in the shop's currency, rising; below the first limit is score 1.
        names: what each cell is called.

    Raises:
        RuleError: limits do not rise, scores do not exist, or cells overlap.
    """

    valid_from: date
    source: str
    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    value: tuple[float, ...]
    names: Mapping[str, Cell]

    def __post_init__(self) -> None:
        for what, remedy in _mistakes(self):
            report(what, remedy)

    def condition(self, name: str, ago: timedelta = timedelta()) -> Named:
        """Whether somebody is, or was so long ago, in the cell `name`."""
        cell = self.names[name]
        terms = [
            _as_of(user.orders, ago) >= 1,
            *_newer(_as_of(user.days_since_order, ago), self.recency, cell.recency),
            *_more(_as_of(user.orders, ago), self.frequency, cell.frequency),
            *_more(_as_of(user.spent, ago), self.value, cell.value),
        ]
        return Named(f'cell("{name}")' + (f".ago({spell(ago)})" if ago else ""), _all(terms))

    def segments(self) -> dict[str, Named]:
        """Every cell by name, as it is now."""
        return {name: self.condition(name) for name in self.names}


def _as_of(value: Fact, ago: timedelta) -> Fact:
    return Fact(value.name, value.kind, value.args, ago)


def _all(terms: Sequence[Condition]) -> Condition:
    first, *others = terms
    for each in others:
        first &= each
    return first


def _more(value: Fact, limits: Sequence[float], scores: Scores | None) -> Iterator[Condition]:
    low, high = scores or (1, len(limits) + 1)
    if low > 1:
        yield value >= limits[low - 2]
    if high <= len(limits):
        yield value < limits[high - 1]


def _newer(value: Fact, limits: Sequence[int], scores: Scores | None) -> Iterator[Condition]:
    low, high = scores or (1, len(limits) + 1)
    if low > 1:
        yield value <= limits[len(limits) + 1 - low]
    if high <= len(limits):
        yield value > limits[len(limits) - high]


def _mistakes(cells: Cells) -> Iterator[tuple[str, str]]:
    measures = ("recency", "frequency", "value")
    for measure in measures:
        limits = getattr(cells, measure)
        if not limits or any(low >= high for low, high in pairwise(limits)):
            yield f"the limits of {measure} do not rise", f"write them in order, as in {measure}=(2, 4, 8)"
    if not cells.source.strip():
        yield "nobody answers for the limits", "say who decided them in source="
    for name, cell in cells.names.items():
        for measure in measures:
            low, high = getattr(cell, measure) or (1, 1)
            if not 1 <= low <= high <= len(getattr(cells, measure)) + 1:
                most = len(getattr(cells, measure)) + 1
                yield (
                    f'{measure} of "{name}" is no range of scores',
                    f"give the lowest and the highest, from 1 to {most}",
                )
    for (one, first), (other, second) in combinations(cells.names.items(), 2):
        if all(_overlap(*pair) for pair in zip(first, second, strict=True)):
            yield f'the cells "{one}" and "{other}" overlap', "a customer is in one cell: change the scores of one"


def _overlap(one: Scores | None, other: Scores | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])

"""Signs of interest counted, for the whole shop, for each category and for each brand.

A batch writes one part of each owner, by a hash of its first event, and goes on to the next part when another batch is
faster there: however busy the shop, no single row has to take everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from nudgekit.errors import Conflict
from nudgekit.model.base import day_of, fingerprint
from nudgekit.model.event import Event
from nudgekit.model.popularity import EVERYTHING, SHARDS, SOLD, WEIGHTS, Popularity
from nudgekit.runs.documents import Kind, Put, Ref, Stored
from nudgekit.runs.snapshot import Snapshot

Signs = dict[str, dict[str, dict[int, float]]]
"""Owner -> product -> day -> weight."""

ORDERED: Final = "Order Completed"

MAX_LINES: Final = 10
"""Products of one event that count."""


def refs_of_signs(events: Sequence[Event]) -> tuple[Ref, ...]:
    """The parts that a batch will write, if nobody is faster there."""
    return tuple(_part(owner, _first(events)) for owner in _signs(events))


def count_signs(events: Sequence[Event], snapshot: Snapshot, tries: int) -> None:
    """Add the signs of `events` to what is popular.

    Raises:
        Conflict: others keep being faster, on every part.
    """
    first = _first(events)
    for owner, signs in _signs(events).items():
        _add(owner, signs, first, snapshot, tries)


def _add(owner: str, signs: Mapping[str, Mapping[int, float]], first: int, snapshot: Snapshot, tries: int) -> None:
    for attempt in range(tries):
        ref = _part(owner, first + attempt)
        if attempt:
            snapshot.refresh((ref,))
        stored: Stored = snapshot.get(ref)
        known: Popularity = stored.value or Popularity()
        try:
            snapshot.commit([Put(ref, known.plus(signs), stored.version)])
        except Conflict:
            continue
        return
    raise Conflict(Kind.POPULARITY)


def _first(events: Sequence[Event]) -> int:
    return int(fingerprint(events[0].id, size=4), 16) if events else 0


def _part(owner: str, number: int) -> Ref:
    return Ref(Kind.POPULARITY, owner, str(number % SHARDS))


def _signs(events: Iterable[Event]) -> Signs:
    found: Signs = {}
    for event in events:
        weight = WEIGHTS.get(event.name)
        if weight is None:
            continue
        for line in event.lines[:MAX_LINES]:
            owners = (EVERYTHING, *_named("category", line.category), *_named("brand", line.brand))
            sold = tuple(f"{SOLD}{owner}" for owner in owners) if event.name == ORDERED else ()
            for owner in (*owners, *sold):
                days = found.setdefault(owner, {}).setdefault(line.product_id, {})
                days[day_of(event.at)] = days.get(day_of(event.at), 0.0) + weight
    return found


def _named(field: str, value: str | None) -> tuple[str, ...]:
    return (f"{field}={value}",) if value else ()

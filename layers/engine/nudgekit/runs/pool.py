"""Imported codes: laid into an offer's drawers, each once however often it is imported."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Final, NamedTuple

from nudgekit.errors import Conflict
from nudgekit.model.codes import plain_code
from nudgekit.model.offer import BLOCK, Drawer
from nudgekit.runs.documents import ABSENT, Put, Ref, Stored
from nudgekit.runs.offers import block_ref, drawer_ref, drawers_of
from nudgekit.runs.ports import Store

TRIES: Final = 10
AT_ONCE: Final = 40
"""Blocks that one transaction lays down."""


class Filled(NamedTuple):
    """How many codes were new, and how many were there already or came twice."""

    new: int
    known: int


def fill(store: Store, offer: str, codes: Iterable[str]) -> Filled:
    """Lay codes into the drawers of an offer, so that all have about as many.

    A code that was ever imported is not taken again, whether it was given to somebody since or not.

    Raises:
        Conflict: others keep changing the drawers; what was laid down stays, and may be imported again.
    """
    given = tuple(codes)
    drawers = [_read(store, ref) for ref in drawers_of(offer)]
    known = {plain_code(each) for each in _imported(store, offer, drawers)}
    new = list({plain_code(each): each for each in given if plain_code(each) not in known}.values())
    for number, part in _dealt(new, drawers).items():
        for some in batched(part, AT_ONCE * BLOCK):
            _lay(store, offer, number, some)
    return Filled(len(new), len(given) - len(new))


def _read(store: Store, ref: Ref) -> Stored:
    return store.read((ref,)).get(ref, ABSENT)


def _imported(store: Store, offer: str, drawers: Sequence[Stored]) -> Iterable[str]:
    """Every code that was ever imported: blocks stay where they are when they are opened."""
    refs = [
        block_ref(offer, number, block)
        for number, stored in enumerate(drawers)
        for block in range(_drawer(stored).blocks)
    ]
    for stored in store.read(refs).values():
        yield from stored.value


def _dealt(codes: Sequence[str], drawers: Sequence[Stored]) -> dict[int, list[str]]:
    """Each code to the drawer that has had the fewest so far."""
    sizes = {number: _size(_drawer(stored)) for number, stored in enumerate(drawers)}
    dealt: dict[int, list[str]] = {}
    for code in codes:
        number = min(sizes, key=lambda each: (sizes[each], each))
        dealt.setdefault(number, []).append(code)
        sizes[number] += 1
    return dealt


def _size(drawer: Drawer) -> int:
    return drawer.given + len(drawer.free) + drawer.unopened


def _lay(store: Store, offer: str, number: int, codes: Sequence[str]) -> None:
    """Lay codes into one drawer, in blocks; all of them or none."""
    ref = drawer_ref(offer, number)
    blocks = list(batched(codes, BLOCK))
    for _ in range(TRIES):
        stored = _read(store, ref)
        drawer = _drawer(stored)
        puts = [Put(block_ref(offer, number, drawer.blocks + step), block, 0) for step, block in enumerate(blocks)]
        try:
            store.commit((*puts, Put(ref, drawer.filled(len(codes), len(blocks)), stored.version)))
        except Conflict:
            continue
        return
    raise Conflict("drawer")


def _drawer(stored: Stored) -> Drawer:
    found: Drawer | None = stored.value
    return found or Drawer()

"""Who follows what: one row for each person and thing, laid out by the thing, and the person's own list of them.

The list stands under the person, so that an export, an erasure and a bound find every row. It is written together with
the rows, and never for somebody who is erased at the same moment.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nudgekit.errors import Conflict, Throttled
from nudgekit.model.base import from_ms, to_ms
from nudgekit.model.event import Event
from nudgekit.model.facts import Facts
from nudgekit.model.follower import MAX_FORMER, Follow, Follower, Following, part_of, rank_of
from nudgekit.runs.documents import Check, Delete, InCohort, Kind, Put, Ref, Write
from nudgekit.runs.kin import survivor
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression, erased_at

BEGUN_BY: Final = frozenset(
    {
        "Product Viewed", "Product Added to Wishlist", "Product Added", "Wishlist Product Added to Cart",
        "Exit Reason Given",
    }
)  # fmt: skip
"""Events by which people begin to follow a product, its category and its brand."""

ENDED_BY: Final = frozenset({"Product Removed from Wishlist", "Order Completed"})
"""Events after which they follow that product no longer."""

FOLLOW_EVENTS: Final = BEGUN_BY | ENDED_BY

MAX_LINES: Final = 10
SPARE: Final = timedelta(days=1)
"""Rows outlive what they say by so much: a sign within a day of the last one is not written down again."""

AT_ONCE: Final = 60
"""Rows that go in one transaction, with room for those that come, the list and the check."""


class Kept(NamedTuple):
    """Whether anything changed, and up to when (ms) nothing counts of an erased person."""

    changed: bool
    erased_at: int


def follower_ref(followed: str, person: str) -> Ref:
    """Where it stands that `person` follows `followed`, as in `product_id=sku-1`."""
    return Ref(Kind.FOLLOWER, followed, person)


def refs_of_followers(events: Iterable[Event], suppression: Suppression | None) -> Iterator[Ref]:
    """What to read before the followings of those whose events these are can be written."""
    for event in events:
        if event.name not in FOLLOW_EVENTS:
            continue
        yield Ref(Kind.FACTS, event.person)
        if suppression is not None:
            yield suppression.of_person(event.person)
        yield from (follower_ref(each, event.person) for each in (*_begun(event), *_ended(event)))


def keep_following(
    events: Sequence[Event], snapshot: Snapshot, now: datetime, suppression: Suppression | None, tries: int
) -> Kept:
    """Write down what a few events of one person say about what they follow.

    Raises:
        Conflict: others keep changing it.
        Throttled: the person is being erased.
    """
    for attempt in range(tries):
        person = survivor(events[0].person, snapshot)
        erasure = (suppression.of_person(person),) if suppression is not None else ()
        if attempt:
            snapshot.refresh((Ref(Kind.FOLLOWING, person), Ref(Kind.FACTS, person), *erasure))
        facts: Facts = snapshot.get(Ref(Kind.FACTS, person)).value or Facts()
        if facts.erasing:
            raise Throttled("the person is being erased")
        since = max([facts.erased_at, *(erased_at(each, snapshot) for each in erasure)])
        heard = [event for event in events if to_ms(event.at) > since]
        puts, gone = _writes(person, heard, snapshot, now, afresh=attempt > 0)
        checks = [Check(each, snapshot.get(each).version) for each in erasure]
        try:
            while len(gone) > AT_ONCE:  # a row that is gone may still be on the list, never the other way round
                snapshot.commit(gone[:AT_ONCE])
                gone = gone[AT_ONCE:]
            snapshot.commit([*puts, *gone, *checks] if puts else [])
        except Conflict:
            continue
        return Kept(bool(puts), since)
    raise Conflict(Kind.FOLLOWING)


def _writes(
    person: str, events: Iterable[Event], snapshot: Snapshot, now: datetime, *, afresh: bool
) -> tuple[list[Put], list[Delete]]:
    """The rows that change with the list, and those that go."""
    ref = Ref(Kind.FOLLOWING, person)
    stored = snapshot.get(ref)
    before: Following = stored.value or Following()
    after = before
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        for each in _begun(event):
            after = after.shown(each, event.name, to_ms(event.at))
        for each in _ended(event):
            after = after.stopped(each, to_ms(event.at))
    if after == before:
        return [], []
    after = after.bounded(to_ms(now))
    changed = {name: each for name, each in after.things.items() if before.things.get(name) != each}
    gone = [follower_ref(name, person) for name in before.things if name not in after.things]
    ended = [name for name in after.ended if before.ended.get(name) != after.ended[name]]
    gone += [follower_ref(name, former) for name in ended for former in after.former]
    rows = (*(follower_ref(name, person) for name in changed), *gone)
    snapshot.refresh(row for row in rows if afresh or row not in snapshot.documents)
    puts = [_put(name, person, each, snapshot) for name, each in changed.items()]
    deletes = [Delete(row, version) for row in gone if (version := snapshot.get(row).version)]
    return [*puts, Put(ref, after, stored.version, None, _forgotten(after, now))], deletes


def _put(followed: str, person: str, follow: Follow, snapshot: Snapshot) -> Put:
    row = follower_ref(followed, person)
    value = Follower(since=follow.since, at=follow.at, how=follow.how)
    cohort = InCohort(part_of(followed, person), rank_of(follow.since, person))
    return Put(row, value, snapshot.get(row).version, None, from_ms(follow.until) + SPARE, cohort)


def _forgotten(following: Following, now: datetime) -> datetime:
    last = max([to_ms(now), *(each.until for each in following.things.values())])
    return from_ms(last) + 2 * SPARE


def _begun(event: Event) -> tuple[str, ...]:
    """What the event shows the person to be drawn to. Of those who say why they leave, whom the price was too high."""
    if event.name not in BEGUN_BY or not event.lines:
        return ()
    given = event.detail.properties.model_extra or {}
    if event.name == "Exit Reason Given" and given.get("reason") != "price":
        return ()
    line = event.lines[0]
    named = (("product_id", line.product_id), ("category", line.category), ("brand", line.brand))
    return tuple(f"{field}={value}" for field, value in named if value)


def _ended(event: Event) -> tuple[str, ...]:
    if event.name not in ENDED_BY:
        return ()
    return tuple(dict.fromkeys(f"product_id={line.product_id}" for line in event.lines[:MAX_LINES]))


def joined(person: str, old: str, snapshot: Snapshot) -> list[Write]:
    """What is to be written when `old` turns out to be `person`: whose list is to be looked after as well."""
    refs = [Ref(Kind.FOLLOWING, each) for each in (old, person)]
    snapshot.refresh(refs)
    theirs, mine = (snapshot.get(ref) for ref in refs)
    if theirs.value is None:
        return []
    known: Following = mine.value or Following()
    former = tuple(dict.fromkeys((*known.former, old, *theirs.value.former)))[-MAX_FORMER:]
    return [Put(refs[1], known.model_copy(update={"former": former}), mine.version)]


def rows_of(person: str, following: Following) -> tuple[Ref, ...]:
    """The rows that a person's list names."""
    return tuple(follower_ref(name, person) for name in following.things)

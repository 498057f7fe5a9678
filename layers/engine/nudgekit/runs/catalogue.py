"""Events folded into what the shop sells: products, who follows what, and what is popular.

Products and followings are the same in whatever order and however often their events come. What follows from a change
of a product (`Price Dropped`, `Back In Stock`) is written down with the change and told after it: when the function
dies in between, or the bus does not take it, the cause comes again and it is told again, under the same id.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, Final, NamedTuple

from nudgekit.errors import Conflict, EventError
from nudgekit.model.base import from_ms, to_ms
from nudgekit.model.catalogue import CATALOGUE_EVENTS, Derived, Product, Selling, said_in
from nudgekit.model.event import Event
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Check, Delete, Kind, Put, Ref, Write
from nudgekit.runs.followers import FOLLOW_EVENTS, keep_following, refs_of_followers
from nudgekit.runs.popular import count_signs, refs_of_signs
from nudgekit.runs.ports import Store
from nudgekit.runs.reports import Report
from nudgekit.runs.signals import Events, shop_event
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression, erased_at

TRIES: Final = 8

AT_ONCE: Final = 5
"""Events of one person folded into one write: each may add three rows and remove ten, and a write takes a hundred."""


class Projected(NamedTuple):
    """What came of one event, and what the bus must hear of before the event may be forgotten."""

    report: Report
    events: Events = ()


Answers = dict[int, Projected | Exception]


def project_catalogue(
    events: Sequence[Event], store: Store, now: datetime, suppression: Suppression | None = None
) -> Answers:
    """Fold a batch of events: one read, then one write for each product and each person that changed.

    Args:
        events: in any order, repeats allowed.
        store: where products and followings are kept.
        now: the moment of folding.
        suppression: knows erased people again.

    Returns:
        For each event's position what came of it, or the error that keeps it from being folded.
    """
    answers: Answers = {}
    subjects: dict[Ref, list[int]] = {}
    for position, event in enumerate(events):
        try:
            subject = _subject(event)
        except EventError as error:
            answers[position] = error
            continue
        if subject is None:
            answers[position] = Projected(Report("ignored", reason="no_catalogue_event"))
        else:
            subjects.setdefault(subject, []).append(position)
    told = [events[position] for positions in subjects.values() for position in positions]
    around = (*refs_of_followers(told, suppression), *refs_of_signs(told), *_refs_of_sellers(told, suppression))
    snapshot = Snapshot(store, (*subjects, *around))
    for subject, positions in subjects.items():
        concerned = {position: events[position] for position in positions}
        answers |= _products(subject, concerned, snapshot, suppression) if subject.kind is Kind.PRODUCT else {}
        answers |= _people(concerned, snapshot, now, suppression) if subject.kind is Kind.FOLLOWING else {}
    counted = {position: events[position] for position, each in answers.items() if _is_new(each)}
    return answers | _counted(counted, snapshot)


def _subject(event: Event) -> Ref | None:
    """The document that the event is about first; None: none."""
    if event.name in CATALOGUE_EVENTS:
        said_in(event)
        return Ref(Kind.PRODUCT, event.key("product_id"))
    return Ref(Kind.FOLLOWING, event.person) if event.name in FOLLOW_EVENTS else None


def _refs_of_sellers(events: Iterable[Event], suppression: Suppression | None) -> Iterator[Ref]:
    """What to read before it can be written that somebody sells something."""
    for event in events:
        seller = said_in(event).seller_id if event.name in CATALOGUE_EVENTS else None
        if seller is not None:
            yield Ref(Kind.SELLING, seller, event.key("product_id"))
            if suppression is not None:
                yield suppression.of_person(seller)


def _products(ref: Ref, events: Mapping[int, Event], snapshot: Snapshot, suppression: Suppression | None) -> Answers:
    try:
        before, after = _described(ref, list(events.values()), snapshot, suppression)
    except Exception as error:  # one product's trouble must not hold up the others of the batch
        return dict.fromkeys(events, error)
    outcome = Report("duplicate" if before == after else "folded")
    return {
        position: Projected(outcome, tuple(_published(each) for each in after.caused(event)))
        for position, event in events.items()
    }


def _described(
    ref: Ref, events: Sequence[Event], snapshot: Snapshot, suppression: Suppression | None
) -> tuple[Product, Product]:
    """The product before and after the events, written down."""
    for attempt in range(TRIES):
        if attempt:
            snapshot.refresh((ref, *_refs_of_sellers(events, suppression)))
        stored = snapshot.get(ref)
        before: Product = stored.value or Product(product_id=ref.owner)
        after = before
        for event in sorted(events, key=lambda event: (event.at, event.id)):
            after = after.updated(event)
        sold = _sold(before, after, snapshot, suppression)
        after = sold.product
        try:
            snapshot.commit([Put(ref, after, stored.version, after.status), *sold.writes] if after != before else [])
        except Conflict:
            continue
        return before, after
    raise Conflict(ref.kind)


class _Sold(NamedTuple):
    """A product, and what is written with it of those who sell it, or did."""

    product: Product
    writes: tuple[Write, ...] = ()


def _sold(before: Product, after: Product, snapshot: Snapshot, suppression: Suppression | None) -> _Sold:
    """Whoever sells a product has a row that says so, by which an erasure finds it; an erased seller is not named."""
    seller, name = after.seller_id, after.product_id
    if seller is None or seller == before.seller_id:
        return _Sold(after)
    erasure = suppression.of_person(seller) if suppression is not None else None
    if erasure is not None and after.word("seller_id").at <= erased_at(erasure, snapshot):
        return _Sold(after.unsold)
    checks = (Check(erasure, snapshot.get(erasure).version),) if erasure is not None else ()
    mine = Ref(Kind.SELLING, seller, name)
    mine_put = Put(mine, Selling(since=after.word("seller_id").at), snapshot.get(mine).version)
    return _Sold(after, (mine_put, *_sold_by_another(before, snapshot), *checks))


def _sold_by_another(before: Product, snapshot: Snapshot) -> Iterator[Delete]:
    if before.seller_id is not None:
        theirs = Ref(Kind.SELLING, before.seller_id, before.product_id)
        snapshot.refresh((theirs,))
        if version := snapshot.get(theirs).version:
            yield Delete(theirs, version)


def _published(derived: Derived) -> Mapping[str, Any]:
    return shop_event(derived.name, derived.id, from_ms(derived.at), derived.properties)


def _people(events: Mapping[int, Event], snapshot: Snapshot, now: datetime, suppression: Suppression | None) -> Answers:
    answers: Answers = {}
    for part in batched(events.items(), AT_ONCE):
        try:
            kept = keep_following([event for _, event in part], snapshot, now, suppression, TRIES)
        except Exception as error:  # nor one person's
            answers |= {position: error for position, _ in part}
            continue
        for position, event in part:
            if to_ms(event.at) <= kept.erased_at:
                answers[position] = Projected(Report("ignored", reason=Reason.ERASED))
            else:
                answers[position] = Projected(Report("folded" if kept.changed else "duplicate"))
    return answers


def _is_new(answer: Projected | Exception) -> bool:
    return isinstance(answer, Projected) and answer.report.outcome in {"folded", "duplicate"}


def _counted(events: Mapping[int, Event], snapshot: Snapshot) -> Answers:
    """What is popular comes last: an event whose count fails comes again, and all else of it changes nothing then."""
    try:
        count_signs(list(events.values()), snapshot, TRIES)
    except Exception as error:
        return {position: error for position, event in events.items() if event.name in FOLLOW_EVENTS}
    return {}

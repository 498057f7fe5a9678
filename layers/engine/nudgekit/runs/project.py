"""Events folded into what is known about people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from math import isfinite
from typing import Final, NamedTuple

from pydantic import ValidationError

from nudgekit.errors import Conflict, EventError, Throttled
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.event import KNOWN_EVENTS, Event
from nudgekit.model.facts import Facts, fold
from nudgekit.model.profile import Profile, RegisterCheck, address_mark, disable_address, fold_check, fold_profile
from nudgekit.model.reasons import Reason
from nudgekit.runs.addresses import (
    Joining,
    Moved,
    address_owner,
    addresses_in,
    alias_of_mark,
    alias_ref,
    devices_in,
    move,
)
from nudgekit.runs.documents import ZONES, Check, Kind, Put, Ref, Write
from nudgekit.runs.kin import known_facts, survivor
from nudgekit.runs.ports import Store
from nudgekit.runs.redeem import redeemed
from nudgekit.runs.reports import Report
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression, counts

__all__ = ["address_owner", "alias_of_mark", "alias_ref", "evidence_of", "evidence_ref", "project"]

TRIES: Final = 8

AT_ONCE: Final = 40
"""Events of one person folded into one write: each may add two documents, and a write takes a hundred."""


def project(
    events: Sequence[Event], store: Store, now: datetime, suppression: Suppression | None = None
) -> dict[int, Report | Exception]:
    """Fold a batch of events: one read, then one write for each person who changed.

    Args:
        events: in any order, repeats allowed.
        store: where people are kept.
        now: the moment of folding.
        suppression: knows erased people and addresses again.

    Returns:
        For each event's position its report, or the error that keeps it from being folded; the other events are folded.
    """
    answers: dict[int, Report | Exception] = {}
    subjects: dict[str, list[int]] = {}
    for position, event in enumerate(events):
        try:
            _check(event)
        except EventError as error:
            answers[position] = error
            continue
        if event.of_shop:
            answers[position] = Report("ignored", reason="shop_event")
        else:
            subjects.setdefault(event.person, []).append(position)
    told = {subject: [events[position] for position in positions] for subject, positions in subjects.items()}
    wanted = [ref for subject in told for ref in _refs(subject, told[subject])]
    snapshot = Snapshot(store, (*wanted, *_erased_addresses(told, suppression)))
    if suppression is not None:
        snapshot.refresh(_erased_people(told, snapshot, suppression))
    for subject, positions in subjects.items():
        try:
            parts = [
                _project_one(subject, part, snapshot, now, suppression) for part in batched(told[subject], AT_ONCE)
            ]
        except Exception as error:  # one person's trouble must not hold up the others of the batch
            answers |= dict.fromkeys(positions, error)
        else:
            answers |= {position: _report(events[position], parts) for position in positions}
    return answers


Told = Mapping[str, Sequence[Event]]


def _erased_addresses(told: Told, suppression: Suppression | None) -> tuple[Ref, ...]:
    """Where it would stand that an address that is named was erased."""
    if suppression is None:
        return ()
    named = (address for events in told.values() for address in addresses_in(events).values())
    return tuple(suppression.of_address(*address) for address in named)


def _erased_people(told: Told, snapshot: Snapshot, suppression: Suppression) -> tuple[Ref, ...]:
    """Where it would stand that somebody unknown was erased; known people need no look."""
    return tuple(suppression.of_person(each) for each in told if snapshot.get(Ref(Kind.FACTS, each)).version == 0)


class _Folded(NamedTuple):
    """What came of a part: whether anything changed, and up to when (ms) nothing counts of an erased person."""

    changed: bool
    erased_at: int


def _report(event: Event, parts: Sequence[_Folded]) -> Report:
    """Names that the contract does not know are folded like any other, and counted: one of them may be a slip."""
    if any(not counts(event, part.erased_at) for part in parts):
        return Report("ignored", reason=Reason.ERASED)
    changed = any(part.changed for part in parts)
    return Report("folded" if changed else "duplicate", reason="" if event.name in KNOWN_EVENTS else "unknown_name")


def _project_one(
    subject: str, events: Sequence[Event], snapshot: Snapshot, now: datetime, suppression: Suppression | None
) -> _Folded:
    touched: set[Ref] = set()
    for attempt in range(TRIES):
        if attempt:
            snapshot.refresh((*_refs(subject, events), *touched))
        erased_at, writes = _plan(subject, events, snapshot, now, suppression)
        try:
            snapshot.commit(writes)
        except Conflict:
            touched |= {write.ref for write in writes}
            continue
        return _Folded(bool(writes), erased_at)
    raise Conflict(Kind.FACTS)


def _plan(
    subject: str, events: Sequence[Event], snapshot: Snapshot, now: datetime, suppression: Suppression | None
) -> tuple[int, list[Write]]:
    person = survivor(subject, snapshot)
    known = known_facts(person, snapshot, suppression)
    heard = [event for event in events if counts(event, known.facts.erased_at)]
    if heard and known.facts.erasing:
        raise Throttled("the person is being erased")
    writes = _person_writes(person, heard, snapshot, known.facts, now, suppression)
    changing = any(not isinstance(write, Check) for write in writes)
    return known.facts.erased_at, [*writes, *known.guards(writes)] if changing else []


_SAID: Final = {
    "Profile Updated": Kind.PROFILE,
    "Address Disabled": Kind.PROFILE,
    "Registry Checked": Kind.PROFILE,
    "Consent Updated": Kind.CONSENT,
}
"""Events that say something lasting, and what they change besides the facts; the others are spared the reading."""


def _refs(subject: str, events: Iterable[Event]) -> tuple[Ref, ...]:
    said = {_SAID[event.name] for event in events if event.name in _SAID}
    own = (*(Ref(kind, subject) for kind in sorted({*said, Kind.FACTS})), *((ZONES,) if Kind.PROFILE in said else ()))
    named = addresses_in(events)
    return (*own, *_evidence(events), *named, *_said_from(named))


def _person_writes(  # noqa: PLR0913, PLR0917  who, what was heard, and what is known
    person: str,
    events: Sequence[Event],
    snapshot: Snapshot,
    blank: Facts,
    now: datetime,
    suppression: Suppression | None,
) -> list[Write]:
    said = {_SAID[event.name] for event in events if event.name in _SAID}
    writes: list[Write] = []
    known: Facts = snapshot.get(Ref(Kind.FACTS, person)).value or blank
    facts = fold(known, events, now) if events else known
    if facts != known:
        writes.append(Put(Ref(Kind.FACTS, person), facts, snapshot.get(Ref(Kind.FACTS, person)).version))
    writes += redeemed(person, events, snapshot)
    consent, refusals = snapshot.get(Ref(Kind.CONSENT, person)) if Kind.CONSENT in said else None, []
    if Kind.PROFILE in said:
        moved = _moved(person, events, snapshot, suppression, _device_zone(facts))
        writes += moved.writes
        refusals = [*moved.refusals, *_inherited(events, snapshot)]
    elif _device_zone(facts) != _device_zone(known):
        writes += _found_elsewhere(Ref(Kind.PROFILE, person), snapshot, _device_zone(facts))
    if consent is not None or refusals:
        words = _unheard(events, snapshot) | _new(person, refusals, snapshot)
        writes += _changed(
            snapshot, Ref(Kind.CONSENT, person), Consent(), lambda before: _heard(before, words.values())
        )
        writes += [Put(ref, word, 0) for ref, word in words.items()]
    return writes


def _device_zone(facts: Facts) -> str | None:
    return facts.zone[2] if facts.zone is not None else None


def _found_elsewhere(ref: Ref, snapshot: Snapshot, zone: str | None) -> list[Write]:
    """The profile of somebody whose device is in another zone now: its place in the index is there."""
    stored = snapshot.get(ref)
    if stored.value is None:
        return []
    return [Put(ref, stored.value.model_copy(update={"device_zone": zone}), stored.version)]


def _moved(
    person: str, events: Sequence[Event], snapshot: Snapshot, suppression: Suppression | None, zone: str | None
) -> Moved:
    """What the person said about themselves, and everybody whom a new address concerns."""
    stored = snapshot.get(Ref(Kind.PROFILE, person))
    before: Profile = stored.value or Profile()
    after = _described(before, events)
    if stored.value is not None or after != before:
        after = after.model_copy(update={"device_zone": zone})
    moved = move(person, before, after, addresses_in(events), Joining(_last(events), snapshot, suppression))
    if moved.profile != before:
        moved.add(Put(Ref(Kind.PROFILE, person), moved.profile, stored.version))
    return moved


def _last(events: Iterable[Event]) -> Event:
    return max((event for event in events if event.name in _SAID), key=lambda event: (event.at, event.id))


def _changed[T](snapshot: Snapshot, ref: Ref, blank: T, step: Callable[[T], T]) -> list[Write]:
    stored = snapshot.get(ref)
    before: T = blank if stored.value is None else stored.value
    after = step(before)
    return [Put(ref, after, stored.version)] if after != before else []


def _described(profile: Profile, events: Iterable[Event]) -> Profile:
    for event in events:
        if event.name == "Profile Updated":
            given = event.detail.properties.model_dump(exclude_unset=True, exclude={"products"})
            profile = fold_profile(profile, given, to_ms(event.at), event.id)
        elif event.name == "Address Disabled":
            channel, mark = _disabled(event)
            profile = disable_address(profile, channel, mark, to_ms(event.at))
        elif event.name == "Registry Checked":
            profile = fold_check(profile, *_register_check(event))
    return profile


def _heard(consent: Consent, words: Iterable[Evidence]) -> Consent:
    for word in words:
        consent = consent.heard(word)
    return consent


def _evidence(events: Iterable[Event]) -> dict[Ref, Evidence]:
    """Every piece of consent evidence by the place where it is kept, once, for ever: under whoever gave it."""
    said = ((event.person, evidence_of(event)) for event in events if event.name == "Consent Updated")
    return {evidence_ref(person, word): word for person, word in said}


def evidence_ref(person: str, word: Evidence) -> Ref:
    """Where a piece of evidence is kept."""
    return Ref(Kind.EVIDENCE, person, f"{word.at.isoformat()}#{word.event_id}")


def _unheard(events: Iterable[Event], snapshot: Snapshot) -> dict[Ref, Evidence]:
    """The pieces of evidence that were not heard before."""
    return {ref: word for ref, word in _evidence(events).items() if snapshot.get(ref).version == 0}


def _new(person: str, words: Iterable[Evidence], snapshot: Snapshot) -> dict[Ref, Evidence]:
    found = {evidence_ref(person, word): word for word in words}
    return {ref: word for ref, word in found.items() if snapshot.get(ref).version == 0}


def _said_from(aliases: Iterable[Ref]) -> tuple[Ref, ...]:
    """Where it is written what was said from mailboxes and numbers, whosever they are."""
    return tuple(Ref(Kind.CONSENT, address_owner(ref)) for ref in aliases if not ref.owner.startswith(Channel.PUSH))


def _inherited(events: Iterable[Event], snapshot: Snapshot) -> list[Evidence]:
    """What was refused from an address before anybody knew whose it is: whoever turns out to have it has refused."""
    shelves: list[Consent | None] = [snapshot.get(ref).value for ref in _said_from(addresses_in(events))]
    said = (word for shelf in shelves if shelf is not None for word in shelf.said.values())
    return [word for word in said if word.status is Status.DENIED]


def evidence_of(event: Event) -> Evidence:
    """What a `Consent Updated` event says.

    Raises:
        EventError: it does not say which channel, or what.
    """
    given = event.detail.properties.model_dump(exclude_unset=True)
    try:
        return Evidence.model_validate({**given, "at": event.at, "event_id": event.id})
    except ValidationError as error:
        fields = ", ".join(str(each["loc"][0]) for each in error.errors())
        raise EventError(f"missing or wrong: {fields}", "detail.properties", "see docs/reference/events.md") from None


def _disabled(event: Event) -> tuple[Channel, str]:
    given = event.detail.properties.model_dump()
    try:
        return Channel(given["channel"]), str(given["address"])
    except (KeyError, ValueError):
        raise EventError(
            "missing or wrong: channel, address", "detail.properties", "see docs/reference/events.md"
        ) from None


def _register_check(event: Event) -> tuple[str, Channel, RegisterCheck]:
    given = event.detail.properties.model_dump()
    register, listed, number = given.get("register"), given.get("listed"), given.get("phone")
    if not isinstance(register, str) or not register or not isinstance(listed, bool):
        raise _wrong_check()
    try:
        channel = Channel(given.get("channel", ""))
    except ValueError:
        raise _wrong_check() from None
    return register, channel, RegisterCheck(to_ms(event.at), listed, address_mark(str(number)) if number else "")


def _wrong_check() -> EventError:
    what = "missing or wrong: register, channel, listed"
    return EventError(what, "detail.properties", "see docs/reference/events.md")


LONGEST_TRAIT: Final = 1024
"""Characters of a text about a person: a profile must fit into one item, whatever it is told."""

MOST_SEGMENTS: Final = 100


def _check_described(event: Event) -> None:
    """What is told of a person must fit into the profile and be read again: JSON has no infinite numbers."""
    for field, value in event.detail.properties.model_dump(exclude_unset=True, exclude={"products"}).items():
        texts = [field, *(_texts(value))]
        if len(field) > 128 or any(len(text) > LONGEST_TRAIT for text in texts) or len(texts) > 2 * MOST_SEGMENTS:
            what = f"a field is longer than {LONGEST_TRAIT} characters, or a list than {MOST_SEGMENTS}"
            raise EventError(what, "detail.properties", "tell what is worth knowing of a person, and shortly")
        if isinstance(value, float) and not isfinite(value):
            raise EventError("a number is infinite, or none at all", "detail.properties", "send plain numbers")


def _texts(value: object) -> list[str]:
    """The texts in a field, two levels deep: a text, a list of them, or a list of devices."""
    if isinstance(value, list | tuple):
        inner = [part for each in value for part in (each.values() if isinstance(each, dict) else (each,))]
        return [str(part) for part in inner]
    return [value] if isinstance(value, str) else []


def _check(event: Event) -> None:
    """Raise for what the contract of these few events asks beyond the envelope."""
    devices_in(event)
    if event.name == "Profile Updated":
        _check_described(event)
    if event.name == "Consent Updated":
        evidence_of(event)
    if event.name == "Address Disabled":
        _disabled(event)
    if event.name == "Registry Checked":
        _register_check(event)

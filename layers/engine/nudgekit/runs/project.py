"""Events folded into what is known about people and products."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import batched
from math import isfinite
from typing import Final, NamedTuple

from pydantic import ValidationError

from nudgekit.errors import Conflict, EventError
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.event import KNOWN_EVENTS, Event
from nudgekit.model.facts import Facts, fold
from nudgekit.model.profile import Profile, RegisterCheck, address_mark, disable_address, fold_check, fold_profile
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.ports import Store
from nudgekit.runs.reports import Report
from nudgekit.runs.snapshot import Snapshot

TRIES: Final = 5

AT_ONCE: Final = 40
"""Events of one person folded into one write: each may add two documents, and a write takes a hundred."""


class _Subject(NamedTuple):
    """Whom or what an event is about."""

    kind: Kind
    owner: str


def project(events: Sequence[Event], store: Store, now: datetime) -> dict[int, Report | Exception]:
    """Fold a batch of events: one read, then one write for each person or product that changed.

    Args:
        events: in any order, repeats allowed.
        store: where people and products are kept.
        now: the moment of folding.

    Returns:
        For each event's position its report, or the error that keeps it from being folded; the other events are folded.
    """
    answers: dict[int, Report | Exception] = {}
    subjects: dict[_Subject, list[int]] = {}
    for position, event in enumerate(events):
        try:
            _check(event)
        except EventError as error:
            answers[position] = error
        else:
            subjects.setdefault(_subject(event), []).append(position)
    told = {subject: [events[position] for position in positions] for subject, positions in subjects.items()}
    snapshot = Snapshot(store, (ref for subject in told for ref in _refs(subject, told[subject])))
    for subject, positions in subjects.items():
        try:
            parts = [_project_one(subject, part, snapshot, now) for part in batched(told[subject], AT_ONCE)]
        except Exception as error:  # one person's trouble must not hold up the others of the batch
            answers |= dict.fromkeys(positions, error)
        else:
            answers |= {position: _report(events[position], changed=any(parts)) for position in positions}
    return answers


def _report(event: Event, *, changed: bool) -> Report:
    """Names that the contract does not know are folded like any other, and counted: one of them may be a slip."""
    return Report("folded" if changed else "duplicate", reason="" if event.name in KNOWN_EVENTS else "unknown_name")


def _project_one(subject: _Subject, events: Sequence[Event], snapshot: Snapshot, now: datetime) -> bool:
    for attempt in range(TRIES):
        if attempt:
            snapshot.refresh(_refs(subject, events))
        puts = _puts(subject, events, snapshot, now)
        try:
            snapshot.commit(puts)
        except Conflict:
            continue
        return bool(puts)
    raise Conflict(subject.kind)


def _subject(event: Event) -> _Subject:
    if event.name == "Product Updated":
        return _Subject(Kind.PRODUCT, event.key("product_id"))
    return _Subject(Kind.PROFILE, event.person)


_SAID: Final = {
    "Profile Updated": Kind.PROFILE,
    "Address Disabled": Kind.PROFILE,
    "Registry Checked": Kind.PROFILE,
    "Consent Updated": Kind.CONSENT,
    "Product Updated": Kind.PRODUCT,
}
"""Events that say something lasting, and what they change besides the facts; the others are spared the reading."""


def _refs(subject: _Subject, events: Iterable[Event]) -> tuple[Ref, ...]:
    said = {_SAID[event.name] for event in events if event.name in _SAID}
    kinds = said if subject.kind is Kind.PRODUCT else {*said, Kind.FACTS}
    own = (Ref(kind, subject.owner) for kind in sorted(kinds))
    return (*own, *_evidence(subject.owner, events), *_addresses(events), *_words_of_addresses(subject.owner, events))


def _puts(subject: _Subject, events: Sequence[Event], snapshot: Snapshot, now: datetime) -> list[Put]:
    if subject.kind is Kind.PRODUCT:
        blank = Product(product_id=subject.owner)
        return _changed(snapshot, Ref(Kind.PRODUCT, subject.owner), blank, lambda product: _stocked(product, events))
    wanted = {ref.kind: ref for ref in _refs(subject, events)}
    puts = _changed(snapshot, wanted[Kind.FACTS], Facts(), lambda before: fold(before, events, now))
    if profile := wanted.get(Kind.PROFILE):
        puts += _changed(snapshot, profile, Profile(), lambda before: _described(before, events))
        puts += _aliases(subject.owner, events, snapshot)
    inherited = _inherited(subject.owner, events, snapshot)
    if Kind.CONSENT in wanted and (inherited or any(event.name == "Consent Updated" for event in events)):
        consent = Ref(Kind.CONSENT, subject.owner)
        puts += _changed(snapshot, consent, Consent(), lambda before: _heard(before, events, inherited))
        puts += _first_words(subject.owner, events, inherited, snapshot)
    return puts


def _changed[T](snapshot: Snapshot, ref: Ref, blank: T, step: Callable[[T], T]) -> list[Put]:
    stored = snapshot.get(ref)
    before: T = blank if stored.value is None else stored.value
    after = step(before)
    return [Put(ref, after, stored.version)] if after != before else []


def _stocked(product: Product, events: Iterable[Event]) -> Product:
    for event in events:
        product = product.updated(event, to_ms(event.at))
    return product


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


def _heard(consent: Consent, events: Iterable[Event], inherited: Iterable[Evidence]) -> Consent:
    for event in events:
        if event.name == "Consent Updated":
            consent = consent.heard(evidence_of(event))
    for word in inherited:
        consent = consent.heard(word)
    return consent


def _evidence(person: str, events: Iterable[Event]) -> dict[Ref, Evidence]:
    """Every piece of consent evidence by the place where it is kept, once, for ever."""
    said = (evidence_of(event) for event in events if event.name == "Consent Updated")
    return {evidence_ref(person, word): word for word in said}


def evidence_ref(person: str, word: Evidence) -> Ref:
    """Where a piece of evidence is kept."""
    return Ref(Kind.EVIDENCE, person, f"{word.at.isoformat()}#{word.event_id}")


def _first_words(person: str, events: Iterable[Event], inherited: Iterable[Evidence], snapshot: Snapshot) -> list[Put]:
    heard = _evidence(person, events) | {evidence_ref(person, word): word for word in inherited}
    return [Put(ref, word, 0) for ref, word in heard.items() if snapshot.get(ref).version == 0]


def _words_of_addresses(person: str, events: Iterable[Event]) -> dict[Ref, None]:
    """Where it is written what was said from the addresses that the events name, and the person's own consent."""
    shared = {
        Ref(Kind.CONSENT, address_owner(ref)): None
        for ref, channel in _addresses(events).items()
        if channel is not Channel.PUSH
    }
    return shared | ({Ref(Kind.CONSENT, person): None} if shared else {})


def _inherited(person: str, events: Iterable[Event], snapshot: Snapshot) -> list[Evidence]:
    """What was refused from an address before anybody knew whose it is: whoever turns out to have it has refused."""
    own = Ref(Kind.CONSENT, person)
    shelves: list[Consent | None] = [
        snapshot.get(ref).value for ref in _words_of_addresses(person, events) if ref != own
    ]
    said = (word for shelf in shelves if shelf is not None for word in shelf.said.values())
    return [word for word in said if word.status is Status.DENIED]


MOST_SHARING: Final = 50
"""People that one mailbox or number is known to belong to; a lobby's telephone has more, and then the first count."""


def _addresses(events: Iterable[Event]) -> dict[Ref, Channel]:
    """Where it is written whose the addresses are that the events name."""
    found: dict[Ref, Channel] = {}
    for event in events:
        found |= {alias_ref(Channel.PUSH, str(device["endpoint"])): Channel.PUSH for device in _devices(event)}
        if event.name == "Profile Updated":
            given = event.detail.properties.model_extra or {}
            for field, channel in (("email", Channel.EMAIL), ("phone", Channel.SMS)):
                if isinstance(address := given.get(field), str) and address:
                    found[alias_ref(channel, address)] = channel
    return found


def _aliases(person: str, events: Iterable[Event], snapshot: Snapshot) -> list[Put]:
    """Whose an address is: providers' notices and people's answers name the address alone.

    A device belongs to whoever registered it last; a mailbox or a number may be shared.
    """
    puts = []
    for ref, channel in _addresses(events).items():
        stored = snapshot.get(ref)
        before: tuple[str, ...] = stored.value or ()
        after = (person,) if channel is Channel.PUSH else tuple(sorted({*before, person}))
        if after != before and len(after) <= MOST_SHARING:
            puts.append(Put(ref, after, stored.version))
    return puts


def alias_ref(channel: Channel, address: str) -> Ref:
    """Where it is written whose `address` is: its people. Text and WhatsApp share a number's."""
    return alias_of_mark(channel, address_mark(address))


def alias_of_mark(channel: Channel, mark: str) -> Ref:
    """As `alias_ref`, for an address of which the mark alone is known."""
    kind = "phone" if channel in {Channel.SMS, Channel.WHATSAPP} else channel
    return Ref(Kind.ALIAS, f"{kind}#{mark}")


def address_owner(alias: Ref) -> str:
    """Who stands for an address in the place of a person: what is refused from it is kept for whoever has it later."""
    return f"address:{alias.owner}"


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


def _devices(event: Event) -> list[dict[str, object]]:
    if event.name != "Profile Updated":
        return []
    given = event.detail.properties.model_dump(exclude_unset=True).get("push", [])
    if not isinstance(given, list) or not all(isinstance(each, dict) and each.get("endpoint") for each in given):
        raise EventError("missing or wrong: push", "detail.properties", "give a list of {endpoint, platform}")
    return given


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


def _check_product(event: Event) -> None:
    try:
        Product(product_id=event.key("product_id")).updated(event, to_ms(event.at))
    except ValidationError as error:
        fields = ", ".join(str(each["loc"][0]) for each in error.errors())
        raise EventError(f"missing or wrong: {fields}", "detail.properties", "see docs/reference/events.md") from None


def _texts(value: object) -> list[str]:
    """The texts in a field, two levels deep: a text, a list of them, or a list of devices."""
    if isinstance(value, list | tuple):
        inner = [part for each in value for part in (each.values() if isinstance(each, dict) else (each,))]
        return [str(part) for part in inner]
    return [value] if isinstance(value, str) else []


def _check(event: Event) -> None:
    """Raise for what the contract of these few events asks beyond the envelope."""
    if not event.person and event.name != "Product Updated":
        raise EventError("neither user_id nor anonymous_id is given", "detail", "say whose event it is")
    _devices(event)
    if event.name == "Product Updated":
        _check_product(event)
    if event.name == "Profile Updated":
        _check_described(event)
    if event.name == "Consent Updated":
        evidence_of(event)
    if event.name == "Address Disabled":
        _disabled(event)
    if event.name == "Registry Checked":
        _register_check(event)

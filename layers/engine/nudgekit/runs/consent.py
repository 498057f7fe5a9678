"""What people say about being messaged, written down at once for everybody it concerns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from nudgekit.errors import Conflict, EventError
from nudgekit.language.policy import Policy
from nudgekit.model.base import Channel, Purpose
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.event import Event
from nudgekit.model.profile import Profile, address_mark, is_mark
from nudgekit.runs.documents import Check, Kind, Put, Ref
from nudgekit.runs.kin import known_facts, survivor
from nudgekit.runs.ports import Store
from nudgekit.runs.project import address_owner, alias_of_mark, evidence_of, evidence_ref, project
from nudgekit.runs.reports import Report
from nudgekit.runs.signals import Events, consent_event, consent_requested_event
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression, counts

TRIES: Final = 5
TEXTS: Final = frozenset({Channel.SMS, Channel.WHATSAPP})
"""Channels on which `Policy.revoke_all` ends everything with one word."""


class Told(NamedTuple):
    """What was written down, and the events the bus must hear."""

    report: Report
    events: Events = ()


class Words(NamedTuple):
    """Statements of one person that have one origin.

    Attributes:
        person: who.
        said: the fields of each, as `consent_event` takes them.
        origin: what made them say it.
        at: when.
    """

    person: str
    said: tuple[Mapping[str, Any], ...]
    origin: str
    at: datetime


def hear(event: Event, store: Store, policy: Policy, now: datetime, suppression: Suppression | None = None) -> Told:
    """Take in a `Consent Updated` event of the shop's or of our own.

    A grant that the policy wants confirmed counts as asked for until it is. What was said from an address counts for
    everybody who has it.

    Raises:
        EventError: it does not say which channel, or what.
        Conflict: others keep changing the same consent; it should come again.
    """
    mark, admitted = _mark_in(event), _admitted(event, policy)
    report = _fold([admitted], store, now, suppression)[0]
    word = evidence_of(admitted)
    events = list(_requests(event.person, [word], store, now))
    if mark and word.status is Status.DENIED:
        _remember(word, mark, store, lambda snapshot: _still_known(event, snapshot, suppression))
        others = [person for person in sharers(store, word.channel, mark) if person != event.person]
        copies = [_copy(event, person) for person in others]
        _fold([Event.model_validate(copy) for copy in copies], store, now, suppression)
        events += copies
    return Told(report, tuple(events))


def state(words: Words, store: Store, policy: Policy, now: datetime, suppression: Suppression | None = None) -> Events:
    """Write down what a person said to us directly, before anybody else hears of it; the events for the bus.

    Saying again what already stands changes nothing, but the bus is told again when it was said in the same place: the
    process that wrote it down may have died before it could. Of somebody who was erased and has not come back, an old
    link or an answer makes nobody anew.
    """
    if _is_forgotten(words.person, store, suppression):
        return ()
    standing = consent_of(store, words.person)
    events = [_admitted(Event.model_validate(each), policy) for each in _raw(_not_before(words, standing, now))]
    _fold([each for each in events if standing.standing(evidence_of(each)) is None], store, now, suppression)
    told = consent_of(store, words.person)
    found = [told.standing(evidence_of(each)) for each in events]
    again = [word for each, word in zip(events, found, strict=True) if word and word.source == evidence_of(each).source]
    return (*(_told_of(word, words.person) for word in again), *_requests(words.person, again, store, now))


def state_from(  # noqa: PLR0913, PLR0917  where it was said, what, and what is known
    mark: str, words: Words, store: Store, policy: Policy, now: datetime, suppression: Suppression | None = None
) -> Events:
    """Write down what was said from an address: for the address itself, and for everybody who has it.

    Args:
        mark: the address's mark.
        words: what was said; `words.person` is whose message was answered, empty when that is not known.
        store: where consent is kept.
        policy: the shop's.
        now: the moment.
        suppression: knows erased people again.
    """
    said = remember(words, mark, store)
    people = {*filter(None, (words.person,)), *(each for word in said for each in sharers(store, word.channel, mark))}
    told = (state(words._replace(person=person), store, policy, now, suppression) for person in sorted(people))
    return tuple(event for events in told for event in events)


def remember(words: Words, mark: str, store: Store) -> list[Evidence]:
    """Write down for the address alone what was said from it."""
    said = [evidence_of(Event.model_validate(each)) for each in _raw(words._replace(person="nobody"))]
    for word in said:
        _remember(word, mark, store)
    return said


def _raw(words: Words) -> list[dict[str, Any]]:
    return [consent_event(words.person, said, words.origin, words.at) for said in words.said]


def opt_out(channel: Channel, policy: Policy, source: str) -> tuple[dict[str, Any], ...]:
    """What somebody says who wants nothing more on `channel`."""
    purposes: tuple[Purpose, ...] = ("promotional",)
    if policy.revoke_all and channel in TEXTS:
        purposes = ("promotional", "transactional")
    return tuple({"channel": channel, "purpose": each, "status": "denied", "source": source} for each in purposes)


def opt_in(channel: Channel, standing: Consent, source: str) -> tuple[dict[str, Any], ...]:
    """What somebody says who comes back to `channel`: advertising is allowed, and no other refusal stands."""
    grant = {"channel": channel, "purpose": "promotional", "status": "granted", "source": source, "confirmed": True}
    refusal = standing.said.get(f"{channel}|transactional|")
    if refusal is None or refusal.status is not Status.DENIED:
        return (grant,)
    return grant, {"channel": channel, "purpose": "transactional", "status": "unknown", "source": source}


def sharers(store: Store, channel: Channel, mark: str) -> tuple[str, ...]:
    """The people whose address on `channel` has the mark `mark` today."""
    alias = alias_of_mark(channel, mark)
    found = store.read((alias,)).get(alias)
    people: tuple[str, ...] = found.value if found else ()
    profiles = store.read(Ref(Kind.PROFILE, person) for person in people)
    return tuple(person for person in people if _has(profiles, person, channel, mark))


def consent_of(store: Store, person: str) -> Consent:
    """What the person allows, as written down."""
    ref = Ref(Kind.CONSENT, survivor(person, Snapshot(store)))
    found = store.read((ref,)).get(ref)
    return found.value if found and found.value is not None else Consent()


def said_from(store: Store, channel: Channel, mark: str) -> Consent:
    """What was said from an address, whosever it is."""
    return consent_of(store, address_owner(alias_of_mark(channel, mark)))


def _is_forgotten(person: str, store: Store, suppression: Suppression | None) -> bool:
    """Whether the person was erased, and nothing is known of them since."""
    snapshot = Snapshot(store)
    root = survivor(person, snapshot)
    if snapshot.get(Ref(Kind.FACTS, root)).version:
        return False
    return known_facts(root, snapshot, suppression).facts.erased_at > 0


def _has(profiles: Mapping[Ref, Any], person: str, channel: Channel, mark: str) -> bool:
    found = profiles.get(Ref(Kind.PROFILE, person))
    profile: Profile | None = found.value if found else None
    if profile is None:
        return False
    if channel is Channel.PUSH:
        return any(address_mark(endpoint) == mark for endpoint in profile.push)
    address = profile.email if channel is Channel.EMAIL else profile.phone
    return address is not None and address_mark(address) == mark


def _admitted(event: Event, policy: Policy) -> Event:
    """The event as it counts: a grant that has to be confirmed is only asked for."""
    word = evidence_of(event)
    if word.status is not Status.GRANTED or word.confirmed or word.purpose != "promotional":
        return event
    if word.channel not in policy.double_opt_in:
        return event
    properties = event.detail.properties.model_copy(update={"status": "pending"})
    return event.model_copy(update={"detail": event.detail.model_copy(update={"properties": properties})})


def _fold(events: Sequence[Event], store: Store, now: datetime, suppression: Suppression | None) -> list[Report]:
    answers = project(events, store, now, suppression)
    for answer in answers.values():
        if isinstance(answer, Exception):
            raise answer
    return [answer for _, answer in sorted(answers.items()) if isinstance(answer, Report)]


def _requests(person: str, words: Iterable[Evidence], store: Store, now: datetime) -> Events:
    """Asks for a confirmation of what waits for one, unless the person allows it already."""
    asked = [word for word in words if word.status is Status.PENDING]
    if not asked:
        return ()
    consent = consent_of(store, person)
    return tuple(
        consent_requested_event(person, word)
        for word in asked
        if word in consent.waiting(word.channel)
        and consent.status(word.channel, word.purpose, now, word.topic) is not Status.GRANTED
    )


def _not_before(words: Words, standing: Consent, now: datetime) -> Words:
    """What is said now is said no earlier than what a producer's clock, running ahead of ours, dated later than now."""
    ahead = [word.at for word in standing.said.values() if word.at > now]
    return words._replace(at=max((words.at, *ahead)))


def _told_of(word: Evidence, person: str) -> dict[str, Any]:
    """The event by which the bus hears of a piece of evidence: under its own id, so that it counts once."""
    said = word.model_dump(mode="json", exclude={"at", "event_id"}, exclude_defaults=True)
    event = consent_event(person, {**said, "purpose": word.purpose}, "", word.at)
    event["detail"]["message_id"] = word.event_id
    return event


def _copy(event: Event, person: str) -> dict[str, Any]:
    raw = event.model_dump(mode="json", by_alias=True, exclude_unset=True)
    detail = {name: value for name, value in raw["detail"].items() if name != "anonymous_id"}
    properties = {name: value for name, value in detail["properties"].items() if name != "address"}
    return {**raw, "detail": {**detail, "user_id": person, "properties": properties}}


def _mark_in(event: Event) -> str:
    """The mark of the address that the event names; empty when it names none.

    Raises:
        EventError: what it names is no mark.
    """
    mark = (event.detail.properties.model_extra or {}).get("address") or ""
    if mark and not (isinstance(mark, str) and is_mark(mark)):
        raise EventError("missing or wrong: address", "detail.properties", "see docs/reference/events.md")
    return mark


def _still_known(event: Event, snapshot: Snapshot, suppression: Suppression | None) -> tuple[Check, ...] | None:
    """What must hold so that the event's person is not erased meanwhile; None: what it says is erased already."""
    person = survivor(event.person, snapshot)
    snapshot.refresh((Ref(Kind.FACTS, person),))
    known = known_facts(person, snapshot, suppression)
    return known.checks if counts(event, known.facts.erased_at) else None


def _remember(
    word: Evidence, mark: str, store: Store, holds: Callable[[Snapshot], tuple[Check, ...] | None] = lambda _: ()
) -> None:
    """Write down for the address itself what was refused from it.

    The note of whose address it is gets a new version with it: somebody who is being given the address at this very
    moment loses that race, reads again, and finds the refusal.
    """
    alias = alias_of_mark(word.channel, mark)
    owner = address_owner(alias)
    consent_ref, history = Ref(Kind.CONSENT, owner), evidence_ref(owner, word)
    snapshot = Snapshot(store)
    for _ in range(TRIES):
        snapshot.refresh((alias, consent_ref, history))
        before: Consent = snapshot.get(consent_ref).value or Consent()
        after = before if before.standing(word) else before.heard(word)
        checks = holds(snapshot)
        if after == before or checks is None:
            return
        people = snapshot.get(alias)
        puts = [
            Put(consent_ref, after, snapshot.get(consent_ref).version),
            Put(alias, people.value or (), people.version),
        ]
        puts += [Put(history, word, 0)] if snapshot.get(history).version == 0 else []
        try:
            snapshot.commit([*puts, *checks])
        except Conflict:
            continue
        return
    raise Conflict(Kind.ALIAS)

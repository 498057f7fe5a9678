"""Two ids turn out to be one person: all that is known moves to the survivor, in one transaction.

What is left of the other is a tombstone in its facts, which every path reads anyway, and its messages, runs and consent
evidence where they stand: the survivor's link names them.
"""

from datetime import datetime
from typing import Final, NamedTuple

from nudgekit.errors import Conflict, EventError
from nudgekit.model.base import OF_ADDRESS, fingerprint, to_ms
from nudgekit.model.consent import Consent
from nudgekit.model.event import Event
from nudgekit.model.facts import Facts, merge_facts
from nudgekit.model.kin import Link
from nudgekit.model.ledger import Ledger
from nudgekit.model.profile import Profile, merge_profiles
from nudgekit.model.reasons import Reason
from nudgekit.runs.addresses import addresses_of, alias_named
from nudgekit.runs.documents import Delete, Kind, Put, Ref, Write
from nudgekit.runs.followers import joined
from nudgekit.runs.kin import Known, known_facts, survivor
from nudgekit.runs.places import LEDGER_KEPT
from nudgekit.runs.ports import Store
from nudgekit.runs.reports import Report
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression

TRIES: Final = 5

LONGEST_ID: Final = 128

IDENTITY_EVENTS: Final = frozenset({"Identity Linked", "Profile Updated"})


class Identity(NamedTuple):
    """Somebody says that two ids are one person's.

    Attributes:
        old: the id that is given up.
        person: the id that stays.
        at: when it was said.
        event_id: by which event.
        anonymous: whether `old` is a device's id, which is no person's for good.
    """

    old: str
    person: str
    at: datetime
    event_id: str
    anonymous: bool


def identities(event: Event) -> tuple[Identity, ...]:
    """Whom the event says to be one: the device's id and the account's, the account's former id and its present one.

    Raises:
        EventError: an `Identity Linked` event names one id alone.
    """
    detail = event.detail
    given = detail.properties.model_extra or {}
    previous = given.get("previous_id") if event.name == "Identity Linked" else None
    if previous is not None and (len(str(previous)) > LONGEST_ID or str(previous).startswith(OF_ADDRESS)):
        raise EventError("previous_id is no id", "detail.properties", f"send at most {LONGEST_ID} characters")
    found: list[Identity] = []
    if detail.user_id is not None and event.name in IDENTITY_EVENTS:
        if detail.anonymous_id is not None:
            found.append(Identity(f"anonymous:{detail.anonymous_id}", detail.user_id, event.at, event.id, True))
        if previous:
            found.append(Identity(str(previous), detail.user_id, event.at, event.id, False))
    if event.name == "Identity Linked" and not found:
        raise EventError("names one id alone", "detail", "give user_id, and anonymous_id or properties.previous_id")
    return tuple(found)


def merge(identity: Identity, store: Store, now: datetime, suppression: Suppression) -> Report:
    """Make two ids one person. Said again, or the other way round, it changes nothing.

    Raises:
        Conflict: others keep changing one of the two; it should be said again.
    """
    for _ in range(TRIES):
        snapshot = Snapshot(store, (Ref(Kind.FACTS, each) for each in (identity.old, identity.person)))
        old, person = survivor(identity.old, snapshot), survivor(identity.person, snapshot)
        if old == person:
            return Report("ignored", reason="one_already")
        if identity.anonymous and old != identity.old:
            return Report("ignored", reason="anothers_device")
        sides = [known_facts(each, snapshot, suppression) for each in (person, old)]
        if any(to_ms(identity.at) <= side.facts.erased_at for side in sides):
            return Report("ignored", reason=Reason.ERASED)
        if any(side.facts.erasing for side in sides):
            raise Conflict("erasure")
        try:
            snapshot.commit(_writes(identity, old, person, snapshot, sides, now))
        except Conflict:
            continue
        return Report("merged")
    raise Conflict(Kind.FACTS)


def _writes(  # noqa: PLR0913, PLR0917  who, what is known of both, and when
    identity: Identity, old: str, person: str, snapshot: Snapshot, sides: list[Known], now: datetime
) -> list[Write]:
    kinds = (Kind.FACTS, Kind.PROFILE, Kind.CONSENT, Kind.LEDGER)
    snapshot.refresh(Ref(kind, each) for kind in kinds[1:] for each in (old, person))
    mark = fingerprint(*sorted((old, person)), size=8)
    facts = merge_facts(sides[0].facts, sides[1].facts, mark, identity.at)
    link = Link(person=old, at=identity.at, event_id=identity.event_id)
    writes: list[Write] = [
        _put(snapshot, Kind.FACTS, person, facts),
        _put(snapshot, Kind.FACTS, old, Facts(merged_into=person)),
        _put(snapshot, Kind.LEDGER, person, _both(snapshot, Kind.LEDGER, Ledger(), old, person), now + LEDGER_KEPT),
        _put(snapshot, Kind.LEDGER, old, Ledger(), now + LEDGER_KEPT),
        Put(Ref(Kind.LINK, person, old), link, snapshot.get(Ref(Kind.LINK, person, old)).version),
        *_profiles(old, person, snapshot, facts),
        *_consents(old, person, snapshot, identity.at),
        *joined(person, old, snapshot),
    ]
    return [*writes, *(check for side in sides for check in side.guards(writes))]


def _both(snapshot: Snapshot, kind: Kind, blank: Ledger, old: str, person: str) -> Ledger:
    one: Ledger = snapshot.get(Ref(kind, person)).value or blank
    return one.merged(snapshot.get(Ref(kind, old)).value or blank)


def _put(snapshot: Snapshot, kind: Kind, person: str, value: object, expires_at: datetime | None = None) -> Put:
    ref = Ref(kind, person)
    return Put(ref, value, snapshot.get(ref).version, None, expires_at)


def _profiles(old: str, person: str, snapshot: Snapshot, facts: Facts) -> list[Write]:
    theirs = snapshot.get(Ref(Kind.PROFILE, old))
    mine: Profile = snapshot.get(Ref(Kind.PROFILE, person)).value or Profile()
    zone = facts.zone[2] if facts.zone is not None else None
    if theirs.value is None:
        known = snapshot.get(Ref(Kind.PROFILE, person)).version > 0 and mine.device_zone != zone
        return [_put(snapshot, Kind.PROFILE, person, mine.model_copy(update={"device_zone": zone}))] if known else []
    merged = merge_profiles(mine, theirs.value)
    both = {**addresses_of(mine), **addresses_of(theirs.value)}
    left = {ref.owner for ref in both.keys() - addresses_of(merged).keys()}
    merged = merged.model_copy(update={"lingering": merged.lingering | left, "device_zone": zone})
    return [
        _put(snapshot, Kind.PROFILE, person, merged),
        Delete(Ref(Kind.PROFILE, old), theirs.version),
        *_aliases(old, person, theirs.value, snapshot),
    ]


def _aliases(old: str, person: str, theirs: Profile, snapshot: Snapshot) -> list[Write]:
    """The addresses of the merged-away person become the survivor's, even one that a later word replaced."""
    refs = [*addresses_of(theirs), *(alias_named(name) for name in sorted(theirs.lingering))]
    snapshot.refresh(refs)
    writes: list[Write] = []
    for ref in dict.fromkeys(refs):
        stored = snapshot.get(ref)
        people = set(stored.value or ())
        if old in people:
            writes.append(Put(ref, tuple(sorted(people - {old} | {person})), stored.version))
    return writes


def _consents(old: str, person: str, snapshot: Snapshot, at: datetime) -> list[Write]:
    """The stricter word wins; and what is heard of that time later is heard strictly, even if nothing was said yet."""
    theirs, mine = (snapshot.get(Ref(Kind.CONSENT, each)) for each in (old, person))
    merged = (mine.value or Consent()).merged(theirs.value or Consent(), at)
    gone = [Delete(Ref(Kind.CONSENT, old), theirs.version)] if theirs.value is not None else []
    return [_put(snapshot, Kind.CONSENT, person, merged), *gone]

"""Whose an address is: who gains one and who loses it, and what follows for those who share it."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from nudgekit.errors import EventError
from nudgekit.model.base import OF_ADDRESS, Channel, fingerprint
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.event import Event
from nudgekit.model.profile import Endpoint, Profile, address_mark
from nudgekit.runs.documents import Check, Delete, Kind, Put, Ref, Stored, Write
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression, erased_at

MOST_SHARING: Final = 50
"""People that one mailbox or number is known to belong to. Somewhere with more, such as a lobby's telephone, it is
nobody's: nothing promotional goes there."""

CHANNELS: Final[Mapping[str, frozenset[Channel]]] = {
    "email": frozenset({Channel.EMAIL}),
    "phone": frozenset({Channel.SMS, Channel.WHATSAPP}),
    "push": frozenset({Channel.PUSH}),
}
"""The channels that each kind of address serves."""

Address = tuple[Channel, str]
"""A channel, and an address on it as it was written."""


class Joining(NamedTuple):
    """How a person came to an address: by which event, and what else is known."""

    event: Event
    snapshot: Snapshot
    suppression: Suppression | None


class Moved(NamedTuple):
    """What follows from a person's change of addresses.

    Attributes:
        profile: theirs, with what sharing does to it.
        writes: the aliases, and what changes for others.
        refusals: what others refused for the address, which now holds for the person as well.
    """

    profile: Profile
    writes: list[Write]
    refusals: list[Evidence]

    def add(self, write: Write) -> None:
        """One more write. A transaction takes one for each document: the later replaces the earlier, a check none."""
        for place, each in enumerate(self.writes):
            if each.ref == write.ref:
                if not isinstance(write, Check):
                    self.writes[place] = write
                return
        self.writes.append(write)

    def profile_of(self, person: str, snapshot: Snapshot) -> Stored:
        """Somebody's profile, with what is about to be written to it."""
        ref = Ref(Kind.PROFILE, person)
        pending = (Stored(each.value, each.expect) for each in self.writes if isinstance(each, Put) and each.ref == ref)
        return next(pending, snapshot.get(ref))


def alias_ref(channel: Channel, address: str) -> Ref:
    """Where it is written whose `address` is: its people. Text and WhatsApp share a number's."""
    return alias_of_mark(channel, address_mark(address))


def alias_of_mark(channel: Channel, mark: str) -> Ref:
    """As `alias_ref`, for an address of which the mark alone is known."""
    kind = "phone" if channel in CHANNELS["phone"] else channel
    return Ref(Kind.ALIAS, f"{kind}#{mark}")


def address_owner(alias: Ref) -> str:
    """Who stands for an address in the place of a person: what is refused from it is kept for whoever has it later."""
    return f"{OF_ADDRESS}{alias.owner}"


def alias_named(name: str) -> Ref:
    """The alias of that name, as `Profile.lingering` names them."""
    return Ref(Kind.ALIAS, name)


def addresses_of(profile: Profile) -> dict[Ref, Address]:
    """Every address of a profile by its alias; of the devices, those not found dead."""
    found = {alias_ref(Channel.PUSH, name): (Channel.PUSH, name) for name, each in profile.push.items() if each.alive}
    for channel, address in ((Channel.EMAIL, profile.email), (Channel.SMS, profile.phone)):
        if address:
            found[alias_ref(channel, address)] = (channel, address)
    return found


def addresses_in(events: Iterable[Event]) -> dict[Ref, Address]:
    """Every address that the events name, by its alias."""
    found: dict[Ref, Address] = {}
    for event in events:
        for device in devices_in(event):
            endpoint = str(device["endpoint"])
            found[alias_ref(Channel.PUSH, endpoint)] = Channel.PUSH, endpoint
        if event.name == "Profile Updated":
            given = event.detail.properties.model_extra or {}
            for field, channel in (("email", Channel.EMAIL), ("phone", Channel.SMS)):
                if isinstance(address := given.get(field), str) and address:
                    found[alias_ref(channel, address)] = channel, address
    return found


def devices_in(event: Event) -> list[dict[str, object]]:
    """The devices that a `Profile Updated` event names.

    Raises:
        EventError: they are not a list of {endpoint, platform}.
    """
    if event.name != "Profile Updated":
        return []
    given = event.detail.properties.model_dump(exclude_unset=True).get("push", [])
    if not isinstance(given, list) or not all(isinstance(each, dict) and each.get("endpoint") for each in given):
        raise EventError("missing or wrong: push", "detail.properties", "give a list of {endpoint, platform}")
    return given


def move(person: str, before: Profile, after: Profile, named: Iterable[Ref], joining: Joining) -> Moved:
    """What follows when a profile changes: old addresses lose the person, new ones gain them.

    Args:
        person: whose profile it is.
        before: as it was.
        after: as it is now.
        named: aliases of the addresses that the change spoke of; they are looked at even if nothing seems new.
        joining: how it came about.
    """
    held, had = addresses_of(after), addresses_of(before)
    moved = Moved(after, [], [])
    for ref in held:
        if ref not in had or ref in set(named):
            take = _take_device if held[ref][0] is Channel.PUSH else _join
            moved = take(person, ref, held[ref], moved, joining)
    for ref in had.keys() - held.keys():
        moved = _leave(person, ref, moved, joining.snapshot)
    return moved


def _people(stored: Stored) -> frozenset[str]:
    return frozenset(stored.value or ())


def _take_device(person: str, ref: Ref, address: Address, moved: Moved, joining: Joining) -> Moved:
    """A device belongs to whoever registered it last: nobody else's messages are shown on it any more."""
    snapshot, endpoint = joining.snapshot, address[1]
    stored, mine = snapshot.get(ref), moved.profile.push[address[1]]
    moved = _bar(address, moved, joining)
    for other in _people(stored) - {person}:
        theirs = moved.profile_of(other, snapshot)
        device: Endpoint | None = theirs.value.push.get(endpoint) if theirs.value is not None else None
        if device is not None and device.alive and (device.at, other) > (mine.at, person):
            return moved._replace(profile=_without(moved.profile, endpoint, device.at))
        if device is not None and device.alive:
            moved.add(Put(Ref(Kind.PROFILE, other), _without(theirs.value, endpoint, mine.at), theirs.version))
    if _people(stored) != {person}:
        moved.add(Put(ref, (person,), stored.version))
    return moved


def _without(profile: Profile, endpoint: str, at: int) -> Profile:
    device = profile.push[endpoint]
    gone = device._replace(dead=max(device.dead, device.at, at))
    return profile.model_copy(update={"push": {**profile.push, endpoint: gone}})


def _join(person: str, ref: Ref, address: Address, moved: Moved, joining: Joining) -> Moved:
    stored = joining.snapshot.get(ref)
    people = _people(stored)
    moved = _bar(address, moved, joining)
    if person in people:
        return moved
    if len(people) < MOST_SHARING:
        moved.add(Put(ref, tuple(sorted(people | {person})), stored.version))
    lingering = moved.profile.lingering - {ref.owner}
    moved = moved._replace(profile=moved.profile.model_copy(update={"lingering": lingering}))
    return _share(ref, sorted(people), moved, joining) if people else moved


def _share(ref: Ref, others: list[str], moved: Moved, joining: Joining) -> Moved:
    """Everybody who has the address knows that it is shared; its refusals hold for whoever joins them."""
    snapshot = joining.snapshot
    snapshot.refresh(Ref(kind, other) for other in others for kind in (Kind.PROFILE, Kind.CONSENT))
    profiles = {other: moved.profile_of(other, snapshot) for other in others}
    unit = moved.profile.unit or _unit_of(profiles.values()) or fingerprint(ref.owner, joining.event.id)
    for other, stored in profiles.items():
        if stored.value is not None and not (stored.value.sharing and stored.value.unit):
            shared = stored.value.model_copy(update={"sharing": True, "unit": stored.value.unit or unit})
            moved.add(Put(Ref(Kind.PROFILE, other), shared, stored.version))
    for other in others:
        consent = Ref(Kind.CONSENT, other)
        moved.add(Check(consent, snapshot.get(consent).version))
        moved.refusals.extend(_inherited(ref, snapshot.get(consent).value or Consent(), joining.event))
    return moved._replace(profile=moved.profile.model_copy(update={"sharing": True, "unit": unit}))


def _unit_of(profiles: Iterable[Stored]) -> str | None:
    """By what those who share an address already are decided on; None: each by their own id."""
    return next((each.value.unit for each in profiles if each.value is not None and each.value.unit), None)


def refused_at(ref: Ref, consent: Consent) -> list[Evidence]:
    """What was refused for the channels that the address of alias `ref` serves."""
    channels = CHANNELS[ref.owner.partition("#")[0]]
    return [word for word in consent.said.values() if word.channel in channels and word.status is Status.DENIED]


def _inherited(ref: Ref, consent: Consent, event: Event) -> list[Evidence]:
    """The refusals of the address, as said when the person joined: only what they grant after that counts."""
    return [
        word.model_copy(
            update={
                "at": max(word.at, event.at),
                "source": "shared address",
                "event_id": "j" + fingerprint(event.id, word.subject),
            }
        )
        for word in refused_at(ref, consent)
    ]


def _leave(person: str, ref: Ref, moved: Moved, snapshot: Snapshot) -> Moved:
    """The address loses the person; whoever refused messages there stays listed, so that the refusal does."""
    stored = snapshot.get(ref)
    people = _people(stored)
    if person not in people:
        return moved
    if refused_at(ref, snapshot.get(Ref(Kind.CONSENT, person)).value or Consent()):
        lingering = moved.profile.lingering | {ref.owner}
        return moved._replace(profile=moved.profile.model_copy(update={"lingering": lingering}))
    moved.add(without(person, ref, stored))
    return moved


def without(person: str, ref: Ref, stored: Stored) -> Write:
    """The write by which the alias `ref`, read as `stored`, loses `person`."""
    rest = tuple(sorted(_people(stored) - {person}))
    return Put(ref, rest, stored.version) if rest else Delete(ref, stored.version)


def _bar(address: Address, moved: Moved, joining: Joining) -> Moved:
    """An address whose last owner was erased: what was granted before that counts for nothing."""
    if joining.suppression is None:
        return moved
    ref = joining.suppression.of_address(*address)
    moved.add(Check(ref, joining.snapshot.get(ref).version))
    at, mark = erased_at(ref, joining.snapshot), address_mark(address[1])
    if not at or moved.profile.barred.get(mark, 0) >= at:
        return moved
    return moved._replace(profile=moved.profile.model_copy(update={"barred": {**moved.profile.barred, mark: at}}))

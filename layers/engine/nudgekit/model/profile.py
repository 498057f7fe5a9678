"""Who a person is: traits, zone, and where they can be reached."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nudgekit.model.base import Channel, Model, fingerprint, latest
from nudgekit.model.phone import PhoneFacts, phone_facts
from nudgekit.model.zone import zone

MAX_ENDPOINTS = 10
"""Push endpoints kept a person: the latest registered."""

MAX_TRAITS = 50
"""Free traits kept a person: the latest written."""

MAX_CHECKS = 10
"""Answers of do-not-call registers kept a person: the latest."""

Trait = str | int | float | bool | tuple[str, ...]

MAX_LISTED: Final = 50
"""Texts kept of a trait that is a list, such as whom somebody follows: the first."""


class Write(NamedTuple):
    """When a field was last written: milliseconds since 1970 UTC, then the event's mark to settle ties."""

    at: int
    mark: str


class Endpoint(NamedTuple):
    """A device that takes pushes: when it was registered (ms), its platform, when it was found dead (ms, 0: never)."""

    at: int
    platform: str
    dead: int = 0

    @property
    def alive(self) -> bool:
        """Whether it was registered after it was last found dead."""
        return self.at > self.dead


class RegisterCheck(NamedTuple):
    """What a do-not-call register answered: when (ms), whether the number is listed, and the number's mark.

    The mark is empty when the event did not name the number: the answer then counts for a number known before it.
    """

    at: int
    listed: bool
    number: str = ""


class Profile(Model):
    """A person, as the last word on every field. Folding the same events in any order gives the same profile.

    Attributes:
        dead: channel and mark of an address -> when (ms) it was found dead.
        lingering: addresses the person left after refusing messages there, as their aliases are named: who refuses for
            an address is asked about it for good.
        sharing: whether somebody else has, or had, one of the addresses as well.
        unit: by what it is decided, for all who share an address alike, whether they are held out: a name that was made
            when they came to share it, and says nothing of any of them; None: the person's own id.
        barred: mark of an address -> up to when (ms) grants count for nothing, because its last owner was erased then.
        country: ISO 3166-1, as in DE.
        state: ISO 3166-2, as in US-FL, or its second part alone.
        timezone: an IANA zone.
        phone_place: what the phone number tells; derived from `phone` whenever that is written.
        device_zone: the zone a device last reported, as the facts have it: with the other fields it says in which zone
            the person is found when everybody is asked.
        checks: `register|channel` -> the latest answer of a do-not-call register.
    """

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    country: str | None = None
    state: str | None = None
    timezone: str | None = None
    segments: frozenset[str] = frozenset()
    traits: dict[str, Trait] = {}
    push: dict[str, Endpoint] = {}
    written: dict[str, Write] = {}
    dead: dict[str, int] = {}
    sharing: bool = False
    unit: str | None = None
    barred: dict[str, int] = {}
    lingering: frozenset[str] = frozenset()
    phone_place: PhoneFacts | None = None
    checks: dict[str, RegisterCheck] = {}
    device_zone: str | None = None

    @property
    def phone_facts(self) -> PhoneFacts:
        """What the phone number tells; a profile folded by an earlier release is looked up now."""
        return self.phone_place or (phone_facts(self.phone) if self.phone else PhoneFacts())

    def address(self, channel: Channel) -> str | None:
        """Where `channel` reaches the person now, or None. A dead address counts again once it is written anew."""
        if channel is Channel.PUSH:
            alive = [(endpoint.at, name) for name, endpoint in self.push.items() if endpoint.at > endpoint.dead]
            return max(alive)[1] if alive else None
        if channel is Channel.ONSITE:
            return None
        field = "email" if channel is Channel.EMAIL else "phone"
        address: str | None = getattr(self, field)
        if not address or self.dead.get(f"{channel}:{address_mark(address)}", -1) >= self.written_at(field):
            return None
        return address

    def lists(self, trait: str, item: object) -> bool:
        """Whether the trait `trait` is a list that has `item`."""
        listed = self.traits.get(trait)
        return isinstance(listed, tuple) and item in listed

    def written_at(self, field: str) -> int:
        """When `field` was last written, in milliseconds since 1970 UTC; 0: never."""
        write = self.written.get(field)
        return write.at if write else 0


_FIELDS = {"name", "email", "phone", "locale", "country", "state", "timezone", "segments"}


def address_mark(address: str) -> str:
    """A stable stand-in for an address, for places where the address itself must not stand.

    The same mailbox or number has the same mark, however it is written.
    """
    return fingerprint(_plain(address))


def is_mark(text: str) -> bool:
    """Whether `text` can be what `address_mark` made."""
    return re.fullmatch(r"[0-9a-f]{24}", text) is not None


def _plain(address: str) -> str:
    if "@" in address:
        return address.strip().casefold()
    number = _NUMBER.fullmatch(address)
    return f"+{re.sub(r'[(]0[)]|[^0-9]', '', number[1])}" if number else address


_NUMBER: Final = re.compile(r"\s*(?:\+|00)([0-9\s().-]+)")


def fold_profile(profile: Profile, given: Mapping[str, Any], at: int, mark: str) -> Profile:
    """The profile after a `Profile Updated` event.

    Args:
        profile: the profile so far.
        given: the event's properties: known fields by name, `push` as a list of {endpoint, platform}, all else traits.
        at: when it was said, in milliseconds since 1970 UTC.
        mark: the event's mark, to settle ties.
    """
    write = Write(at, mark)
    written, push, traits = dict(profile.written), dict(profile.push), dict(profile.traits)
    fields: dict[str, Any] = {}
    for field, value in given.items():
        if field == "push":
            for device in value:
                push[str(device["endpoint"])] = _registered(push.get(str(device["endpoint"])), device, at)
        elif write > written.get(field, Write(-1, "")):
            if field in _FIELDS:
                fields[field] = _checked(field, value)
                if field == "phone":
                    fields["phone_place"] = phone_facts(fields[field]) if fields[field] else None
            elif isinstance(value, str | int | float | bool):
                traits[field] = value
            elif isinstance(value, list | tuple):
                traits[field] = tuple(each for each in value if isinstance(each, str))[:MAX_LISTED]
            else:
                continue
            written[field] = write
    kept = latest({name: written[name] for name in traits}, MAX_TRAITS)
    return profile.model_copy(
        update={
            **fields,
            "push": latest(push, MAX_ENDPOINTS),
            "traits": {name: traits[name] for name in kept},
            "written": {name: at for name, at in written.items() if name in _FIELDS or name in kept},
        }
    )


def disable_address(profile: Profile, channel: Channel, mark: str, at: int) -> Profile:
    """The profile after the address with `mark` was found dead on `channel` at `at` (ms since 1970 UTC)."""
    if channel is Channel.PUSH:
        push = {
            name: endpoint._replace(dead=max(endpoint.dead, at)) if address_mark(name) == mark else endpoint
            for name, endpoint in profile.push.items()
        }
        return profile.model_copy(update={"push": push})
    key = f"{channel}:{mark}"
    dead = latest({**profile.dead, key: max(profile.dead.get(key, 0), at)}, MAX_ENDPOINTS)
    return profile.model_copy(update={"dead": dead})


def fold_check(profile: Profile, register: str, channel: str, check: RegisterCheck) -> Profile:
    """The profile after `register` answered for `channel`; of two answers at one moment the refusal counts."""
    key = f"{register}|{channel}"
    known = profile.checks.get(key)
    checks = {**profile.checks, key: max(known, check) if known else check}
    return profile.model_copy(update={"checks": latest(checks, MAX_CHECKS)})


def _registered(before: Endpoint | None, device: Mapping[str, Any], at: int) -> Endpoint:
    if before is not None and before.at >= at:
        return before
    return Endpoint(at, str(device.get("platform", "")), before.dead if before else 0)


def _checked(field: str, value: object) -> object:
    if field == "segments":
        return (
            frozenset(str(each) for each in value) if isinstance(value, list | tuple | set | frozenset) else frozenset()
        )
    if field == "timezone":
        return value if isinstance(value, str) and zone(value) else None
    return None if value is None else str(value)


def merge_profiles(one: Profile, other: Profile) -> Profile:
    """The profile of a person who was taken for two: on every field the later word, and every device of both.

    What holds them back (dead addresses, bars, sharing) holds on. `one` survives: its unit goes before the other's.
    """
    sides = {
        name: (one if one.written.get(name, _NEVER) >= other.written.get(name, _NEVER) else other)
        for name in {*one.written, *other.written}
    }
    fields = {name: getattr(side, name) for name, side in sides.items() if name in _FIELDS}
    traits = {name: side.traits[name] for name, side in sides.items() if name in side.traits}
    written = {name: side.written[name] for name, side in sides.items()}
    kept = latest({name: written[name] for name in traits}, MAX_TRAITS)
    return one.model_copy(
        update={
            **fields,
            "push": latest(_devices_of(one, other), MAX_ENDPOINTS),
            "traits": {name: traits[name] for name in kept},
            "written": {name: write for name, write in written.items() if name in _FIELDS or name in kept},
            "dead": latest(_later(one.dead, other.dead), MAX_ENDPOINTS),
            "sharing": one.sharing or other.sharing,
            "unit": one.unit or other.unit,
            "lingering": one.lingering | other.lingering,
            "phone_place": sides["phone"].phone_place if "phone" in sides else None,
            "checks": latest(_checks_of(one, other), MAX_CHECKS),
            "barred": latest(_later(one.barred, other.barred), MAX_ENDPOINTS),
        }
    )


_NEVER: Final = Write(-1, "")


def _devices_of(one: Profile, other: Profile) -> dict[str, Endpoint]:
    devices = dict(one.push)
    for name, device in other.push.items():
        mine = devices.get(name)
        devices[name] = device if mine is None else max(mine, device)._replace(dead=max(mine.dead, device.dead))
    return devices


def _checks_of(one: Profile, other: Profile) -> dict[str, RegisterCheck]:
    both = (one.checks, other.checks)
    return {key: max(side[key] for side in both if key in side) for key in {**one.checks, **other.checks}}


def _later(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in {**one, **other}}

"""Where people are found when many are asked: everybody by their zone, followers by what they follow.

A place is a part of a cohort and a rank in it. The parts are small enough that no key of the index becomes a hot one,
and no two documents of a part have the same rank: pages go on behind one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from zlib import crc32

from nudgekit.law.zones import zones_of
from nudgekit.model import follower
from nudgekit.model.follower import part_name
from nudgekit.model.profile import Profile
from nudgekit.runs.documents import ZONES, InCohort, Kind, Put, Ref, Stored, Write

SHARDS: Final = 16
"""Shares into which the people of a zone are divided, and lanes in which they are asked side by side."""

HOME: Final = "shop"
"""The zone of people whose own is not known: that of the shop, whichever the policy names at the moment."""


def shard_of(person: str) -> int:
    """The person's share, by a hash that stays the same for ever."""
    return crc32(person.encode()) % SHARDS


def zone_of(profile: Profile) -> str:
    """The zone in which somebody is asked: the first that is known of profile, device, phone number and country."""
    found = zones_of(profile, profile.device_zone, "UTC")
    return HOME if found.link == "shop" else found.zones[0].key


def everyone_in(zone: str, shard: int) -> str:
    """The part of everybody that is one share of one zone."""
    return f"{zone}#{shard}"


def followers_of(by: str, value: str) -> tuple[str, ...]:
    """The parts that hold everybody who follows the product, category or brand `value`; `by` names which of these."""
    return tuple(part_name(f"{by}={value}", shard) for shard in range(follower.SHARDS))


def place_of(put: Put) -> InCohort | None:
    """Where a document written so is found. Every store asks this, so that no write of a profile can lose it."""
    if put.ref.kind is Kind.PROFILE:
        return InCohort(everyone_in(zone_of(put.value), shard_of(put.ref.owner)), put.ref.owner)
    return put.cohort


def with_zones(puts: Sequence[Write], get: Callable[[Ref], Stored]) -> Sequence[Write]:
    """The writes, and with them the list of zones in use, should one of the profiles be the first in its zone."""
    wanted = {zone_of(put.value) for put in puts if isinstance(put, Put) and put.ref.kind is Kind.PROFILE}
    if not wanted:
        return puts
    stored = get(ZONES)
    known: Iterable[str] = stored.value or ()
    if wanted <= set(known):
        return puts
    return (*puts, Put(ZONES, tuple(sorted(wanted | set(known))), stored.version))

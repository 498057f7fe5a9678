"""The zones a person may be in: the first link of the chain that knows answers.

Profile, device, phone number, country, and at last the shop's own. A phone number and a country may name several zones:
then what is asked must hold in every one of them. A number of another country than the profile's tells that the person
has moved, but not when they are where: the zones of both count.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from nudgekit.law.area_codes import area_code, zones_beside
from nudgekit.law.places import home_of
from nudgekit.model.phone import AREA_CODED, PhoneFacts
from nudgekit.model.profile import Profile
from nudgekit.model.zone import database, zone

Link = Literal["profile", "device", "phone", "country", "shop"]


class Zones(NamedTuple):
    """Where a person may be.

    Attributes:
        link: which link of the chain answered.
        zones: every zone that it names, at least one.
        text: the zones in a few words, for traces.
    """

    link: Link
    zones: tuple[ZoneInfo, ...]
    text: str


def zones_of(profile: Profile, device: str | None, default: str) -> Zones:
    """The zones of a person.

    Args:
        profile: who it is.
        device: the zone that a device last reported.
        default: the shop's own.
    """
    found = _named("profile", profile.timezone) or _named("device", device)
    if found is not None:
        return found
    phone = profile.phone_facts
    area = area_code(profile.phone or "") if phone.country in AREA_CODED else ""
    return _presumed(phone, area, profile.country, profile.state, default)


@lru_cache(maxsize=4096)
def _named(link: Link, name: str | None) -> Zones | None:
    """The one zone that was named, or None when it is none."""
    found = zone(name) if name else None
    return Zones(link, (found,), found.key) if found is not None else None


@lru_cache(maxsize=4096)
def _presumed(phone: PhoneFacts, area: str, country: str | None, state: str | None, default: str) -> Zones:
    """The zones of somebody who named none."""
    home = home_of(country, state)
    at_home = zones_of_country(home.country) if home else ()
    by_number = _zones_of_number(phone, area)
    elsewhere = home is not None and home.country != phone.country
    links: tuple[tuple[Link, tuple[str, ...]], ...] = (
        ("phone", (*by_number, *at_home) if by_number and elsewhere else by_number),
        ("country", at_home),
        ("shop", (default,)),
    )
    for link, names in links:
        known = tuple(dict.fromkeys(found for name in names if (found := zone(name))))
        if known:
            return Zones(link, known, _text(known))
    raise AssertionError("a policy's zone is checked when it is read")


def _zones_of_number(phone: PhoneFacts, area: str) -> tuple[str, ...]:
    """Every zone the number's owner may be in.

    Where mobile numbers have area codes, those of the code. Elsewhere a mobile number tells its country and no more,
    and what phonenumbers names may be another country's zone with the same hour: only the order is taken from it.
    """
    if area:
        return (*phone.zones, *zones_beside().get(area, ()))
    every = zones_of_country(phone.country or "")
    return tuple(dict.fromkeys((*(name for name in phone.zones if name in every), *every))) or phone.zones


def zones_of_country(code: str) -> tuple[str, ...]:
    """Every IANA zone of the country with ISO 3166-1 code `code`."""
    return _by_country().get(code, ())


def _text(zones: tuple[ZoneInfo, ...]) -> str:
    first, others = zones[0].key, len(zones) - 1
    return f"{first} and {others} more" if others else first


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for country, name in _rows():
        found[country] = (*found.get(country, ()), name)
    return found


def _rows() -> Iterator[tuple[str, str]]:
    """Country and zone, from the table that the time zone database ships with."""
    for line in (database() / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            yield country, name

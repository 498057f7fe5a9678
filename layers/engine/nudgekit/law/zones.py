"""The zones a person may be in: the first link of the chain that knows answers.

Profile, device, phone number, country, and at last the shop's own. A phone number and a country may name several zones:
then what is asked must hold in every one of them.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from nudgekit.law.files import package_text
from nudgekit.law.places import country_code
from nudgekit.model.profile import Profile
from nudgekit.model.zone import zone

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
    phone = profile.phone_facts
    return _found(profile.timezone, device, phone.zones, profile.country, phone.country, default)


@lru_cache(maxsize=4096)
def _found(  # noqa: PLR0913, PLR0917  one argument a link
    own: str | None,
    device: str | None,
    phone: tuple[str, ...],
    country: str | None,
    phone_country: str | None,
    default: str,
) -> Zones:
    countries = [code for given in (country, phone_country) if (code := country_code(given))]
    links: tuple[tuple[Link, tuple[str, ...]], ...] = (
        ("profile", (own or "",)),
        ("device", (device or "",)),
        ("phone", phone),
        ("country", tuple(name for code in countries for name in zones_of_country(code))),
    )
    for link, names in links:
        known = tuple(dict.fromkeys(found for name in names if name and (found := zone(name))))
        if known:
            return Zones(link, known, _text(known))
    return Zones("shop", (ZoneInfo(default),), default)


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
    table = package_text("tzdata", "zoneinfo", "zone.tab")
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            yield country, name

"""What a phone number tells about its owner: the country, and the zones its numbers are used in."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from nudgekit.model.zone import zone

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

AREA_CODED: Final = frozenset({"US", "CA"})
"""Countries whose mobile numbers have area codes, and no other sign of being mobile."""

_NO_COUNTRY: Final = frozenset({"001", "ZZ"})
"""What phonenumbers says of numbers that belong to no country."""


class PhoneFacts(NamedTuple):
    """The country (ISO 3166-1) of a number, and the IANA zones where such numbers are; either may be unknown."""

    country: str | None = None
    zones: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def phone_facts(number: str) -> PhoneFacts:
    """What `number`, in international form, tells; nothing when it is none.

    The library takes 40 ms to import and is asked when a number is folded, so that decisions need not load it.
    """
    import phonenumbers  # noqa: PLC0415  # dear to import; only people with a phone number pay for it

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return PhoneFacts()
    country = phonenumbers.region_code_for_number(parsed)
    country = country or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    zones = tuple(name for name in _zones(parsed, country) if zone(name))
    return PhoneFacts(None if country in _NO_COUNTRY else country, zones)


def _zones(parsed: "PhoneNumber", country: str | None) -> Iterable[str]:
    """The zones of the number, where it would be by the library first.

    What follows an area code says nothing of a mobile number, so all zones of the code count.
    """
    from phonenumbers import timezone  # noqa: PLC0415
    from phonenumbers.tzdata import TIMEZONE_DATA  # noqa: PLC0415

    nearest = timezone.time_zones_for_number(parsed)
    area = f"1{str(parsed.national_number)[:3]}" if country in AREA_CODED else ""
    known = {name for prefix in TIMEZONE_DATA if area and prefix.startswith(area) for name in TIMEZONE_DATA[prefix]}
    return (*(name for name in nearest if name in known), *sorted(known - {*nearest})) if known else nearest

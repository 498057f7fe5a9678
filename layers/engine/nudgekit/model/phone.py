"""What a phone number tells about its owner: the country, and the zones its numbers are used in."""

from functools import lru_cache
from typing import Final, NamedTuple

from nudgekit.model.zone import zone

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
    from phonenumbers import timezone  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return PhoneFacts()
    country = phonenumbers.region_code_for_number(parsed)
    country = country or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    zones = tuple(name for name in timezone.time_zones_for_number(parsed) if zone(name))
    return PhoneFacts(None if country in _NO_COUNTRY else country, zones)

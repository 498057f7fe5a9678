"""Where a person is in the law's sense: the country and state of the profile, and those of the phone number."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from nudgekit.law.area_codes import area_code, area_codes
from nudgekit.model.profile import Profile

OTHER_NAMES: Final = {"UK": "GB"}
"""What people write for a country whose code is another."""

WITH_OWN_CODE: Final = {
    **{f"US-{each}": each for each in ("AS", "GU", "MP", "PR", "VI")},
    **{f"FR-{each}": each for each in ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT")},
    "FR-971": "GP",
    "FR-972": "MQ",
    "FR-973": "GF",
    "FR-974": "RE",
    "FR-976": "YT",
}
"""Parts of a country that are countries in ISO 3166-1 as well: their law, holidays and clocks are their own."""


class Place(NamedTuple):
    """A country (ISO 3166-1), and the state of it (ISO 3166-2, second part); empty when it is not known."""

    country: str
    state: str = ""

    def __str__(self) -> str:
        return f"{self.country}-{self.state}" if self.state else self.country


class Places(NamedTuple):
    """Both places that a person's law may come from; None where nothing is known.

    Attributes:
        home: where the profile says the person is.
        number: where the phone number belongs.
    """

    home: Place | None = None
    number: Place | None = None

    @property
    def countries(self) -> tuple[str, ...]:
        """Each country once."""
        return tuple(dict.fromkeys(place.country for place in (self.home, self.number) if place))

    def states(self, country: str) -> frozenset[str]:
        """The states of `country` that are known; none: it may be any."""
        return frozenset(each.state for each in (self.home, self.number) if each and each.country == country) - {""}


def places_of(profile: Profile) -> Places:
    """The places of a person.

    The state of a number of the United States is that of its area code, as the acts of Florida and Oklahoma presume.
    """
    country = profile.phone_facts.country
    area = area_code(profile.phone or "") if country == "US" else ""
    return _places(profile.country, profile.state, country, area)


def country_code(given: str | None) -> str | None:
    """The ISO 3166-1 code that `given` is, or None."""
    code = OTHER_NAMES.get((given or "").strip().upper(), (given or "").strip().upper())
    return code if re.fullmatch("[A-Z]{2}", code) else None


@lru_cache(maxsize=4096)
def _places(country: str | None, state: str | None, phone_country: str | None, area: str) -> Places:
    number = Place(phone_country, area_codes().get(area, "")) if phone_country else None
    return Places(home_of(country, state), number)


def home_of(country: str | None, state: str | None) -> Place | None:
    """The place that a profile's country and state name; None when they name none."""
    of_state, subdivision = _split(state)
    home = country_code(country) or of_state
    if home is None:
        return None
    known = subdivision if of_state in {None, home} else ""
    own = WITH_OWN_CODE.get(f"{home}-{known}")
    return Place(own) if own else Place(home, _known(home, known))


def _split(state: str | None) -> tuple[str | None, str]:
    """The country and the second part of an ISO 3166-2 code; the second part alone names no country."""
    first, dash, second = (state or "").strip().upper().partition("-")
    return (country_code(first), second) if dash else (None, first)


def _known(country: str, state: str) -> str:
    """`state` if it can be one: a misspelt state must not pass for one without rules of its own."""
    if country == "US":
        return state if state in set(area_codes().values()) else ""
    return state if re.fullmatch("[A-Z0-9]{1,3}", state) else ""

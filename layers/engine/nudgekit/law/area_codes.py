"""What area codes of North America tell: the state of a number of the United States, and zones it may be in."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from nudgekit.law.files import text_of, toml

STATES: Final = "us_area_codes"
ZONES: Final = "area_code_zones"


@cache
def area_codes() -> Mapping[str, str]:
    """Area code -> state, the second part of its ISO 3166-2 code."""
    return {str(code): state for state, codes in toml(text_of(STATES)).items() for code in codes}


@cache
def zones_beside() -> Mapping[str, tuple[str, ...]]:
    """Area code -> the zones it is used in beside those that are known of the number."""
    found: dict[str, tuple[str, ...]] = {}
    for zone, codes in toml(text_of(ZONES)).items():
        for code in map(str, codes):
            found[code] = (*found.get(code, ()), zone)
    return found


def area_code(phone: str) -> str:
    """The three digits after the country code 1."""
    return phone[2:5] if phone.startswith("+1") and phone[2:5].isdigit() else re.sub(r"\D", "", phone)[1:4]

"""The state that an area code of the United States belongs to."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from nudgekit.law.files import text_of, toml

TABLE: Final = "us_area_codes"


@cache
def area_codes() -> Mapping[str, str]:
    """Area code -> state, the second part of its ISO 3166-2 code."""
    return {str(code): state for state, codes in toml(text_of(TABLE)).items() for code in codes}

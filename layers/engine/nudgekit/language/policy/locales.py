"""The locales that a shop writes for."""

import re
from collections.abc import Iterator

_LOCALE = re.compile(r"[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_]([A-Z]{2}|[0-9]{3}))?")
"""Language, script and region as BCP 47 writes them, or with underlines."""


def locale_mistakes(locales: object) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the shop's locales: keyword, fault and remedy."""
    wrong = (locales,) if not isinstance(locales, tuple) or not locales else filter(_is_none, locales)
    for each in wrong:
        yield "locales", f"{each!r} is not a locale", 'write them as in locales=("en", "de-AT")'


def _is_none(given: object) -> bool:
    return not isinstance(given, str) or not _LOCALE.fullmatch(given)

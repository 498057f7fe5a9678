"""How people of a locale write; Babel is dear to import, and arming a run needs none of it."""

from babel import Locale, UnknownLocaleError


def known_locale(name: str) -> Locale:
    """The locale `name`, or English when there is none of that name."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")

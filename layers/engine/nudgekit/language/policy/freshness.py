"""How old facts may be."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from nudgekit.language.durations import spell

BEAT: Final = timedelta(minutes=1)
"""How often it is said how far folding has come: the rule `ProjectProfileBeatRule` of the template."""

LEAST: Final = 3 * BEAT
"""Less would hold messages back whenever one beat is late."""


def freshness_mistakes(given: object) -> Iterator[tuple[str, str, str]]:
    """What is wrong with `freshness=`: keyword, mistake, remedy."""
    if given is None:
        return
    if not isinstance(given, timedelta) or given < LEAST:
        remedy = f"write minutes(5), {spell(LEAST)} at least, or None"
        yield "freshness", f"freshness={given!r} is too short", remedy

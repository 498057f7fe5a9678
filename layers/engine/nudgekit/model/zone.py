"""Time zones by their IANA names, as the pinned release of the time zone database has them.

`zoneinfo` would ask the machine's own copy first. That one may be years old: it then shows the hour wrong wherever the
law has changed the clocks since, and live decisions differ from tested ones.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

_NAME: Final = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The IANA zone `name`, or None when there is none of that name."""
    if not _NAME.fullmatch(name):
        return None
    try:
        with database().joinpath(name).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (ValueError, OSError):
        return None


@cache
def database() -> Path:
    """Where the files of the database are: one for each zone, and `zone.tab` beside them."""
    import tzdata  # noqa: PLC0415  # who needs no zone need not have it

    return Path(tzdata.__file__).parent / "zoneinfo"

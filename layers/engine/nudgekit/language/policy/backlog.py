"""What becomes of messages that waited for the same hour."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal, get_args

AfterQuietHours = Literal["best", "all"]
"""Of one person's runs that waited for the same opening: the best one goes out, or all of them do."""

LONGEST_SPREAD: Final = timedelta(hours=2)


def backlog_mistakes(after_quiet_hours: object, spread: object) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the two: keyword, what, remedy."""
    if after_quiet_hours not in get_args(AfterQuietHours):
        yield "after_quiet_hours", f"{after_quiet_hours!r} is not known", 'write "best" or "all"'
    if not isinstance(spread, timedelta) or not timedelta() <= spread <= LONGEST_SPREAD:
        yield "spread", "the spread is not a length of time", "write up to hours(2), as in spread=minutes(15)"

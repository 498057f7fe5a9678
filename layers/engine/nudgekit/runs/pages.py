"""The next people of a wave, and how a wave is written down."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nudgekit.model.wave import Wave
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.ports import Cohorts, Page

KEPT: Final = timedelta(days=30)
"""How long a wave's row can be looked at."""

PAGE: Final = 200
"""People asked in one step."""

MOST_PARTS: Final = 25
"""Parts of a cohort that one step looks into: most of them may be empty."""


def put_wave(ref: Ref, wave: Wave, version: int, now: datetime) -> Put:
    """The write of a wave that was read at `version`."""
    return Put(ref, wave, version, "over" if wave.over else "asking", now + KEPT)


class Taken(NamedTuple):
    """People to ask, and where the wave stands once they are asked."""

    people: tuple[str, ...]
    places: dict[str, str]


def take(cohorts: Cohorts, wave: Wave) -> Taken:
    """The next page of `wave`: part after part, or of followers those who came first, whichever part they stand in."""
    limit = PAGE if wave.room is None else min(PAGE, wave.room)
    kind = Kind(wave.of)
    return (_by_rank if kind is Kind.FOLLOWER else _in_turn)(cohorts, kind, wave.places, limit)


def _in_turn(cohorts: Cohorts, kind: Kind, places: Mapping[str, str], limit: int) -> Taken:
    left, people = dict(places), list[str]()
    for part, after in list(places.items())[:MOST_PARTS]:
        page = cohorts.page(kind, part, after, limit - len(people))
        people += page.people
        if page.after:
            left[part] = page.after
            break
        del left[part]
        if len(people) == limit:
            break
    return Taken(tuple(people), left)


def _by_rank(cohorts: Cohorts, kind: Kind, places: Mapping[str, str], limit: int) -> Taken:
    pages = {part: cohorts.page(kind, part, after, limit) for part, after in places.items()}
    first = sorted(
        (rank, person, part)
        for part, page in pages.items()
        for rank, person in zip(page.ranks, page.people, strict=True)
    )[:limit]
    last = {part: rank for rank, _, part in first}
    left = {part: last.get(part, places[part]) for part, page in pages.items() if _goes_on(page, last.get(part, ""))}
    return Taken(tuple(person for _, person, _ in first), left)


def _goes_on(page: Page, last: str) -> bool:
    """Whether there is more behind the last one who was taken of a part's page."""
    return bool(page.after) or (bool(page.ranks) and page.ranks[-1] != last)

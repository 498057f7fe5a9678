"""Somebody who follows a product, a category or a brand."""

from datetime import timedelta
from typing import Final, NamedTuple

from nudgekit.model.base import Model, fingerprint

SHARDS: Final = 8
"""Into how many parts the followers of one thing are laid, so that they can be asked side by side."""

KEPT: Final = timedelta(days=30)
WISHED_KEPT: Final = timedelta(days=90)
"""How long somebody follows after the last sign; what stands on a wish list is followed longer."""

AFRESH: Final = 86_400_000
"""A sign within a day (ms) of the last one is not written down again: it says nothing new."""

MAX_FOLLOWED: Final = 120
"""What one person follows at most: the latest."""

MAX_FORMER: Final = 10
"""Former ids of one person whose followings are looked after."""


class Follower(Model):
    """One person's interest in one thing.

    Attributes:
        since: when it began (ms since 1970 UTC): who came first is told first.
        at: when it was last shown (ms).
        how: the events by which it was shown, sorted, as in `Product Viewed`.
    """

    since: int
    at: int
    how: tuple[str, ...] = ()


class Follow(NamedTuple):
    """What a person's own list says of one thing they follow.

    Attributes:
        since, at, how: as in `Follower`.
        until: when it ends by itself (ms).
    """

    since: int
    at: int
    until: int
    how: tuple[str, ...] = ()


class Following(Model):
    """Everything one person follows: the list by which the rows among the followers are found again.

    Attributes:
        things: `product_id=<id>`, `category=<category>` or `brand=<brand>` -> how they follow it.
        former: ids that were merged into the person and have lists of their own.
    """

    things: dict[str, Follow] = {}
    former: tuple[str, ...] = ()


def part_of(followed: str, person: str) -> str:
    """The part of the cohort of `followed`, as in `product_id=sku-1`, in which `person` stands."""
    return part_name(followed, int(fingerprint("follower", person), 16) % SHARDS)


def part_name(followed: str, shard: int) -> str:
    """One part of a cohort of followers, 0 to `SHARDS` - 1."""
    return f"{followed}#{shard}"


def rank_of(since: int, person: str) -> str:
    """Where somebody stands who has followed since `since` (ms): before everybody who came later."""
    return f"{since:013}#{person}"

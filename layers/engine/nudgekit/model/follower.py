"""Somebody who follows a product, a category or a brand."""

from datetime import timedelta
from typing import Final, NamedTuple, Self

from nudgekit.model.base import DAY_MS, MILLISECOND, Model, fingerprint, latest

SHARDS: Final = 8
"""Into how many parts the followers of one thing are laid, so that they can be asked side by side."""

KEPT: Final = timedelta(days=30)
WISHED_KEPT: Final = timedelta(days=90)
"""How long somebody follows after the last sign; what stands on a wish list is followed longer."""

WISHED: Final = "Product Added to Wishlist"

AFRESH: Final = DAY_MS
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
        ended: what they follow no longer -> as of when (ms); an earlier sign that comes late changes nothing.
        former: ids that were merged into the person and have lists of their own.
    """

    things: dict[str, Follow] = {}
    ended: dict[str, int] = {}
    former: tuple[str, ...] = ()

    def shown(self, followed: str, how: str, at: int) -> Self:
        """With one more sign, `how` at `at` (ms)."""
        if at <= self.ended.get(followed, 0):
            return self
        known = self.things.get(followed)
        until = at + (WISHED_KEPT if how == WISHED else KEPT) // MILLISECOND
        if known is None:
            follow = Follow(at, at, until, (how,))
        elif how in known.how and at < known.at + AFRESH and at >= known.since:
            return self
        else:
            how_all = tuple(sorted({*known.how, how}))
            follow = Follow(min(known.since, at), max(known.at, at), max(known.until, until), how_all)
        return self.model_copy(update={"things": {**self.things, followed: follow}})

    def stopped(self, followed: str, at: int) -> Self:
        """Without what was followed up to `at` (ms)."""
        known = self.things.get(followed)
        things = dict(self.things)
        if known is not None and known.at <= at:
            del things[followed]
        ended = latest({**self.ended, followed: max(at, self.ended.get(followed, 0))}, MAX_FOLLOWED)
        return self.model_copy(update={"things": things, "ended": ended})

    def bounded(self, now: int) -> Self:
        """Without what has ended by itself before `now` (ms), and no more than one person may follow."""
        living = {name: each for name, each in self.things.items() if each.until > now}
        kept = latest({name: each.at for name, each in living.items()}, MAX_FOLLOWED)
        return self.model_copy(update={"things": {name: each for name, each in living.items() if name in kept}})


def part_of(followed: str, person: str) -> str:
    """The part of the cohort of `followed`, as in `product_id=sku-1`, in which `person` stands."""
    return part_name(followed, int(fingerprint("follower", person), 16) % SHARDS)


def part_name(followed: str, shard: int) -> str:
    """One part of a cohort of followers, 0 to `SHARDS` - 1."""
    return f"{followed}#{shard}"


def rank_of(since: int, person: str) -> str:
    """Where somebody stands who has followed since `since` (ms): before everybody who came later."""
    return f"{since:013}#{person}"

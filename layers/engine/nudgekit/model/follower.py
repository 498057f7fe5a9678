"""Somebody who follows a product, a category or a brand."""

from nudgekit.model.base import Model


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

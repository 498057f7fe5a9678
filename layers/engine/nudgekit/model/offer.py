"""Codes of an offer: what a person was promised, and the drawers in which codes lie until somebody is."""

from decimal import Decimal
from typing import Final

from nudgekit.model.base import Model, Timestamp, fingerprint

DRAWERS: Final = 16
"""So many documents share the codes of an offer, so that claims at one moment seldom write the same one."""

BLOCK: Final = 64
"""Codes that lie together unopened: a drawer stays small however large the pool is."""

MOST_HOLDERS: Final = 8
KEPT: Final = "kept"
"""Stands for more runs than a lease lists: it is never given back."""

HIDDEN: Final = "·····"
"""What stands where a code would, in a message that nobody gets."""


class Promise(Model):
    """One code as one person is promised it.

    Attributes:
        offer: the offer's id.
        code: the code.
        ends: until when it counts.
        percent: so many hundredths off; None: it is an amount.
        amount, currency: so much off.
    """

    offer: str
    code: str
    ends: Timestamp
    percent: int | None = None
    amount: Decimal | None = None
    currency: str | None = None


class Lease(Model):
    """A promise as the person's ledger keeps it.

    Attributes:
        at: when it was first made.
        drawer: where the code came from, and goes back to when nobody has seen it.
        holders: the runs whose messages show the code.
        used_at: when the person ordered with it; None: not as far as anybody said.
    """

    promise: Promise
    at: Timestamp
    drawer: int
    holders: tuple[str, ...] = ()
    used_at: Timestamp | None = None

    def held_by(self, run: str, promise: Promise) -> "Lease":
        """The lease once `run` shows the code as well, as `promise` says."""
        holders = tuple(sorted({*self.holders, run}))
        held = holders if len(holders) <= MOST_HOLDERS else (KEPT,)
        return self.model_copy(update={"promise": promise, "holders": held})

    def without(self, run: str) -> "Lease":
        """The lease once nothing of `run` has reached the person."""
        return self.model_copy(update={"holders": tuple(each for each in self.holders if each != run)})


class Drawer(Model):
    """One of an offer's `DRAWERS` drawers.

    Attributes:
        given: how many of its codes people have.
        used: how many of those were ordered with.
        next: the number of the next code to be made, where codes are made.
        free: codes at hand: imported ones, and ones that came back.
        opened: how many blocks of imported codes were opened.
        blocks: how many blocks there are.
        unopened: how many codes lie in those that were not opened.
    """

    given: int = 0
    used: int = 0
    next: int = 0
    free: tuple[str, ...] = ()
    opened: int = 0
    blocks: int = 0
    unopened: int = 0

    def left(self, quota: int | None, *, pooled: bool) -> int:
        """How many codes it may still give.

        Args:
            quota: its share of the budget; None: as many as there are.
            pooled: whether its codes were imported: there are no others then.
        """
        at_hand = len(self.free) + self.unopened
        if quota is None:
            return at_hand
        allowed = max(quota - self.given, 0)
        return min(allowed, at_hand) if pooled else allowed

    def taken(self) -> "Drawer":
        """The drawer without the first of its codes at hand, which somebody gets."""
        return self.model_copy(update={"free": self.free[1:], "given": self.given + 1})

    def made(self) -> "Drawer":
        """The drawer once the code with the number `next` was made for somebody."""
        return self.model_copy(update={"next": self.next + 1, "given": self.given + 1})

    def with_block(self, codes: tuple[str, ...]) -> "Drawer":
        """The drawer with its next block opened, which has `codes`."""
        unopened = max(self.unopened - len(codes), 0)
        return self.model_copy(update={"free": (*self.free, *codes), "opened": self.opened + 1, "unopened": unopened})

    def filled(self, codes: int, blocks: int) -> "Drawer":
        """The drawer with so many more imported codes, which lie in so many more blocks."""
        return self.model_copy(update={"blocks": self.blocks + blocks, "unopened": self.unopened + codes})

    def back(self, code: str) -> "Drawer":
        """The drawer with a code that nobody has seen."""
        return self.model_copy(update={"free": (*self.free, code), "given": max(self.given - 1, 0)})

    def ordered_with(self) -> "Drawer":
        """The drawer once somebody ordered with one of its codes."""
        return self.model_copy(update={"used": self.used + 1})


def quota_of(budget: int | None, drawer: int) -> int | None:
    """The share of `budget` that the drawer may give: the shares add up to it."""
    return None if budget is None else budget // DRAWERS + (drawer < budget % DRAWERS)


def first_drawer(person: str) -> int:
    """The drawer that is asked first for a code for `person`."""
    return int(fingerprint("offer", person, size=2), 16) % DRAWERS

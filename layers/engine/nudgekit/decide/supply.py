"""What there is of an offer at the moment of a decision."""

from typing import Final, NamedTuple

from nudgekit.language.offer import Offer
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.offer import Drawer, Promise


class Draw(NamedTuple):
    """A code that can be leased: which, its drawer, the version that was read, and the drawer without it."""

    offer: str
    code: str
    drawer: int
    version: int
    after: Drawer


class Supply(NamedTuple):
    """An offer as it stands (None: it was withdrawn), how many codes are left, and one of them."""

    offer: Offer | None
    left: int = 0
    draw: Draw | None = None


NOTHING: Final = Supply(None)


class Offered(NamedTuple):
    """What a message may promise, the code that is leased for it, and the line of the trace that says why."""

    promise: Promise | None = None
    draw: Draw | None = None
    verdict: Verdict = PASS


NO_OFFER: Final = Offered()

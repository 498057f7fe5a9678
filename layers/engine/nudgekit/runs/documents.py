"""What is stored: versioned documents, and one way to write them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator, TypeAdapter

from nudgekit.errors import BadInput
from nudgekit.model.catalogue import Product, Selling
from nudgekit.model.consent import Consent, Evidence
from nudgekit.model.decision import Decision
from nudgekit.model.facts import Facts
from nudgekit.model.follower import Follower, Following
from nudgekit.model.inbox import Inbox
from nudgekit.model.kin import Link, Suppressed
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import Message
from nudgekit.model.offer import Drawer
from nudgekit.model.operation import Operation
from nudgekit.model.popularity import SHARDS, Popularity
from nudgekit.model.profile import Profile
from nudgekit.model.recommendation import Complements, Similar
from nudgekit.model.run import Run
from nudgekit.model.tally import Tally
from nudgekit.model.wave import Calendar, Pace, Wave


def _as_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Alias = Annotated[tuple[str, ...], BeforeValidator(_as_several)]
"""The people an address belongs to, sorted."""


class Kind(StrEnum):
    """The kinds of documents."""

    PROFILE = "profile"
    FACTS = "facts"
    CONSENT = "consent"
    EVIDENCE = "evidence"
    ALIAS = "alias"
    LINK = "link"
    SUPPRESSION = "suppression"
    LEDGER = "ledger"
    RUN = "run"
    MESSAGE = "message"
    TRACE = "trace"
    PRODUCT = "product"
    OPERATION = "operation"
    REPLY = "reply"
    TALLY = "tally"
    FOLLOWER = "follower"
    FOLLOWING = "following"
    SELLING = "selling"
    POPULARITY = "popularity"
    ONSITE = "onsite"
    WAVE = "wave"
    PACE = "pace"
    CALENDAR = "calendar"
    ZONES = "zones"
    DRAWER = "drawer"
    BLOCK = "block"
    SIMILAR = "similar"
    COMPLEMENTS = "complements"


TYPES: Final[Mapping[Kind, Any]] = {
    Kind.PROFILE: Profile,
    Kind.FACTS: Facts,
    Kind.CONSENT: Consent,
    Kind.EVIDENCE: Evidence,
    Kind.ALIAS: Alias,
    Kind.LINK: Link,
    Kind.SUPPRESSION: Suppressed,
    Kind.LEDGER: Ledger,
    Kind.RUN: Run,
    Kind.MESSAGE: Message,
    Kind.TRACE: Decision,
    Kind.PRODUCT: Product,
    Kind.OPERATION: Operation,
    Kind.REPLY: str,
    Kind.TALLY: Tally,
    Kind.FOLLOWER: Follower,
    Kind.FOLLOWING: Following,
    Kind.SELLING: Selling,
    Kind.POPULARITY: Popularity,
    Kind.ONSITE: Inbox,
    Kind.WAVE: Wave,
    Kind.PACE: Pace,
    Kind.CALENDAR: Calendar,
    Kind.ZONES: tuple[str, ...],
    Kind.DRAWER: Drawer,
    Kind.BLOCK: tuple[str, ...],
    Kind.SIMILAR: Similar,
    Kind.COMPLEMENTS: Complements,
}


@cache
def codec(kind: Kind) -> TypeAdapter[Any]:
    """Reads and writes the documents of a kind as JSON."""
    return TypeAdapter(TYPES[kind])


class Ref(NamedTuple):
    """Names one document.

    Attributes:
        kind: what it is.
        owner: the person, the product, for an alias `<push, email or phone>#<mark of the address>`, for a follower what
            is followed, as in `product_id=sku-1`; for popularity `all`, `category=<category>` or `brand=<brand>`; for
            codes `<offer>#<number of the drawer>`; for what goes with a category, the category.
        name: which one of several: a run's `<trigger>#<key>`, a message's id, a trace's or evidence's time and mark,
            a link's merged-away person, the person who follows, the product that is sold, the number of a part or
            block, a wave's event and number, a pace's lane.
    """

    kind: Kind
    owner: str
    name: str = ""


class Stored(NamedTuple):
    """A document as read: its value (None: there is none) and version (0: there is none)."""

    value: Any
    version: int


ABSENT: Final = Stored(None, 0)


class InCohort(NamedTuple):
    """Where a document stands in the index of cohorts: in which part of which cohort, and behind whom there."""

    part: str
    rank: str


class Put(NamedTuple):
    """One write.

    Attributes:
        ref: which document.
        value: its new value.
        expect: the version it must have now; 0: it must not exist.
        status: a plain word beside the body, for operators and indexes.
        expires_at: when it may be forgotten; None: never.
        cohort: where it is found when a cohort is gone through; None: nowhere. A profile's is not said here: it follows
            from what the profile says, see `cohorts.place_of`.
    """

    ref: Ref
    value: Any
    expect: int
    status: str | None = None
    expires_at: datetime | None = None
    cohort: InCohort | None = None


class Delete(NamedTuple):
    """One document that is to be gone, and the version it must have now."""

    ref: Ref
    expect: int


class Check(NamedTuple):
    """One document that must still have the version it was read at; 0: it must still not exist."""

    ref: Ref
    expect: int


class Count(NamedTuple):
    """So many more of something, added to whatever the document says at that moment: nobody can lose a race for it.

    It goes alone, and into a kind of document that is nothing but numbers. Should the answer to it get lost on the way,
    it may be asked for again and count twice.

    Attributes:
        ref: which document; one that does not exist begins with nothing.
        more: number's name -> how much is added.
        over: names of numbers that nobody needs any more.
        expires_at: when it may be forgotten.
    """

    ref: Ref
    more: Mapping[int, int]
    over: tuple[int, ...]
    expires_at: datetime


COUNTED: Final = frozenset({Kind.TALLY})
"""Kinds of documents that are nothing but numbers, written by `Count` alone."""


Write = Put | Delete | Check | Count
"""One part of a transaction; a `Count` is all of it."""


def alone(puts: Sequence[Write]) -> Count | None:
    """The count that `puts` are; None: they are a transaction.

    Raises:
        BadInput: a count stands in a transaction.
    """
    counts = [each for each in puts if isinstance(each, Count)]
    if counts and len(puts) > 1:
        raise BadInput("a count in a transaction", "commit", "write it by itself, so that it meets no conflict")
    return counts[0] if counts else None


OPERATION: Final = Ref(Kind.OPERATION, "shop")
"""What holds for everybody at the moment."""


ZONES: Final = Ref(Kind.ZONES, "shop")
"""The zones in which anybody is found, sorted; `cohorts.HOME` for people whose zone is not known."""


def run_ref(person: str, trigger: str, key: str) -> Ref:
    """The run of `trigger` for `person` and `key`."""
    return Ref(Kind.RUN, person, f"{trigger}#{key}")


def popularity_refs(owner: str) -> tuple[Ref, ...]:
    """All parts of what is popular of `owner`: `all`, `category=<category>` or `brand=<brand>`."""
    return tuple(Ref(Kind.POPULARITY, owner, str(number)) for number in range(SHARDS))

"""One trigger at work for one person and key."""

from enum import StrEnum
from typing import NamedTuple

from nudgekit.model.base import Channel, Model, Timestamp
from nudgekit.model.event import Scalar
from nudgekit.model.message import UNSENT, MessageStatus
from nudgekit.model.offer import Promise
from nudgekit.model.reasons import Reason


class Outcome(StrEnum):
    """How a run ends: something may have reached the person; nothing was to; something was to and could not."""

    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Attempt(NamedTuple):
    """What became of one message of the run."""

    rung: int
    channel: Channel
    message: str
    status: MessageStatus
    reason: Reason | None = None


class Run(Model):
    """The life of a run. It is armed until its first message, climbing after it, and over once `outcome` is set.

    Attributes:
        version: the rule's version that armed it, kept to the end.
        digest: that version's digest.
        occurrence: its first start event's time, ms since 1970 UTC: which life of this key it is.
        active_at: the latest start event it knows of.
        step: how many wake-ups it has been given; a wake-up with a lower number is stale.
        rung: the rung it stands on, from 0; -1 before the first message.
        items: products of its start events, for the decision to read.
        about: the plain properties of its first start event, which conditions and messages may ask about.
        of_shop: whether the shop or the calendar armed it, and nothing the person did.
        attempts: its messages so far, in order.
        offer: the code that its messages show; None: they show none.
        overtaken: the steps that a later start event overtook by naming another time, and when each would have been.
        under: of messages that were claimed before the person was merged into this one: message -> whose row it is.
    """

    trigger: str
    version: int
    digest: str
    person: str
    key: str
    occurrence: int
    active_at: Timestamp
    due_at: Timestamp
    expires_at: Timestamp
    step: int = 1
    rung: int = -1
    items: tuple[str, ...] = ()
    about: dict[str, Scalar] = {}
    of_shop: bool = False
    attempts: tuple[Attempt, ...] = ()
    offer: Promise | None = None
    under: dict[str, str] = {}
    overtaken: tuple[tuple[int, Timestamp], ...] = ()
    waiting: Reason | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    ended_at: Timestamp | None = None

    @property
    def id(self) -> str:
        """Names this life of the run within the person."""
        return f"{self.trigger}|{self.key}|{self.occurrence}"

    @property
    def before_last(self) -> "Run":
        """The run as it stood when its last message was decided on."""
        attempts = self.attempts[:-1]
        last = attempts[-1] if attempts else None
        rung = -1 if last is None else last.rung - (last.status is MessageStatus.WITHHELD)
        return self.model_copy(update={"attempts": attempts, "rung": rung})

    @property
    def handed_off(self) -> bool:
        """Whether any of its messages may have reached the person."""
        return any(attempt.status not in UNSENT for attempt in self.attempts)

"""One attempt to reach one person on one channel."""

from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from nudgekit.model.base import Channel, Model, Purpose, Timestamp
from nudgekit.model.reasons import Reason


class Aborted(str):
    """The words by which a message called itself off; they stand in its file."""

    __slots__ = ()


class Shown(NamedTuple):
    """A product that a message shows, and what it says of its price.

    Attributes:
        product: its id.
        price: per unit, None where the message says none.
        currency: of the price, as in EUR.
        as_of: when that price was said (ms since 1970 UTC).
    """

    product: str
    price: Decimal | None
    currency: str
    as_of: int


class Content(Model):
    """A rendered message. Which fields are set depends on the channel.

    `deep_link` opens the shop's app where `link` opens its web page. `choices` are the answers that a question on the
    shop's page offers, each a code and what people read; the code that they pick becomes the event `answer`.

    `shown` are the products that the rendered text speaks of, which must be true at hand-off.

    A WhatsApp message without `template` is free text. `dlt_template_id` and `dlt_entity_id` are what an SMS to India
    was registered under.
    """

    channel: Channel
    body: str
    title: str | None = None
    subject: str | None = None
    preheader: str | None = None
    html: str | None = None
    link: str | None = None
    deep_link: str | None = None
    image: str | None = None
    template: str | None = None
    language: str | None = None
    parameters: tuple[str, ...] = ()
    button: str | None = None
    unsubscribe: str | None = None
    dlt_template_id: str | None = None
    dlt_entity_id: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    answer: str | None = None
    shown: tuple[Shown, ...] = ()

    def says(self, words: str) -> bool:
        """Whether the reader meets `words` in it."""
        texts = (self.title, self.subject, self.preheader, self.body, *self.parameters)
        return any(words in text for text in texts if text)


class MessageStatus(StrEnum):
    """How far a message has come."""

    CLAIMED = "claimed"
    HANDING_OFF = "handing_off"
    HANDED_OFF = "handed_off"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    WITHHELD = "withheld"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    HELD_OUT = "held_out"


LOST: Final = (MessageStatus.FAILED, MessageStatus.WITHHELD)
"""Where a message ends that has not reached the person and will not."""

UNSENT: Final = (*LOST, MessageStatus.HELD_OUT)
"""The same, with those that were never meant to go out: they would have, were the person not held out."""

_PROGRESS = (
    MessageStatus.CLAIMED,
    MessageStatus.HANDING_OFF,
    MessageStatus.IN_DOUBT,
    MessageStatus.HANDED_OFF,
    MessageStatus.DELIVERED,
    MessageStatus.OPENED,
    MessageStatus.CLICKED,
)


class Message(Model):
    """A message's row, which is also its outbox: what it says, whose it is, how far it has come.

    Attributes:
        run: the key of the run within its trigger.
        occurrence: which life of that run (its first start event's time in ms).
        rung: its position on the ladder, from 0.
        attempt: how many messages of its run came before it.
        variant: its wording, where the trigger has several.
        offered: whether it shows the run's code.
        items: products whose stock decides whether it still makes sense.
        about: the product that its run was about when it was written; empty: none.
        deliver_by: when its hours close where the person is, as known at the hand-off; None: not soon. Of a message on
            the shop's page, until when it may be fetched.
        provider_id: the provider's own id, once it took the message.
        address: the mark of the address it went to.
    """

    id: str
    person: str
    trigger: str
    version: int
    run: str
    occurrence: int
    rung: int
    attempt: int = 0
    channel: Channel
    purpose: Purpose
    content: Content
    variant: str = ""
    offered: bool = False
    items: tuple[str, ...] = ()
    about: str = ""
    status: MessageStatus = MessageStatus.CLAIMED
    reason: Reason | None = None
    claimed_at: Timestamp
    handing_off_at: Timestamp | None = None
    handed_off_at: Timestamp | None = None
    deliver_by: Timestamp | None = None
    provider_id: str | None = None
    address: str | None = None

    def progressed(self, status: MessageStatus) -> bool:
        """Whether `status` is further than where the message stands; receipts come in any order."""
        if self.status not in _PROGRESS:
            return False
        return status not in _PROGRESS or _PROGRESS.index(status) > _PROGRESS.index(self.status)

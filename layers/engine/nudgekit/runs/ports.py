"""What the life of a run needs from the world. Adapters stand behind these; tests use those of `adapters.memory`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Protocol

from pydantic import StringConstraints

from nudgekit.decide.picking import Ask
from nudgekit.model.base import Channel, Items, Key, MessageId, PersonId, TriggerId
from nudgekit.model.message import Message
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind, Ref, Stored, Write


class WakeUp(NamedTuple):
    """The timer message that makes a run decide.

    Attributes:
        items: products whose rows the decision wants to see.
        message: the run's last message, whose fate it asks for; empty before there is one.
    """

    trigger: TriggerId
    person: PersonId
    key: Key
    occurrence: int
    step: int
    items: Items = ()
    message: Annotated[str, StringConstraints(max_length=64)] = ""


class MessageRef(NamedTuple):
    """A message on its way to its channel's function; its content stands in its row."""

    id: MessageId
    person: PersonId
    trigger: TriggerId
    key: Key
    channel: Channel
    items: Items = ()


class Accepted(NamedTuple):
    """The provider took the message and calls it `provider_id`."""

    provider_id: str


class Refused(NamedTuple):
    """The provider refused the message for good; `address_dead` when no other message will get through either."""

    reason: Reason
    address_dead: bool = False


class Store(Protocol):
    """Versioned documents."""

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        """All of `refs`, consistently with earlier commits; what does not exist is absent from the answer.

        Raises:
            Throttled: the store is overloaded.
        """

    def commit(self, puts: Sequence[Write]) -> None:
        """Write all of `puts`, or none. Documents may be written, deleted, or only checked; a count goes alone.

        Raises:
            Conflict: one of the documents has another version than expected.
            Throttled: the store is overloaded.
        """


class People(Store, Protocol):
    """A store that can also name everything it keeps of a person."""

    def of(self, person: str) -> dict[Ref, Stored]:
        """Every document that stands under the person's id, consistently with earlier commits.

        Raises:
            Throttled: the store is overloaded.
        """

    def waves(self, triggers: Iterable[str]) -> dict[Ref, Stored]:
        """Every wave of these triggers, which may have come as far as somebody.

        Raises:
            Throttled: the store is overloaded.
        """


class Page(NamedTuple):
    """Some of a cohort, in order of rank.

    Attributes:
        people: whose documents they are.
        after: the rank of the last one, from which the next page goes on; empty: there is no more.
        ranks: everyone's rank.
    """

    people: tuple[str, ...]
    after: str = ""
    ranks: tuple[str, ...] = ()


class Cohorts(Protocol):
    """People in bulk, without looking through everybody."""

    def page(self, kind: Kind, part: str, after: str, limit: int) -> Page:
        """At most `limit` people of one part of a cohort, those behind the rank `after`.

        Args:
            kind: the kind of document that was placed there: `PROFILE` or `FOLLOWER`.
            part: the part, as it was written with the documents.
            after: a rank; empty: from the beginning.
            limit: how many.

        Raises:
            Throttled: the store is overloaded.
        """


class OwnQueue(Protocol):
    """The trigger's own queue."""

    def put(self, bodies: Sequence[Mapping[str, Any]], at: datetime | None = None) -> None:
        """Put messages on it, each at least once.

        Args:
            bodies: the messages, as JSON values.
            at: when they are wanted; sooner is possible where that lies far ahead. None: now.

        Raises:
            Throttled: the queue asks to come back later.
        """


class Alarms(Protocol):
    """Wake-ups that were asked for, to be looked at or taken back."""

    def waits(self, wake_up: WakeUp, at: datetime) -> bool:
        """Whether `wake_up`, asked for `at`, is still to come."""

    def forget(self, wake_up: WakeUp, at: datetime) -> None:
        """Take `wake_up` back; one that has come or was never asked for changes nothing."""


class Timer(Protocol):
    """Wake-ups at a time."""

    def wake(self, wake_up: WakeUp, at: datetime) -> None:
        """Deliver `wake_up` to its trigger at or soon after `at`, at least once. Asking again changes nothing."""


class Outbox(Protocol):
    """The queues of the channels."""

    def enqueue(self, message: MessageRef) -> None:
        """Hand the message to its channel's function, at least once."""


class Bus(Protocol):
    """The event bus."""

    def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Put events ({source, detail-type, detail}) on the bus, all of them, at least once."""


class Provider(Protocol):
    """One channel's provider."""

    channel: Channel

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        """Hand one message over, once: no retry of any kind inside.

        Args:
            message: what to send.
            address: where to.
            receipt: goes along as a tag, so that the provider's receipts name the message.

        Raises:
            Throttled: the provider asks to come back later and has certainly not taken the message.
            Exception: anything else leaves it open whether the provider took it.
        """


class Recommender(Protocol):
    """Says which products go with what: the catalogue's own rows, or a model of the shop."""

    def recommend(self, asks: Sequence[Ask]) -> Sequence[tuple[str, ...]]:
        """The ids of products for each of `asks`, in their order, the best first; none where nothing is known.

        What is sold out or unknown may be among them: whoever asks looks the products up.

        Raises:
            Throttled: the store is overloaded.
        """


class Ports(NamedTuple):
    """What a trigger needs: cohorts and its own queue where it has `among`, a recommender if the shop has its own."""

    store: Store
    timer: Timer
    outbox: Outbox
    cohorts: Cohorts | None = None
    own_queue: OwnQueue | None = None
    recommender: Recommender | None = None

"""The handler of a channel: hands claimed messages to the channel's provider."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from nudgekit.errors import EventError
from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, work_through
from nudgekit.lambdas.news import Done, one_by_one_with_news
from nudgekit.lambdas.trigger import Handler
from nudgekit.model.base import Channel
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.ports import MessageRef

_ref: Final = TypeAdapter(MessageRef)


def deliver_handler(name: str) -> Handler:
    """The handler of the channel `name`, for Lambda to call."""
    channel = Channel(name)

    def handler(invocation: Invocation, context: object) -> Answer:  # noqa: ARG001  # Lambda's own signature
        return work_through(
            invocation, lambda body, _: read_message(body, channel), lambda refs: _deliver(refs, channel)
        )

    return handler


def read_message(body: Mapping[str, Any], channel: Channel) -> MessageRef:
    """The message that a record of the channel's queue names.

    Raises:
        EventError: it names none, or one of another channel.
    """
    try:
        ref = _ref.validate_python(body.get("message"))
    except ValidationError:
        raise EventError("names no message", "message", "see docs/reference/architecture.md") from None
    if ref.channel is not channel:
        raise EventError(f"belongs to channel {ref.channel}", "message.channel", f"this function serves {channel}")
    return ref


def _deliver(refs: Sequence[MessageRef], channel: Channel) -> Sequence[Outcome]:
    now = wiring.clock().now()
    hand_off: HandOff = wiring.hand_off(channel)
    snapshot = hand_off.read(refs)

    def work(ref: MessageRef) -> Done:
        delivery = hand_off.hand_off(ref, snapshot, now)
        return Done((delivery.report,), delivery.events)

    return one_by_one_with_news(refs, work)

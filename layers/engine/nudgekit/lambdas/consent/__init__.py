"""The handler that keeps what people allow: events of its queue, and requests of the links in messages."""

from collections.abc import Mapping
from typing import Any

from nudgekit.lambdas.batch import Invocation


def handler(invocation: Invocation, context: object) -> Mapping[str, Any]:  # noqa: ARG001  # Lambda's own signature
    """Answer a request of the HTTP API, or work through a batch."""
    context_of_request = invocation.get("requestContext") if isinstance(invocation, Mapping) else None
    if isinstance(context_of_request, Mapping) and "http" in context_of_request:
        from nudgekit.lambdas.consent import door  # noqa: PLC0415  # pages are needed for requests alone

        return door.answer(invocation)
    from nudgekit.lambdas.consent import queue  # noqa: PLC0415

    return queue.work(invocation)

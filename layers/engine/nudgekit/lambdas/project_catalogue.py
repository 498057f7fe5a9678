"""The handler that folds events into what the shop sells, and tells the bus what follows from them."""

from collections.abc import Sequence
from typing import Any

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, work_through
from nudgekit.lambdas.news import Done, told
from nudgekit.model.event import Event, parse_event
from nudgekit.runs.catalogue import Projected, project_catalogue


def handler(invocation: Invocation, context: object) -> Answer:  # noqa: ARG001  # Lambda's own signature
    """Fold the events of a batch."""
    now = wiring.clock().now()

    def parse(body: dict[str, Any], size: int) -> Event:
        return parse_event(body, now, size)

    def process(events: Sequence[Event]) -> Sequence[Outcome]:
        answers = project_catalogue(events, wiring.store(), now, wiring.suppression())
        return told([_done(answers[position]) for position in range(len(events))])

    return work_through(invocation, parse, process)


def _done(answer: Projected | Exception) -> Done | Exception:
    return answer if isinstance(answer, Exception) else Done((answer.report,), answer.events)

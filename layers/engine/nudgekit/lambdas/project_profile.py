"""The handler that folds every event into what is known about people and products."""

from collections.abc import Sequence
from typing import Any

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, work_through
from nudgekit.model.event import Event, parse_event
from nudgekit.runs.project import project


def handler(invocation: Invocation, context: object) -> Answer:  # noqa: ARG001  # Lambda's own signature
    """Fold the events of a batch."""
    now = wiring.clock().now()

    def parse(body: dict[str, Any], size: int) -> Event:
        return parse_event(body, now, size)

    def process(events: Sequence[Event]) -> Sequence[Outcome]:
        answers = project(events, wiring.store(), now)
        return [_outcome(answers[position]) for position in range(len(events))]

    return work_through(invocation, parse, process)


def _outcome(answer: Any) -> Outcome:
    return answer if isinstance(answer, Exception) else (answer,)

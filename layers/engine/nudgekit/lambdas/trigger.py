"""The handler of a trigger: start events, wake-ups and news of its messages, all from one queue."""

from collections.abc import Callable, Sequence
from typing import Any

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, one_by_one, work_through
from nudgekit.lambdas.observability import tell
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.signals import Signal, read_signal

Handler = Callable[[Invocation, object], Answer]


def trigger_handler(trigger_id: str) -> Handler:
    """The handler of the trigger `trigger_id`, for Lambda to call."""

    def handler(invocation: Invocation, context: object) -> Answer:  # noqa: ARG001  # Lambda's own signature
        now = wiring.clock().now()

        def parse(body: dict[str, Any], size: int) -> Signal:
            return read_signal(body, now, size)

        def process(signals: Sequence[Signal]) -> Sequence[Outcome]:
            conductor: Conductor = wiring.conductor(trigger_id)
            snapshot = conductor.read(signals)
            outcomes = one_by_one(signals, lambda signal: (conductor.conduct(signal, snapshot, now),))
            tell(conductor.finish(snapshot, now))
            return outcomes

        return work_through(invocation, parse, process)

    return handler

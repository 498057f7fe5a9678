"""The handler that folds every event into what is known about people, and says how far it has come."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from nudgekit.errors import EventError
from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, work_through
from nudgekit.model.event import Event, parse_event
from nudgekit.runs.beat import Beat, read_beat
from nudgekit.runs.operation import fold_to
from nudgekit.runs.project import project
from nudgekit.runs.reports import Report

BEAT: Final = Report("beat")
MISSED: Final = Report("ignored", reason="batch_failed")
"""What a beat comes to when something before it is not folded yet: the next one says it again."""


def handler(invocation: Invocation, context: object) -> Answer:  # noqa: ARG001  # Lambda's own signature
    """Fold the events of a batch."""
    now = wiring.clock().now()

    def parse(body: dict[str, Any], size: int) -> Event | Beat:
        return read_beat(body) or parse_event(body, now, size)

    def process(items: Sequence[Event | Beat]) -> Sequence[Outcome]:
        events = {position: item for position, item in enumerate(items) if isinstance(item, Event)}
        answers = project(list(events.values()), wiring.store(), now, wiring.suppression()) if events else {}
        outcomes = {position: _outcome(answers[number]) for number, position in enumerate(events)}
        beats = {position: item for position, item in enumerate(items) if isinstance(item, Beat)}
        outcomes |= _keep_time(beats, outcomes.values())
        return [outcomes[position] for position in range(len(items))]

    return work_through(invocation, parse, process)


def _keep_time(beats: Mapping[int, Beat], folded: Iterable[Outcome]) -> dict[int, Outcome]:
    """Write down how far folding has come: at most one write, after everything else of the batch is folded."""
    if not beats:
        return {}
    if any(isinstance(each, Exception) and not isinstance(each, EventError) for each in folded):
        return dict.fromkeys(beats, (MISSED,))
    fold_to(wiring.store(), wiring.clock().to_virtual(max(beat.at for beat in beats.values())))
    return dict.fromkeys(beats, (BEAT,))


def _outcome(answer: Any) -> Outcome:
    return answer if isinstance(answer, Exception) else (answer,)

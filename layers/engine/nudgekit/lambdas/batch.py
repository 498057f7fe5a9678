"""A batch worked through: what is malformed is set aside at once, what failed comes again, all else is done.

Powertools' Batch would work record by record; here a whole batch shares one read. Its import alone costs as much as
half of a handler's budget.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nudgekit.errors import EventError, EventFailed
from nudgekit.lambdas import wiring
from nudgekit.lambdas.envelopes import BARE, Record, body, records
from nudgekit.lambdas.observability import place, tell, tell_failure
from nudgekit.runs.reports import Report

Invocation = Mapping[str, Any]
Answer = dict[str, list[dict[str, str]]]
Outcome = tuple[Report, ...] | Exception
"""What became of one record: what was done, or the error that keeps it from being done."""

Parse = Callable[[dict[str, Any], int], Any]
"""Makes an item of a record's JSON and its size in bytes, or raises `EventError`."""


def work_through(invocation: Invocation, parse: Parse, process: Callable[[Sequence[Any]], Sequence[Outcome]]) -> Answer:
    """Work through everything the function was invoked with.

    Args:
        invocation: an SQS batch or one bare event.
        parse: makes an item of each record.
        process: does the work for all items and says of each, in order, what became of it.

    Returns:
        The records that must come again, as SQS wants to hear it.

    Raises:
        EventFailed: a bare event must come again.
    """
    outcomes: dict[Record, Outcome] = {}
    items: dict[Record, Any] = {}
    for record in records(invocation):
        try:
            items[record] = parse(body(record), record.size)
        except EventError as error:
            outcomes[record] = error
    outcomes |= zip(items, _processed(list(items.values()), process), strict=True)
    settled = {record: _set_aside(record, outcome) for record, outcome in outcomes.items()}
    tell(report for outcome in settled.values() if not isinstance(outcome, Exception) for report in outcome)
    return _answer({record: outcome for record, outcome in settled.items() if isinstance(outcome, Exception)})


def one_by_one[T](items: Sequence[T], work: Callable[[T], tuple[Report, ...]]) -> list[Outcome]:
    """What became of each item: one that fails does not keep the others from being done."""
    outcomes: list[Outcome] = []
    for item in items:
        try:
            outcomes.append(work(item))
        except Exception as error:  # whatever it is, the record comes again
            outcomes.append(error)
    return outcomes


def _processed(items: Sequence[Any], process: Callable[[Sequence[Any]], Sequence[Outcome]]) -> Sequence[Outcome]:
    if not items:
        return ()
    try:
        return process(items)
    except Exception as error:  # what they share failed: all of them come again
        return [error] * len(items)


def _set_aside(record: Record, outcome: Outcome) -> Outcome:
    """Puts what can never work onto the dead-letter queue; should that fail, it comes again."""
    if not isinstance(outcome, EventError):
        return outcome
    try:
        wiring.dead_letters().put(record.text, str(outcome))
    except Exception as error:
        return error
    return (REJECTED._replace(reason=str(outcome)),)


REJECTED: Final = Report("rejected")


def _answer(failed: Mapping[Record, Exception]) -> Answer:
    for record, error in failed.items():
        tell_failure(error)
        if record.id == BARE:
            raise EventFailed(f"{type(error).__name__} at {place(error)}") from None
    return {"batchItemFailures": [{"itemIdentifier": record.id} for record in failed]}

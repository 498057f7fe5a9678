"""Work whose outcome the bus must hear of: one call tells it of a whole batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Outcome
from nudgekit.runs.reports import Report


class Done(NamedTuple):
    """What was done for one item, and the events that tell the bus."""

    reports: tuple[Report, ...]
    events: tuple[Mapping[str, Any], ...]


def one_by_one_with_news[T](items: Sequence[T], work: Callable[[T], Done]) -> list[Outcome]:
    """What became of each item; see `told`."""
    return told([_attempt(item, work) for item in items])


def told(done: Sequence[Done | Exception]) -> list[Outcome]:
    """What became of each item. An item counts as done only once the bus has heard of it: else it comes again."""
    try:
        wiring.bus().publish([event for each in done if isinstance(each, Done) for event in each.events])
    except Exception as error:
        return [error if isinstance(each, Done) and each.events else _outcome(each) for each in done]
    return [_outcome(each) for each in done]


def _attempt[T](item: T, work: Callable[[T], Done]) -> Done | Exception:
    try:
        return work(item)
    except Exception as error:  # one that fails does not keep the others from being done
        return error


def _outcome(done: Done | Exception) -> Outcome:
    return done.reports if isinstance(done, Done) else done

"""The handler of people's own affairs: two ids that turn out to be one person, and what is kept of somebody.

Merges come from the bus by a queue. An export, an erasure or a look at what is left is asked for by invoking the
function directly, with {"export": id}, {"erase": id} or {"verify": id}; `nudgekit person` does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nudgekit.adapters.faults import code_of
from nudgekit.errors import EventError, EventFailed, NudgekitError
from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Invocation, Outcome, work_through
from nudgekit.lambdas.news import Done, one_by_one_with_news
from nudgekit.lambdas.observability import place, tell
from nudgekit.model.base import OF_ADDRESS
from nudgekit.model.event import parse_event
from nudgekit.runs.called_back import called_back
from nudgekit.runs.erase import left_of
from nudgekit.runs.export import export
from nudgekit.runs.merge import Identity, identities, merge
from nudgekit.runs.reports import Report

LONGEST: Final = 256


def handler(invocation: Invocation, context: object) -> dict[str, Any]:  # noqa: ARG001  # Lambda's own signature
    """Merge the ids of a batch, or do what was asked for."""
    for name, act in _ASKED.items():
        if isinstance(invocation, Mapping) and name in invocation:
            answer = _answered(act, _person(invocation[name], name))
            tell((Report(_DONE[name]),))
            return answer
    return work_through(invocation, _parse, _merge)


def _answered(act: Callable[[str], dict[str, Any]], person: str) -> dict[str, Any]:
    """The answer; an error that is not ours is told by its kind and place, as Lambda writes its text into the log."""
    try:
        return act(person)
    except NudgekitError:
        raise
    except Exception as error:
        raise EventFailed(f"{code_of(error)} at {place(error)}") from None


def _person(given: object, where: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST or given.startswith(OF_ADDRESS):
        raise EventError("names nobody", where, "give a person's id, a device's as anonymous:<id>")
    return given


def _parse(body: dict[str, Any], size: int) -> tuple[Identity, ...]:
    return identities(parse_event(body, wiring.clock().now(), size))


def _merge(said: Sequence[tuple[Identity, ...]]) -> list[Outcome]:
    now = wiring.clock().now()

    def work(each: tuple[Identity, ...]) -> Done:
        merged = tuple(merge(identity, wiring.store(), now, wiring.suppression()) for identity in each)
        waited = (event for identity in each for event in called_back(identity.old, wiring.store(), now))
        return Done(merged or (NOBODY_NEW,), tuple(waited))

    return one_by_one_with_news(said, work)


NOBODY_NEW: Final = Report("ignored", reason="one_id_alone")


def _export(person: str) -> dict[str, Any]:
    return export(
        person, wiring.people(), wiring.alarms(), wiring.trigger_of, wiring.clock().now(), wiring.trigger_ids()
    )


def _erase(person: str) -> dict[str, Any]:
    erased = wiring.eraser().erase(person, wiring.clock().now())
    return {**erased._asdict(), "at": erased.at.isoformat()}


def _verify(person: str) -> dict[str, Any]:
    people, erasure = wiring.people(), wiring.suppression().of_person(person)
    left = [f"{ref.kind} {ref.name}".strip() for ref in left_of(person, people, wiring.trigger_ids())]
    return {"left": left, "suppressed": erasure in people.read((erasure,))}


_ASKED: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {"export": _export, "erase": _erase, "verify": _verify}
_DONE: Final[Mapping[str, Any]] = {"export": "exported", "erase": "erased", "verify": "verified"}

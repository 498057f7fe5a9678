"""What goes wrong on the sample's day, and what is done about it: stops, providers that fail, queues that stand still.

Each is brought about the way it comes about: a stop is thrown as `nudgekit stop` throws it, a provider answers with a
fault, a queue is not read any more, a person is erased by the function that erases people. Only the people that a
safety limit counts are written down instead of messaged: the limit is five thousand within ten minutes.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, Protocol, cast, get_args

from nudgekit.book import Book
from nudgekit.errors import Problem
from nudgekit.language.policy import Policy
from nudgekit.model.operation import SAFETY
from nudgekit.model.tally import slice_at
from nudgekit.runs.documents import Count, Kind, Ref
from nudgekit.runs.operation import read_operation, resume, stop
from nudgekit.runs.ports import Store

Deed = Literal["stop", "resume", "count", "relieve", "fail", "mend", "halt", "go_on", "erase"]

DEEDS: Final = get_args(Deed)
BY: Final = "the sample"
FACTS: Final = "facts"
"""What `halt` and `go_on` call the queue that facts are folded from; else they name a channel."""


@dataclass(frozen=True)
class Incident:
    """One thing that happens to the service.

    Attributes:
        at: when, on the stage's clock.
        do: what.
        what: whom or what it concerns: a scope of stops, a trigger (empty: all), a channel, a queue, a person.
        why: the sentence of a stop.
        until: up to when people are counted.
    """

    at: datetime
    do: Deed
    what: str = ""
    why: str = ""
    until: datetime | None = None


class Premises(Protocol):
    """Where incidents happen: the local stack, or one in memory."""

    @property
    def store(self) -> Store:
        """Its documents."""

    def provide(self, channel: str, *, works: bool) -> None:
        """Let a channel's provider fail, or work again."""

    def read(self, queue: str, *, goes_on: bool) -> None:
        """Let nobody read a queue, or somebody again."""

    def erase(self, person: str) -> None:
        """Erase a person, as somebody asked for."""


def incidents(path: Path, by: timedelta) -> list[Incident]:
    """The incidents of a file, moved in time, in order."""
    told = (json.loads(line) for line in path.read_text().splitlines())
    return sorted((_incident(each, by) for each in told), key=lambda each: each.at)


def _incident(told: dict[str, str], by: timedelta) -> Incident:
    at, until = (datetime.fromisoformat(told[name]) + by if name in told else None for name in ("at", "until"))
    if at is None or told.get("do") not in DEEDS:
        raise Problem(f"An incident needs `at` and `do`, one of: {', '.join(DEEDS)}.")
    return Incident(at, cast("Deed", told["do"]), told.get("what", ""), told.get("why", ""), until)


def happen(incident: Incident, premises: Premises, book: Book, now: datetime) -> None:
    """Bring the incident about."""
    store, what = premises.store, incident.what
    match incident.do:
        case "stop":
            stop(store, what, BY, incident.why, now)
        case "resume":
            resume(store, what)
        case "count":
            for each in [what] if what else sorted(book.ids):
                count(store, book.policy, each, now, incident.until or now)
        case "relieve":
            relieve(store)
        case "fail" | "mend":
            premises.provide(what, works=incident.do == "mend")
        case "halt" | "go_on":
            premises.read(what, goes_on=incident.do == "go_on")
        case "erase":
            premises.erase(what)


def count(store: Store, policy: Policy, trigger: str, now: datetime, until: datetime) -> None:
    """Write down that the trigger reached as many people as its limit allows, so that nothing counts at `until`."""
    limit = policy.safety_limit(trigger)
    if limit is None:
        return
    at, more = now, dict[int, int]()
    while at <= max(now, until - limit.per * 1.2):
        more[slice_at(at, limit.per, None)] = limit.people
        at += limit.per / 2
    store.commit((Count(Ref(Kind.TALLY, trigger), more, (), until + limit.per),))


def relieve(store: Store) -> None:
    """Let everything go on that a safety limit stopped, once somebody has looked."""
    for scope, each in read_operation(store).stops.items():
        if each.by == SAFETY:
            resume(store, scope)


def play(found: Sequence[Incident], to_real: Callable[[datetime], datetime], each: Callable[[Incident], None]) -> None:
    """Bring each incident about at its moment by the wall's clock; one that is late at once."""
    for incident in found:
        time.sleep(max(0.0, (to_real(incident.at) - datetime.now(UTC)).total_seconds()))
        each(incident)

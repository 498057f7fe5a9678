"""Everything that is kept of a person: under their own id, and under every id that turned out to be theirs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from nudgekit.language.trigger import Trigger
from nudgekit.model.base import from_ms
from nudgekit.model.decision import Decision
from nudgekit.model.profile import Profile
from nudgekit.model.run import Run
from nudgekit.runs.addresses import addresses_of, alias_named
from nudgekit.runs.documents import Kind, Ref, Stored
from nudgekit.runs.kin import survivor
from nudgekit.runs.ports import People, WakeUp
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import due_after, wake_up_of

TriggerOf = Callable[[str, int], Trigger | None]
"""The trigger of an id in a version; None when it is no longer known."""

Documents = Mapping[Ref, Stored]


class Family(NamedTuple):
    """A person under all their ids.

    Attributes:
        person: the id that all is kept under.
        documents: of each id, what stands under it; the person's own comes first.
    """

    person: str
    documents: dict[str, Documents]

    @property
    def all(self) -> Iterator[tuple[Ref, Stored]]:
        """Every document."""
        for documents in self.documents.values():
            yield from documents.items()

    @property
    def profile(self) -> Profile:
        """The person's profile, blank when there is none."""
        stored = self.documents[self.person].get(Ref(Kind.PROFILE, self.person))
        return stored.value if stored is not None else Profile()

    @property
    def aliases(self) -> tuple[Ref, ...]:
        """Where the person may be listed as having an address."""
        devices = (addresses_of(self.profile.model_copy(update={"push": _revived(self.profile)})),)
        return (*(ref for each in devices for ref in each), *map(alias_named, sorted(self.profile.lingering)))


def _revived(profile: Profile) -> dict[str, object]:
    return {name: device._replace(dead=0, at=max(device.at, 1)) for name, device in profile.push.items()}


def family_of(person: str, store: People) -> Family:
    """Everything that is kept of `person`, whichever of their ids that is."""
    root = survivor(person, Snapshot(store))
    documents: dict[str, Documents] = {}
    waiting = [root, person]
    while waiting:
        one = waiting.pop(0)
        if one not in documents:
            documents[one] = store.of(one)
            waiting += sorted(ref.name for ref in documents[one] if ref.kind is Kind.LINK)
    return Family(root, documents)


def asked_for(family: Family, trigger_of: TriggerOf) -> list[tuple[WakeUp, datetime]]:
    """Every wake-up that may still be to come: those a run's row and its decisions tell of.

    A run takes the next step while a wake-up of an earlier one may still be under way; it finds its run gone on.
    """
    found: list[tuple[WakeUp, datetime]] = []
    for documents in family.documents.values():
        decisions = [(ref.name, stored.value) for ref, stored in documents.items() if ref.kind is Kind.TRACE]
        for ref, stored in documents.items():
            if ref.kind is Kind.RUN:
                found += _of_run(stored.value, decisions, trigger_of(stored.value.trigger, stored.value.version))
    return list(dict.fromkeys(found))


def _of_run(
    run: Run, decisions: list[tuple[str, Decision]], trigger: Trigger | None
) -> Iterator[tuple[WakeUp, datetime]]:
    yield wake_up_of(run), run.due_at
    yield from ((_step(run, step), at) for step, at in run.overtaken)
    first = _first_due(run, trigger)
    if first is not None:
        yield _step(run, 1), first
    for name, decision in decisions:
        if (decision.trigger, decision.run, decision.occurrence) == (run.trigger, run.key, run.occurrence):
            at = _next_due(run, decision, trigger)
            if at is not None:
                yield _step(run, int(name.rpartition("-")[2]) + 1), at


def _first_due(run: Run, trigger: Trigger | None) -> datetime | None:
    """When the run was due first; of one whose time was named anew, `overtaken` tells."""
    if trigger is None or run.first_due is not None:
        return run.first_due
    return trigger.at.of(run.about) if trigger.at is not None else from_ms(run.occurrence) + trigger.within


def _next_due(run: Run, decision: Decision, trigger: Trigger | None) -> datetime | None:
    if decision.do != "send":
        return decision.until
    if trigger is None or not 0 <= decision.rung < len(trigger.ladder):
        return None
    return due_after(trigger, decision.rung, decision.at, run.expires_at)


def _step(run: Run, step: int) -> WakeUp:
    return wake_up_of(run)._replace(step=step)

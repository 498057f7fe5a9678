"""Who somebody turned out to be, and whether they were erased: asked before anything is written of a person."""

from collections.abc import Iterable
from typing import NamedTuple

from nudgekit.model.facts import Facts
from nudgekit.runs.documents import Check, Kind, Ref, Write
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.suppression import Suppression, erased_at


def survivor(person: str, snapshot: Snapshot) -> str:
    """The person that `person` is kept as; `person` itself when nobody said otherwise.

    Merges never close a circle, so the way ends.
    """
    while found := merged_into(person, snapshot):
        person = found
    return person


def merged_into(person: str, snapshot: Snapshot) -> str:
    """Who `person` was merged into; empty: nobody."""
    facts: Facts | None = snapshot.get(Ref(Kind.FACTS, person)).value
    return facts.merged_into if facts is not None else ""


class Known(NamedTuple):
    """A person's facts, and what must still hold when something is written of the person.

    Attributes:
        facts: as read; blank for somebody unknown, but for when they were erased.
        checks: the documents that were looked at, each with its version.
    """

    facts: Facts
    checks: tuple[Check, ...]

    def guards(self, writes: Iterable[Write]) -> list[Write]:
        """The checks to go along with `writes`: who is merged away or erased meanwhile is not written of."""
        written = {write.ref for write in writes}
        return [check for check in self.checks if check.ref not in written]


def known_facts(person: str, snapshot: Snapshot, suppression: Suppression | None) -> Known:
    """The facts of `person`. Of somebody unknown it is looked up whether they were erased."""
    ref = Ref(Kind.FACTS, person)
    stored = snapshot.get(ref)
    if stored.value is not None:
        return Known(stored.value, (Check(ref, stored.version),))
    if suppression is None:
        return Known(Facts(), (Check(ref, 0),))
    erasure = suppression.of_person(person)
    facts = Facts(erased_at=erased_at(erasure, snapshot))
    return Known(facts, (Check(ref, 0), Check(erasure, snapshot.get(erasure).version)))

"""Everything about a person deleted, but for a keyed hash by which the person and the addresses are known again.

The erasure may die anywhere and be asked for again: what is done stays done, and the ids that lead to the rest go last.
First the hashes are written: from then on nothing is armed and nobody is made anew by what happened before. Then the
facts are closed: whoever still writes of the person has looked at them, and fails. Only then is anything deleted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Final, NamedTuple

from nudgekit.errors import Conflict
from nudgekit.model.base import from_ms, to_ms
from nudgekit.model.facts import Facts
from nudgekit.model.kin import Suppressed
from nudgekit.model.wave import Wave
from nudgekit.runs.addresses import address_owner
from nudgekit.runs.documents import ABSENT, Delete, Kind, Put, Ref, Stored
from nudgekit.runs.family import Documents, Family, TriggerOf, asked_for, family_of
from nudgekit.runs.followers import rows_of
from nudgekit.runs.pages import put_wave
from nudgekit.runs.ports import Alarms, People
from nudgekit.runs.suppression import Suppression

TRIES: Final = 10
AT_ONCE: Final = 25
"""Documents deleted in one transaction: few, so that one that just changed holds up few others."""


_LAST: Final = {Kind.FACTS, Kind.LINK}
"""What leads from one id to the other."""


class Erased(NamedTuple):
    """What an erasure did.

    Attributes:
        at: up to when nothing counts any more.
        documents, wake_ups, aliases: how many were deleted.
    """

    at: datetime
    documents: int
    wake_ups: int
    aliases: int


class Eraser:
    """Erases people.

    Args:
        store: where everything is kept.
        alarms: wake-ups that were asked for.
        trigger_of: the rules, to know which wake-ups those are.
        suppression: writes down who was erased.
        triggers: whose waves may have come as far as the person.
    """

    def __init__(
        self,
        store: People,
        alarms: Alarms,
        trigger_of: TriggerOf,
        suppression: Suppression,
        triggers: Sequence[str] = (),
    ) -> None:
        self.store, self.alarms, self.trigger_of, self.suppression = store, alarms, trigger_of, suppression
        self.triggers = triggers

    def erase(self, person: str, now: datetime) -> Erased:
        """Delete everything about `person`, under whichever of their ids they are named.

        Raises:
            Conflict: others keep writing of the person; it should be asked for again.
        """
        at = self._close(person, now)
        family = family_of(person, self.store)
        wake_ups = self._forget(family)
        aliases = self._leave(family)
        documents = sum(self._clear(each, family) for each in family.documents)
        self._pass(family, now)
        documents += self._unlink(person, family)
        return Erased(at, documents, wake_ups, aliases)

    def _close(self, person: str, now: datetime) -> datetime:
        """Write the hashes, then close the facts; says as of when."""
        for _ in range(TRIES):
            family = family_of(person, self.store)
            stored = family.documents[family.person].get(Ref(Kind.FACTS, family.person), ABSENT)
            facts: Facts = stored.value or Facts()
            at = from_ms(facts.erased_at) if facts.erasing else now
            try:
                self._suppress(family, at)
                if stored.version and not facts.erasing:
                    closed = Facts(erased_at=to_ms(at), erasing=True)
                    self.store.commit((Put(Ref(Kind.FACTS, family.person), closed, stored.version),))
            except Conflict:
                continue
            if family_of(person, self.store).documents.keys() == family.documents.keys():
                return at
        raise Conflict("facts")

    def _suppress(self, family: Family, at: datetime) -> None:
        people = (self.suppression.of_person(each) for each in family.documents)
        addresses = (self.suppression.of_alias(each.owner) for each in family.aliases)
        refs = tuple(dict.fromkeys((*people, *addresses)))
        found = self.store.read(refs)
        puts = [
            Put(ref, Suppressed(at=at), found.get(ref, ABSENT).version)
            for ref in refs
            if ref not in found or found[ref].value.at < at
        ]
        for part in batched(puts, AT_ONCE):
            self.store.commit(part)

    def _forget(self, family: Family) -> int:
        asked = asked_for(family, self.trigger_of)
        waiting = [each for each in asked if self.alarms.waits(*each)]
        for wake_up, at in waiting:
            self.alarms.forget(wake_up, at)
        return len(waiting)

    def _leave(self, family: Family) -> int:
        """The person is listed under no address any more."""
        left = 0
        for ref in family.aliases:
            for _ in range(TRIES):
                try:
                    left += self._leave_one(ref, set(family.documents))
                    break
                except Conflict:
                    continue
            else:
                raise Conflict("alias")
        return left

    def _leave_one(self, ref: Ref, ids: set[str]) -> int:
        stored = self.store.read((ref,)).get(ref, ABSENT)
        people: tuple[str, ...] = stored.value or ()
        if not ids & set(people):
            return 0
        rest = tuple(each for each in people if each not in ids)
        if not rest:  # what was said from it goes as well: the hash keeps out all that was granted till now
            self._delete(self.store.of(address_owner(ref)).items())
        self.store.commit((Put(ref, rest, stored.version) if rest else Delete(ref, stored.version),))
        return 1

    def _clear(self, one: str, family: Family) -> int:
        """Delete what stands under one id, but for what leads from one id to the other."""
        gone = 0
        for _ in range(TRIES):
            found = {ref: stored for ref, stored in self.store.of(one).items() if ref.kind not in _LAST}
            if not found:
                return gone
            gone += self._unfollow(one, found)
            self._unsell(found, family)
            gone += self._delete(found.items())
        raise Conflict("documents")

    def _unfollow(self, one: str, found: Mapping[Ref, Stored]) -> int:
        """The rows among the followers go before the list that names them."""
        following = found.get(Ref(Kind.FOLLOWING, one), ABSENT)
        if following.value is None:
            return 0
        gone = 0
        for rows in batched(rows_of(one, following.value), AT_ONCE):
            for _ in range(TRIES):
                left = self.store.read(rows)
                if not left:
                    break
                gone += self._delete(left.items())
            else:
                raise Conflict("follower")
        return gone

    def _unsell(self, found: Mapping[Ref, Stored], family: Family) -> None:
        """What the person sells is the shop's to keep; who sells it goes before the row that tells of it."""
        for sold in [ref for ref in found if ref.kind is Kind.SELLING]:
            ref = Ref(Kind.PRODUCT, sold.name)
            for _ in range(TRIES):
                stored = self.store.read((ref,)).get(ref, ABSENT)
                if stored.value is None or stored.value.seller_id not in family.documents:
                    break
                try:
                    self.store.commit((Put(ref, stored.value.unsold, stored.version, stored.value.status),))
                except Conflict:
                    continue
            else:
                raise Conflict("product")

    def _pass(self, family: Family, now: datetime) -> None:
        """A wave that came as far as the person asks that share once more: whom it asked before, it asks in vain."""
        for ref in naming(family, self.store.waves(self.triggers)):
            for _ in range(TRIES):
                stored = self.store.read((ref,)).get(ref, ABSENT)
                if ref not in naming(family, {ref: stored} if stored.value is not None else {}):
                    break
                wave: Wave = stored.value
                places = {part: "" if _names(rank, family) else rank for part, rank in wave.places.items()}
                moved = wave.model_copy(update={"places": places})
                try:
                    self.store.commit((put_wave(ref, moved, stored.version, now),))
                except Conflict:
                    continue
            else:
                raise Conflict("wave")

    def _delete(self, found: Iterable[tuple[Ref, Stored]]) -> int:
        gone = 0
        for part in batched([Delete(ref, stored.version) for ref, stored in found], AT_ONCE):
            try:
                self.store.commit(part)
                gone += len(part)
            except Conflict:  # one of them just changed: all are looked up again
                continue
        return gone

    def _unlink(self, named: str, family: Family) -> int:
        """Delete what leads from one id to the other; the way from the id that was named to the person goes last.

        What is farthest from the person goes first: nothing is left behind that no way leads to.
        """
        links = [ref for ref, _ in family.all if ref.kind is Kind.LINK]
        way = {named} | {ref.name for ref in links if _leads(named, ref.name, links)}
        gone = sum(self._gone((ref, Ref(Kind.FACTS, ref.name))) for ref in reversed(links) if ref.name not in way)
        last = [ref for ref in links if ref.name in way]
        return gone + self._gone((*last, *(Ref(Kind.FACTS, ref.name) for ref in last), Ref(Kind.FACTS, family.person)))

    def _gone(self, refs: Sequence[Ref]) -> int:
        found = self.store.read(refs)
        if found:
            self.store.commit([Delete(ref, stored.version) for ref, stored in found.items()])
        return len(found)


def _leads(named: str, person: str, links: Sequence[Ref]) -> bool:
    """Whether `named` was merged into `person`, directly or by way of others."""
    into = {ref.name: ref.owner for ref in links}
    while named in into and named != person:
        named = into[named]
    return named == person


def naming(family: Family, waves: Mapping[Ref, Stored]) -> list[Ref]:
    """Those of `waves` that have come as far as the person."""
    return [ref for ref, stored in waves.items() if any(_names(rank, family) for rank in stored.value.places.values())]


def _names(rank: str, family: Family) -> bool:
    """Whether a rank is the person's among everybody, or among followers, where it begins with a time."""
    return rank in family.documents or rank.partition("#")[2] in family.documents


def left_of(person: str, store: People, triggers: Sequence[str] = ()) -> list[Ref]:
    """What still stands under any id of `person`, and each alias or wave that names them: nothing, after an erasure."""
    family = family_of(person, store)
    aliases = store.read(family.aliases)
    rows = [row for one, documents in family.documents.items() for row in _rows(one, documents)]
    listed = [ref for ref, stored in aliases.items() if set(stored.value) & set(family.documents)]
    return [*(ref for ref, _ in family.all), *listed, *store.read(rows), *naming(family, store.waves(triggers))]


def _rows(one: str, documents: Documents) -> tuple[Ref, ...]:
    stored = documents.get(Ref(Kind.FOLLOWING, one), ABSENT)
    return rows_of(one, stored.value) if stored.value is not None else ()

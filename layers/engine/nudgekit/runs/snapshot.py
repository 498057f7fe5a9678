"""What a batch of signals needs to know, read once."""

from collections.abc import Iterable, Sequence

from nudgekit.errors import Conflict
from nudgekit.runs.cohorts import with_zones
from nudgekit.runs.documents import ABSENT, ZONES, Count, Delete, Put, Ref, Stored, Write
from nudgekit.runs.ports import Store


class Snapshot:
    """Documents as read, kept up to date with what this process writes."""

    def __init__(self, store: Store, refs: Iterable[Ref] = ()) -> None:
        self.store = store
        self.documents: dict[Ref, Stored] = {}
        self.refresh(refs)

    def refresh(self, refs: Iterable[Ref]) -> None:
        """Read `refs` again."""
        wanted = tuple(dict.fromkeys(refs))
        if wanted:
            found = self.store.read(wanted)
            self.documents |= {ref: found.get(ref, ABSENT) for ref in wanted}

    def get(self, ref: Ref) -> Stored:
        """A document as last known."""
        if ref not in self.documents:
            self.refresh((ref,))
        return self.documents[ref]

    def commit(self, puts: Sequence[Write]) -> None:
        """Write `puts` to the store and remember them."""
        if puts:
            puts = with_zones(puts, self.get)
            self._write(puts)
            self.documents |= {put.ref: Stored(put.value, put.expect + 1) for put in puts if isinstance(put, Put)}
            self.documents |= {gone.ref: ABSENT for gone in puts if isinstance(gone, Delete)}
            for count in (each for each in puts if isinstance(each, Count)):
                self.documents.pop(count.ref, None)  # others count too: what it says now only the store knows

    def _write(self, puts: Sequence[Write]) -> None:
        try:
            self.store.commit(puts)
        except Conflict:
            self.documents.pop(ZONES, None)  # nobody asked for it, so nobody else reads it anew
            raise

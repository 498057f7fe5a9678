"""Folding a batch: every event gets its answer, and one person's trouble is nobody else's."""

from collections.abc import Sequence

from nudgekit.adapters.memory import MemoryStore
from nudgekit.errors import Conflict, EventError
from nudgekit.runs.documents import Kind, Write
from nudgekit.runs.project import project
from nudgekit.runs.reports import Report
from tests.builders import NOON, make_event


def test_names_that_the_contract_does_not_know_are_folded_and_counted() -> None:
    answers = project([make_event(), make_event("Prodcut Added")], MemoryStore(), NOON)
    assert answers == {0: Report("folded"), 1: Report("folded", reason="unknown_name")}


def test_an_event_folded_before_is_a_duplicate_and_writes_nothing() -> None:
    store, event = MemoryStore(), make_event()
    project([event], store, NOON)
    before = dict(store.rows)
    assert project([event], store, NOON) == {0: Report("duplicate")}
    assert store.rows == before


def test_a_malformed_saying_is_refused_and_the_rest_is_folded() -> None:
    answers = project([make_event("Consent Updated", NOON, {"status": "granted"}), make_event()], MemoryStore(), NOON)
    assert isinstance(answers[0], EventError)
    assert answers[1] == Report("folded")


def test_a_person_who_says_much_at_once_is_heard_in_parts() -> None:
    sizes: list[int] = []

    class Counting(MemoryStore):
        def commit(self, puts: Sequence[Write]) -> None:
            sizes.append(len(puts))
            super().commit(puts)

    said = {"channel": "email", "purpose": "promotional", "status": "granted"}
    answers = project([make_event("Consent Updated", NOON, said) for _ in range(100)], Counting(), NOON)
    assert set(answers.values()) == {Report("folded")}
    assert sum(sizes) >= 100
    assert max(sizes) <= 100


class Stubborn(MemoryStore):
    """Somebody else is always faster with one person's facts."""

    def commit(self, puts: Sequence[Write]) -> None:
        if any(put.ref.owner == "busy" and put.ref.kind is Kind.FACTS for put in puts):
            raise Conflict("facts")
        super().commit(puts)


def test_one_persons_conflict_does_not_hold_up_the_others() -> None:
    answers = project([make_event(person="busy"), make_event(person="calm")], Stubborn(), NOON)
    assert isinstance(answers[0], Conflict)
    assert answers[1] == Report("folded")

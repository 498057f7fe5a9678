"""Folding a batch: every event gets its answer, and one person's trouble is nobody else's."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from nudgekit.adapters.memory import MemoryStore
from nudgekit.errors import Conflict, EventError
from nudgekit.model.base import to_ms
from nudgekit.model.facts import Facts
from nudgekit.model.profile import Profile
from nudgekit.runs.documents import Kind, Ref, Write
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


def test_what_a_register_answered_is_kept_by_register_and_channel() -> None:
    store = MemoryStore()
    said = {"register": "sg-dnc", "channel": "sms", "listed": False, "phone": "+6591234567"}
    later = make_event("Registry Checked", NOON - timedelta(days=1), {**said, "listed": True})
    earlier = make_event("Registry Checked", NOON - timedelta(days=2), said)
    assert set(project([later, earlier], store, NOON).values()) == {Report("folded")}
    profile: Profile = store.get(Ref(Kind.PROFILE, "u1")).value
    check = profile.checks["sg-dnc|sms"]
    assert (check.at, check.listed) == (to_ms(NOON - timedelta(days=1)), True)
    assert "6591234567" not in repr(profile.checks)


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "sms", "listed": False},
        {"register": "", "channel": "sms", "listed": False},
        {"register": "sg-dnc", "listed": False},
        {"register": "sg-dnc", "channel": "letter", "listed": False},
        {"register": "sg-dnc", "channel": "sms", "listed": "no"},
    ],
)
def test_an_answer_that_says_too_little_is_refused(wrong: dict[str, object]) -> None:
    (answer,) = project([make_event("Registry Checked", NOON, wrong)], MemoryStore(), NOON).values()
    assert isinstance(answer, EventError)
    assert "register, channel, listed" in answer.what


def test_what_people_write_and_what_providers_hold_back_is_remembered() -> None:
    store = MemoryStore()
    moments = [NOON - timedelta(hours=hours) for hours in (3, 2, 1)]
    events = [
        make_event("Message Received", moments[0], {"channel": "whatsapp", "from_ad": True}),
        make_event("Message Received", moments[1], {"channel": "whatsapp"}),
        make_event("Message Received", moments[2], {"channel": "pigeon"}),
        make_event("Message Held Back", moments[2], {"channel": "whatsapp", "message": "m1"}, event_id="m1:held_back"),
        make_event("Message Held Back", moments[2], {"channel": "whatsapp", "message": "m1"}, event_id="m1:held_back"),
    ]
    project(events, store, NOON)
    facts: Facts = store.get(Ref(Kind.FACTS, "u1")).value
    assert facts.heard_at("whatsapp") == to_ms(moments[1])
    assert facts.heard_at("whatsapp", from_ad=True) == to_ms(moments[0])
    assert facts.held_back_at("whatsapp") == [to_ms(moments[2])]
    assert facts.held_back_at("sms") == []
    assert facts.heard_at("pigeon") == 0

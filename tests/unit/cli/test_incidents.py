"""What goes wrong on the sample's day comes about as it would: by stops, queues, counts, and whoever erases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.adapters.memory import MemoryStore
from nudgekit.book import Book, load_book
from nudgekit.cli.incidents import BY, Deed, Incident, happen, incidents, play
from nudgekit.errors import Problem
from nudgekit.model.operation import SAFETY
from nudgekit.model.tally import Tally
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.operation import read_operation, stop

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = Path(__file__).parents[3] / "rules"


class Premises:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.store, self.asked = MemoryStore(), list[tuple[Any, ...]]()

    def provide(self, channel: str, *, works: bool) -> None:
        self.asked.append(("provide", channel, works))

    def read(self, queue: str, *, goes_on: bool) -> None:
        self.asked.append(("read", queue, goes_on))

    def erase(self, person: str) -> None:
        self.asked.append(("erase", person))


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(RULES)


def test_a_stop_is_thrown_and_lifted(book: Book) -> None:
    premises = Premises()
    happen(Incident(NOON, "stop", "all", "wrong prices"), premises, book, NOON)
    held = read_operation(premises.store).stops["all"]
    assert (held.by, held.why, held.at) == (BY, "wrong prices", NOON)
    happen(Incident(NOON, "resume", "all"), premises, book, NOON)
    assert not read_operation(premises.store).stops


def test_providers_queues_and_people_are_left_to_the_premises(book: Book) -> None:
    premises = Premises()
    deeds: tuple[tuple[Deed, str], ...] = (
        ("fail", "push"),
        ("mend", "push"),
        ("halt", "facts"),
        ("go_on", "facts"),
        ("erase", "ada"),
    )
    for do, what in deeds:
        happen(Incident(NOON, do, what), premises, book, NOON)
    assert premises.asked == [
        ("provide", "push", False),
        ("provide", "push", True),
        ("read", "facts", False),
        ("read", "facts", True),
        ("erase", "ada"),
    ]


@pytest.mark.parametrize("trigger", ["cart_abandonment", "flash_sale"])
def test_a_trigger_seems_to_have_reached_its_limit_for_a_while_and_no_longer(book: Book, trigger: str) -> None:
    premises, until = Premises(), NOON + timedelta(hours=2, minutes=30)
    happen(Incident(NOON, "count", trigger, until=until), premises, book, NOON)
    tally: Tally = premises.store.get(Ref(Kind.TALLY, trigger)).value
    limit = book.policy.safety_limit(trigger)
    assert limit is not None
    assert all(
        tally.within(NOON + timedelta(minutes=minutes), limit.per, None) >= limit.people for minutes in range(0, 60, 7)
    )
    assert tally.within(until, limit.per, None) == 0


def test_all_triggers_are_counted_when_none_is_named(book: Book) -> None:
    premises = Premises()
    happen(Incident(NOON, "count", until=NOON + timedelta(hours=1)), premises, book, NOON)
    assert {ref.owner for ref in premises.store.rows if ref.kind is Kind.TALLY} == set(book.ids)


def test_only_what_a_limit_stopped_is_relieved(book: Book) -> None:
    premises = Premises()
    stop(premises.store, "trigger:price_drop", SAFETY, "too many", NOON)
    stop(premises.store, "trigger:time_alert", "ada", "a typo", NOON)
    happen(Incident(NOON, "relieve"), premises, book, NOON)
    assert set(read_operation(premises.store).stops) == {"trigger:time_alert"}


def test_a_file_is_read_in_order_and_moved(tmp_path: Path) -> None:
    path = tmp_path / "incidents.jsonl"
    path.write_text(
        '{"at": "2026-03-01T12:00:00Z", "do": "mend", "what": "sms"}\n'
        '{"at": "2026-03-01T11:00:00Z", "do": "count", "until": "2026-03-01T11:30:00Z"}\n'
    )
    first, second = incidents(path, timedelta(days=7))
    assert first == Incident(
        datetime(2026, 3, 8, 11, tzinfo=UTC), "count", until=datetime(2026, 3, 8, 11, 30, tzinfo=UTC)
    )
    assert second == Incident(datetime(2026, 3, 8, 12, tzinfo=UTC), "mend", "sms")


def test_what_is_no_incident_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "incidents.jsonl"
    path.write_text('{"at": "2026-03-01T12:00:00Z", "do": "explode"}\n')
    with pytest.raises(Problem, match="`do`, one of: stop"):
        incidents(path, timedelta())


def test_what_is_late_comes_at_once_and_in_order() -> None:
    seen: list[Incident] = []
    told = [Incident(NOON - timedelta(hours=hours), "mend", "sms") for hours in (2, 1)]
    play(told, lambda _: datetime(2020, 1, 1, tzinfo=UTC), seen.append)
    assert seen == told

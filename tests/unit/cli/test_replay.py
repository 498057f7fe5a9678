"""Events are moved in time together and sent when the stage's clock says so, ten at a time."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.cli import bus
from nudgekit.cli.formats.parts import Event, event, happened
from nudgekit.cli.replay import at_once, due, moved, whole_days, whole_weeks
from nudgekit.errors import Problem

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def viewed(seconds: float, mark: str = "1") -> Event:
    return event("shop", "Product Viewed", {"user_id": "u"}, NINE + timedelta(seconds=seconds), message_id=mark)


class Bus:
    """Refuses the entries whose ids it is told to, each once."""

    def __init__(self, *refuse: str) -> None:
        self.refuse, self.calls = list(refuse), list[list[str]]()

    def put_events(self, Entries: Sequence[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as boto3 calls it
        ids = [json.loads(entry["Detail"])["message_id"] for entry in Entries]
        self.calls.append(ids)
        answers = [{"ErrorCode": "ThrottlingException"} if mark in self.refuse else {"EventId": mark} for mark in ids]
        for mark in ids:
            if mark in self.refuse:
                self.refuse.remove(mark)
        return {"FailedEntryCount": sum("ErrorCode" in each for each in answers), "Entries": answers}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "PAUSE", 0)


def test_only_refused_entries_are_sent_again() -> None:
    target = Bus("2", "3")
    assert bus.put(target, "b", [viewed(0, "1"), viewed(0, "2"), viewed(0, "3")]) == 2
    assert target.calls == [["1", "2", "3"], ["2", "3"]]


def test_events_that_are_never_taken_are_a_problem() -> None:
    target = Bus(*["1"] * 100)
    with pytest.raises(Problem, match=r"1 events were not taken by the bus b: ThrottlingException"):
        bus.put(target, "b", [viewed(0)])


def test_events_go_in_tens() -> None:
    target, counted = Bus(), list[int]()
    at_once(target, "b", [viewed(0, str(number)) for number in range(23)], counted.append)
    assert sorted(len(call) for call in target.calls) == [3, 10, 10]
    assert sum(counted) == 23


def test_moving_keeps_the_distances() -> None:
    first, second = moved([viewed(0), viewed(90)], timedelta(days=3))
    assert happened(first) == NINE + timedelta(days=3)
    assert happened(second) - happened(first) == timedelta(seconds=90)


def test_whole_days_keep_the_time_of_day() -> None:
    today = datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert (NINE + whole_days(NINE, today)).isoformat() == "2026-11-22T09:00:00+00:00"


def test_whole_weeks_keep_the_day_of_the_week() -> None:
    today = datetime(2026, 11, 25, 5, tzinfo=UTC)
    assert NINE + whole_weeks(NINE, today) == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert whole_weeks(NINE, NINE + timedelta(days=6)) == timedelta(0)


def test_the_times_that_an_event_names_move_along() -> None:
    sale = viewed(0)
    sale["detail"]["properties"] = {"ends_at": "2026-03-02T15:00:00+01:00", "until": "2026-03-05", "name": "2026 Sale"}
    (later,) = moved([sale], timedelta(days=7))
    assert later["detail"]["properties"] == {
        "ends_at": "2026-03-09T14:00:00.000Z",
        "until": "2026-03-12",
        "name": "2026 Sale",
    }


def test_events_are_due_in_order_when_a_faster_clock_shows_their_time() -> None:
    real = datetime(2026, 11, 22, 5, tzinfo=UTC)
    clock = Clock(NINE, real, 60)
    groups = list(due([viewed(120, "c"), viewed(2, "b"), viewed(1, "a")], clock))
    assert [(at - real, [each["detail"]["message_id"] for each in group]) for at, group in groups] == [
        (timedelta(seconds=0.1), ["a", "b"]),
        (timedelta(seconds=2), ["c"]),
    ]


@pytest.mark.parametrize("pace", [60.0, 14_400.0, 43_200.0])
def test_no_event_is_put_before_its_time(pace: float) -> None:
    clock = Clock(NINE, datetime(2026, 11, 22, 5, tzinfo=UTC), pace)
    for at, group in due([viewed(number * 977, str(number)) for number in range(50)], clock):
        assert all(happened(each) <= clock.to_virtual(at) for each in group)


def test_what_arrived_late_is_due_when_it_arrived_and_says_when_it_happened() -> None:
    real = datetime(2026, 11, 22, 5, tzinfo=UTC)
    (late,) = moved([{**viewed(0), "arrived": "2026-03-02T09:10:00.000Z"}], timedelta(days=1))
    assert happened(late) == NINE + timedelta(days=1)
    ((at, (event,)),) = due([late], Clock(NINE + timedelta(days=1), real, 60))
    assert (at - real, event) == (timedelta(seconds=10), late)


def test_a_clock_survives_being_written_and_read() -> None:
    clock = Clock(NINE, datetime(2026, 11, 22, 5, tzinfo=UTC), 600.0)
    assert Clock.parse(str(clock), "local") == clock

"""The clock on which the benchmark `beside` plays functions: work overlaps as its waiting makes it, and lanes hold."""

from functools import partial

import pytest

from tests.benchmarks.account import Lane, Record, Source
from tests.benchmarks.virtual import Time

FAST = 1e12
"""A core on which work takes no time: what is left is waiting."""


def test_pieces_of_work_overlap_while_they_wait() -> None:
    time = Time(FAST)
    told: list[tuple[str, float]] = []

    def work(name: str, seconds: float) -> None:
        time.pause(seconds)
        told.append((name, round(time.now, 3)))
        time.pause(seconds)
        told.append((name, round(time.now, 3)))

    time.start(partial(work, "slow", 3.0))
    time.start(partial(work, "fast", 2.0))
    time.play(until=10.0)
    assert told == [("fast", 2.0), ("slow", 3.0), ("fast", 4.0), ("slow", 6.0)]


def test_the_processors_time_counts_at_the_speed_of_the_core() -> None:
    slow, quick = Time(0.001), Time(1.0)
    ended: dict[Time, float] = {}
    for time in (slow, quick):
        time.start(partial(_count_and_say, time, ended))
        time.play(until=1e9)
    assert ended[slow] > ended[quick] > 0


def _count_and_say(time: Time, ended: dict[Time, float]) -> None:
    sum(range(200_000))
    time.pause(0)
    ended[time] = time.now


def test_trouble_in_a_piece_of_work_comes_out() -> None:
    time = Time(FAST)

    def work() -> None:
        time.pause(1.0)
        raise ValueError("here")

    time.start(work)
    with pytest.raises(ValueError, match="here"):
        time.play(until=2.0)


def lane(time: Time, done: dict[str, float], most: int, batch: int = 1) -> Lane:
    """A lane whose every batch takes a second."""

    def invoke(records: list[Record]) -> list[Record]:
        time.pause(1.0)
        done.update({each.body: time.now for each in records})
        return []

    return Lane(time, invoke, [Source("function", "queue", most, batch, 0.0)])


def put(own: Lane, *bodies: str) -> None:
    own.put([Record("queue", body, own.time.now) for body in bodies])


def test_a_lane_works_on_as_much_as_it_has_functions_for() -> None:
    time, done = Time(FAST), dict[str, float]()
    put(lane(time, done, most=2, batch=2), "a", "b", "c", "d", "e")
    time.play(until=10.0)
    assert {body: round(at) for body, at in done.items()} == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 2}


def test_who_comes_behind_many_waits_and_who_has_a_lane_does_not() -> None:
    time, done = Time(FAST), dict[str, float]()
    shared, own = lane(time, done, most=2), lane(time, done, most=1)
    put(shared, *(f"many-{number}" for number in range(20)), "behind them")
    put(own, "in its own lane")
    time.play(until=60.0)
    assert round(done["behind them"]) == 11
    assert round(done["in its own lane"]) == 1


def test_what_failed_comes_again_when_the_queue_shows_it_again() -> None:
    time, tried = Time(FAST), list[float]()

    def invoke(records: list[Record]) -> list[Record]:
        tried.append(time.now)
        return records if len(tried) == 1 else []

    put(Lane(time, invoke, [Source("function", "queue", 1, 10, 0.0)]), "once more")
    time.play(until=300.0)
    assert [round(at) for at in tried] == [0, 130]

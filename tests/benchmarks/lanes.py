"""Who waits for whom: queues with so many functions each, played on a clock of their own.

A queue gives the oldest messages to the next function that is free, at most ten at once; a function is busy for a fixed
time. Nothing of AWS is in it but that, and the concurrency that template.yaml sets.
"""

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from statistics import median, quantiles
from typing import Final, NamedTuple

from tests.functional.deployment import ROOT
from tests.template import checks

AT_ONCE: Final = 10
STEP: Final = 0.05
"""Seconds between arrivals that come together: queues are asked no more often."""


class Waits(NamedTuple):
    """Seconds from queue to provider: of the median message, and of 95 in 100."""

    median: float
    late: float


def concurrency() -> Mapping[str, int]:
    """How many functions each lane of stage prod has."""
    found: Mapping[str, int] = checks.load(ROOT / "template.yaml")["Mappings"]["Concurrency"]["prod"]
    return found


def latencies(service: float, arrivals: float, asked: float, minutes: float) -> dict[str, Waits]:
    """How long pushes of cart abandonment wait: in their own lane, and if they shared all lanes with a sale.

    Args:
        service: seconds that a function takes for ten messages.
        arrivals: pushes of cart abandonment a second.
        asked: pushes of the sale a second, more than the lanes take together.
        minutes: how long both last.
    """
    lanes = concurrency()
    own, bulk = lanes["Push"], lanes["PushBulk"]
    return {
        "in its own lane": _played(service, arrivals, 0.0, minutes, own),
        "if it shared all lanes with a sale": _played(service, arrivals, asked, minutes, own + bulk),
    }


def _played(service: float, arrivals: float, others: float, minutes: float, functions: int) -> Waits:
    queue: deque[tuple[float, int, bool]] = deque()
    free = [0.0] * functions
    waits: list[float] = []
    for now, own, other in _arriving(arrivals, others, minutes):
        if own or other:
            queue.extend([(now, own, True), (now, other, False)])
        while queue and free[0] <= now:
            _serve(queue, free, now, service, waits)
    while queue:
        _serve(queue, free, free[0], service, waits)
    return Waits(median(waits), quantiles(waits, n=20)[-1])


def _arriving(arrivals: float, others: float, minutes: float) -> Iterator[tuple[float, int, int]]:
    """What arrives together, evenly spread over the time."""
    come = [0, 0]
    for step in range(int(minutes * 60 / STEP)):
        now = step * STEP
        due = int(now * arrivals), int(now * others)
        yield now, due[0] - come[0], due[1] - come[1]
        come = [*due]


def _serve(
    queue: deque[tuple[float, int, bool]], free: list[float], now: float, service: float, waits: list[float]
) -> None:
    """The next free function takes the oldest messages."""
    room = AT_ONCE
    done = max(now, free[0]) + service
    while queue and room:
        came, number, counts = queue.popleft()
        taken = min(number, room)
        room -= taken
        waits += [done - came] * (taken if counts else 0)
        if number > taken:
            queue.appendleft((came, number - taken, counts))
    heapq.heapreplace(free, done)

"""How times are taken: rounds that take turns, medians, and ratios within a round.

Other work on the machine slows everything it overlaps with. So contestants take turns, round after round, and a ratio
is the median of the ratios of single rounds: both sides of it were measured within the same fraction of a second.
"""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter_ns
from typing import Final, NamedTuple

ROUNDS: Final = 15
ROUND_NS: Final = 20_000_000
"""How long one contestant's turn takes, in nanoseconds."""

Call = Callable[[], object]


class Times(NamedTuple):
    """One contestant: nanoseconds a call, one number a round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle round, in nanoseconds a call."""
        return median(self.rounds)

    def over(self, unit: "Times") -> float:
        """How many times `unit` this is: the median over the rounds."""
        return median(own / other for own, other in zip(self.rounds, unit.rounds, strict=True))


def per_call(call: Call, times: int) -> float:
    """Nanoseconds a call, over `times` calls in a row; the empty loop's own time is taken off."""
    turns = range(times)
    begun = perf_counter_ns()
    for _ in turns:
        call()
    between = perf_counter_ns()
    for _ in turns:
        pass
    return (2 * between - begun - perf_counter_ns()) / times


def calls_a_turn(call: Call) -> int:
    """How often `call` fits in one turn; warms it up on the way."""
    times = 1
    while (taken := per_call(call, times) * times) < ROUND_NS / 10:
        times *= 4
    return max(1, int(times * ROUND_NS / taken))


def take_turns(contestants: Mapping[str, Call], rounds: int = ROUNDS) -> dict[str, Times]:
    """Every contestant's times, measured in turn."""
    turns = {name: calls_a_turn(call) for name, call in contestants.items()}
    measured: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, call in contestants.items():
            measured[name].append(per_call(call, turns[name]))
    return {name: Times(tuple(rounds)) for name, rounds in measured.items()}

"""How fast the stage's clock runs while events are replayed: as fast as a laptop can follow."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from nudgekit.adapters.clock import Clock, Pace
from nudgekit.cli.formats.parts import Event, arrived, happened, person_of
from nudgekit.cli.replay import density, whole_days, whole_weeks

SAMPLE_PACE = 360.0  # of the sample's quarters in which little happens; another slows all of its day alike
CAPACITY = 6.0  # events of the sample a second that two cores follow: most concern several triggers
FILE_CAPACITY = 20.0  # of a file, whose events are mostly views: of these, few lead to a message
QUARTER = timedelta(minutes=15)
MOST_PACES = 48  # what the setting of a function can hold
WAVE = 25  # so many events of people is one of the shop's, to everybody, as much work as
LULL_PACE = 600.0  # of the sample's quarters in which nobody does anything: runs are still decided about
NIGHT = timedelta(hours=10)  # after the sample's last event, until its Monday is over
MONDAY_PACE = 1000.0  # of what is left of the sample then
LADDER_PACE = 1800.0  # the rungs' waits, once the events are in: a day in 48 seconds
DECIDED_QUARTERS = 4  # after the last event: the rule's half hour, and some lateness

WEEKS = timedelta(days=28)  # of the history, what is lived through: counts by day want events of their day
LAST_DAYS = timedelta(days=2)  # of these, what is lived through more slowly, as waits of hours begin there
IMPORT = timedelta(seconds=85)  # of the wall's clock, for what is older: it must be folded before the weeks begin
WEEKS_PACE, LAST_DAYS_PACE = 43_200.0, 14_400.0  # what is folded three days late counts no more: here six seconds

WAVES = frozenset({"Article Published", "Festival Ended", "Flash Sale Started"})
"""What the shop says to everybody."""

Leg = tuple[timedelta, float]
"""So long by the engine's clock, at this pace."""


def paces_of(events: Sequence[Event], fastest: float, capacity: float = FILE_CAPACITY) -> list[float]:
    """The pace of each quarter of an hour, so that a laptop can follow; one for all of a long file."""
    paces = [min(fastest, capacity * QUARTER.total_seconds() // max(1, each)) for each in density(events, QUARTER)]
    changes = sum(1 for before, after in pairwise(paces) if before != after)
    return paces if changes < MOST_PACES else [min(paces)] * len(paces)


def of_file(events: Sequence[Event], fastest: float, ready: datetime) -> Clock:
    """The clock of a file's replay: it begins with the file, on the day of `ready`."""
    first = min(happened(each) for each in events)
    legs = _quarters(paces_of(events, fastest))
    return _clock(first + whole_days(first, ready), ready, [*legs])


def of_sample(day: Sequence[Event], dawn: datetime, fastest: float, ready: datetime) -> Clock:
    """The clock of the sample: four weeks in about a minute up to the dawn, then the day.

    Args:
        day: what happens from the dawn on.
        dawn: when the day begins, at the latest with its first event; the clock shows it on the last such day of the
            week before `ready`, or on that of `ready`.
        fastest: the pace of quarters of an hour in which little happens; all of the day's paces go with it.
        ready: when the stage is, by the wall's clock.
    """
    before = [(WEEKS - LAST_DAYS, WEEKS_PACE), (LAST_DAYS, LAST_DAYS_PACE)]
    lull = min(arrived(each) for each in day) - dawn
    legs = [
        *before,
        (lull, fastest),
        *_quarters(paces_of_sample(day, fastest)),
        (NIGHT, MONDAY_PACE * fastest / SAMPLE_PACE),
    ]
    return _clock(dawn + whole_weeks(dawn, ready) - WEEKS, ready + IMPORT, legs)


def paces_of_sample(day: Sequence[Event], fastest: float) -> list[float]:
    """The pace of each quarter of an hour of the sample's day: faster where nothing happens."""
    weighed = [each for each in day for _ in range(WAVE if _is_for_everybody(each) else 1)]
    slow = fastest / SAMPLE_PACE
    paces = zip(density(day, QUARTER), paces_of(weighed, fastest, CAPACITY * slow), strict=True)
    return [pace if count else max(pace, LULL_PACE * slow) for count, pace in paces]


def _is_for_everybody(each: Event) -> bool:
    return each["detail-type"] in WAVES and not person_of(each)


def _quarters(paces: Sequence[float]) -> Iterator[Leg]:
    yield from ((QUARTER, pace) for pace in [*paces, *[paces[-1]] * DECIDED_QUARTERS])


def _clock(virtual_start: datetime, real_start: datetime, legs: Sequence[Leg]) -> Clock:
    """The stage's clock: each leg at its pace, then the ladders'."""
    turns = [Pace(real_start, legs[0][1])]
    for (length, factor), (_, after) in pairwise([*legs, (QUARTER, LADDER_PACE)]):
        turns.append(Pace(turns[-1].start + length / factor, after))
    changes = tuple(turn for before, turn in pairwise(turns) if turn.factor != before.factor)
    return Clock(virtual_start, real_start, legs[0][1], changes)

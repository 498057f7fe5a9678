"""The clock that handlers read: the wall's, or for demonstrations one that runs faster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple, Self

from nudgekit.errors import SettingsError

VARIABLE: Final = "NUDGEKIT_TIME_SCALE"
FORMAT: Final = "<virtual start>@<real start>x<factor>, as in 2026-03-02T08:00:00Z@2026-11-22T10:00:00Zx600"


def wall() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Pace(NamedTuple):
    """From the wall's moment `start` on, `factor` engine seconds pass in one of the wall's."""

    start: datetime
    factor: float


@dataclass(frozen=True)
class Clock:
    """Translates between the wall's time and the engine's.

    Before `real_start` both run at the wall's pace; from then on the engine's runs `factor` times faster, and from the
    start of each later pace by that pace's factor.

    Attributes:
        virtual_start: the engine's moment at `real_start`.
        real_start: the wall's moment at which time begins to run faster.
        factor: how many engine seconds pass in one of the wall's.
        later: further changes of pace, in order.
        wall: reads the wall's clock.
    """

    virtual_start: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    real_start: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    factor: float = 1.0
    later: tuple[Pace, ...] = ()
    wall: Callable[[], datetime] = wall

    @classmethod
    def parse(cls, text: str, stage: str, wall: Callable[[], datetime] = wall) -> Self:
        """The clock that `NUDGEKIT_TIME_SCALE` describes; empty text is the wall's own.

        Raises:
            SettingsError: the text cannot be read, or the stage is not the local one.
        """
        if not text:
            return cls(wall=wall)
        if stage != "local":
            raise SettingsError("time runs faster only in the local stage", VARIABLE, "leave it empty elsewhere")
        virtual_start, _, paces = text.partition("@")
        first, *later = (_pace(pace) for pace in paces.split(","))
        return cls(_moment(virtual_start), first.start, first.factor, tuple(later), wall)

    def __str__(self) -> str:
        paces = ",".join(f"{pace.start.isoformat()}x{pace.factor:g}" for pace in self.paces)
        return f"{self.virtual_start.isoformat()}@{paces}"

    @property
    def paces(self) -> tuple[Pace, ...]:
        """Every pace in order."""
        return (Pace(self.real_start, self.factor), *self.later)

    @cached_property
    def _turns(self) -> tuple[tuple[datetime, Pace], ...]:
        """Each pace with the engine's moment at its start."""
        turns = [(self.virtual_start, self.paces[0])]
        for pace in self.later:
            virtual, before = turns[-1]
            turns.append((virtual + (pace.start - before.start) * before.factor, pace))
        return tuple(turns)

    def now(self) -> datetime:
        """The engine's present moment, in UTC."""
        return self.to_virtual(self.wall())

    def to_virtual(self, real: datetime) -> datetime:
        """The engine's moment when the wall's clock shows `real`."""
        for virtual, pace in reversed(self._turns):
            if real >= pace.start:
                return virtual + (real - pace.start) * pace.factor
        return self.virtual_start + (real - self.real_start)

    def to_real(self, virtual: datetime) -> datetime:
        """What the wall's clock shows at the engine's moment `virtual`."""
        for start, pace in reversed(self._turns):
            if virtual >= start:
                return pace.start + (virtual - start) / pace.factor
        return self.real_start + (virtual - self.virtual_start)

    def hurry(self, real: timedelta) -> timedelta:
        """How much of the engine's time passes at most while `real` passes on the wall."""
        return real * max(pace.factor for pace in self.paces)


def _pace(text: str) -> Pace:
    start, _, factor = text.partition("x")
    return Pace(_moment(start), _factor(factor))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"cannot read {text!r} as a moment", VARIABLE, f"write {FORMAT}") from None
    if moment.tzinfo is None:
        raise SettingsError(f"{text!r} has no zone", VARIABLE, f"write {FORMAT}")
    return moment.astimezone(UTC)


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        raise SettingsError(f"cannot read {text!r} as a factor", VARIABLE, f"write {FORMAT}") from None
    if not 1 <= factor <= 1_000_000:
        raise SettingsError(f"the factor {text} lies outside 1 to 1,000,000", VARIABLE, f"write {FORMAT}")
    return factor

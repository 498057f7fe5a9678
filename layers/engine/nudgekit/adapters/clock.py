"""The clock that handlers read: the wall's, or for demonstrations one that runs faster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from nudgekit.errors import SettingsError

VARIABLE: Final = "NUDGEKIT_TIME_SCALE"
FORMAT: Final = (
    "<virtual start>@<real start>x<factor>, for instance 2026-03-02T08:00:00Z@2026-11-22T10:00:00Z" + "x3600"
)


def wall() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Translates between the wall's time and the engine's.

    From `real_start` on, the engine's time is `virtual_start` plus `factor` times what the wall's clock has moved;
    before it, both run at the wall's pace.

    Attributes:
        virtual_start: the engine's moment at `real_start`.
        real_start: the wall's moment at which time begins to run faster.
        factor: how many engine seconds pass in one of the wall's.
        wall: reads the wall's clock.
    """

    virtual_start: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    real_start: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    factor: float = 1.0
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
        virtual_start, _, rest = text.partition("@")
        real_start, _, factor = rest.partition("x")
        return cls(_moment(virtual_start), _moment(real_start), _factor(factor), wall)

    def now(self) -> datetime:
        """The engine's present moment, in UTC."""
        return self.to_virtual(self.wall())

    def to_virtual(self, real: datetime) -> datetime:
        """The engine's moment when the wall's clock shows `real`."""
        passed = real - self.real_start
        return self.virtual_start + (passed * self.factor if passed > timedelta(0) else passed)

    def to_real(self, virtual: datetime) -> datetime:
        """What the wall's clock shows at the engine's moment `virtual`."""
        passed = virtual - self.virtual_start
        return self.real_start + self.stretch(passed)

    def stretch(self, virtual: timedelta) -> timedelta:
        """How long a span of the engine's time lasts on the wall, after the start."""
        return virtual / self.factor if virtual > timedelta(0) else virtual

    def hurry(self, real: timedelta) -> timedelta:
        """How much of the engine's time passes while `real` passes on the wall, after the start."""
        return real * self.factor


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

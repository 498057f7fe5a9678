"""The time scale of a local stage: `<virtual start>@<real start>x<factor>`, as the functions read it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from nudgekit.cli.console import Problem


@dataclass(frozen=True)
class TimeScale:
    """A clock that runs `factor` times faster than the wall's from `real_start`, when it shows `virtual_start`."""

    virtual_start: datetime
    real_start: datetime
    factor: float

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a time scale; the empty text is the wall's own clock."""
        if not text:
            epoch = datetime(1970, 1, 1, tzinfo=UTC)
            return cls(epoch, epoch, 1.0)
        try:
            virtual, _, rest = text.partition("@")
            real, _, factor = rest.rpartition("x")
            return cls(datetime.fromisoformat(virtual), datetime.fromisoformat(real), float(factor))
        except ValueError as error:
            raise Problem(f"Not a time scale: {text!r}; write <virtual start>@<real start>x<factor>.") from error

    def __str__(self) -> str:
        """Write the time scale as the functions read it."""
        return f"{_text(self.virtual_start)}@{_text(self.real_start)}x{self.factor:g}"

    def virtual(self, real: datetime) -> datetime:
        """What this clock shows at a moment of the wall's; before the start it runs at the wall's pace."""
        passed = real - self.real_start
        return self.virtual_start + (passed * self.factor if passed > timedelta() else passed)

    def real(self, virtual: datetime) -> datetime:
        """When, by the wall's clock, this one shows a moment."""
        passed = virtual - self.virtual_start
        return self.real_start + (passed / self.factor if passed > timedelta() else passed)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

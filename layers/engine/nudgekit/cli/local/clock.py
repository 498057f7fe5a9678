"""The stage's clock in the form that the template's `TimeScale` takes: `<virtual start>@<real start>x<factor>`."""

from nudgekit.adapters.clock import Clock


def read_clock(text: str) -> Clock:
    """Read a time scale; the empty text is the wall's own clock."""
    return Clock.parse(text, "local")


def write_clock(clock: Clock) -> str:
    """Write a time scale as the functions read it."""
    return str(clock)

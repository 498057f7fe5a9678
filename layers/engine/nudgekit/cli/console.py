"""What the shell shows: one console for results, one for trouble."""

from rich.console import Console

from nudgekit.errors import Problem

__all__ = ["Problem", "complain", "err", "out", "say"]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print one plain line of progress."""
    out.print(f"nudgekit: {text}", markup=False)


def complain(problem: Exception) -> None:
    """Print a problem to the error stream."""
    err.print(f"nudgekit: {problem}", style="red", markup=False)

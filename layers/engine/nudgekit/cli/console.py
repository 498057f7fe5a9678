"""What the shell shows: one console for results, one for trouble, and the error that every command ends with."""

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Problem(Exception):
    """Something the person at the shell can mend. Says what happened, where, and what to do."""


def say(text: str) -> None:
    """Print one plain line of progress."""
    out.print(f"nudgekit: {text}", markup=False)


def complain(problem: Exception) -> None:
    """Print a problem to the error stream."""
    err.print(f"nudgekit: {problem}", style="red", markup=False)

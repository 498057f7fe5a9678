"""Read a file of shop data whole: its events, and what could not be read of it."""

from pathlib import Path

from nudgekit.cli.console import err
from nudgekit.cli.formats import Malformed, read
from nudgekit.cli.formats.parts import Event
from nudgekit.errors import Problem

SHOWN = 5  # malformed lines named one by one


def gather(path: Path, name: str, rejects: Path | None, limit: int | None = None) -> tuple[list[Event], int]:
    """Read the events of a file.

    Args:
        path: the file.
        name: its format.
        rejects: where to put lines that cannot be read; None: such a line is an error.
        limit: stop after so many events.

    Returns:
        The events, and the number of lines set aside.

    Raises:
        Problem: A line cannot be read and there is no rejects file, or the file has no event at all.
    """
    events: list[Event] = []
    bad: list[Malformed] = []
    for entry in read(path, name):
        if isinstance(entry, Malformed):
            bad.append(entry)
        else:
            events.append(entry)
        if limit and len(events) >= limit:
            break
    set_aside(path, bad, rejects)
    if not events:
        raise Problem(f"{path} has no event in the format {name}.")
    return events, len(bad)


def set_aside(path: Path, bad: list[Malformed], rejects: Path | None) -> None:
    """Put lines that cannot be read into a file of their own, and say so.

    Raises:
        Problem: there are some, and no such file was named.
    """
    if not bad:
        return
    if rejects is None:
        raise Problem(
            f"{path}, line {bad[0].line}: {bad[0].why}. Mend it, or set such lines aside with --rejects FILE."
        )
    rejects.write_text("".join(f"{each.text}\n" for each in bad))
    for each in bad[:SHOWN]:
        err.print(f"{path}, line {each.line}: {each.why}; set aside", markup=False)
    err.print(f"{len(bad)} lines of {path} are set aside in {rejects}", markup=False)

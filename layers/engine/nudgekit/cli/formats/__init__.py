"""Readers of shop data: each turns the lines of one file format into events of the contract.

A reader is a generator over lines; it yields an event, or says of a line that it cannot be read. To add a format, write
a module with a function `events` and add it to `READERS`.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from nudgekit.cli.formats import rees46, retailrocket, segment
from nudgekit.cli.formats.parts import Entry, Malformed
from nudgekit.errors import Problem

READERS: dict[str, Callable[[Iterable[str]], Iterator[Entry]]] = {
    "segment": segment.events,
    "rees46": rees46.events,
    "retailrocket": retailrocket.events,
}

__all__ = ["READERS", "Entry", "Malformed", "opened", "read"]


def read(path: Path, name: str) -> Iterator[Entry]:
    """Read a file, plain or gzipped, line by line.

    Args:
        path: the file.
        name: its format, one of `READERS`.

    Raises:
        Problem: There is no such format or file, or the file is not text.
    """
    if name not in READERS:
        raise Problem(f"There is no format {name!r}; take one of {', '.join(READERS)}.")
    with opened(path) as lines:
        yield from READERS[name](lines)


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a file of text, plain or gzipped, for as long as its lines are read.

    Raises:
        Problem: there is no such file, or it is no text, no table or not whole.
    """
    try:
        with _opened(path) as lines:
            yield lines
    except (OSError, EOFError, zlib.error, UnicodeError, csv.Error) as error:
        raise Problem(f"Could not read {path}: {error}") from error


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    if zipped:
        return cast("TextIO", gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")

"""`nudgekit recommend build`: count over a file of events what goes with what, for messages that recommend."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from itertools import batched
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import ValidationError

from nudgekit.cli.console import out, say
from nudgekit.cli.formats import READERS, Malformed, read
from nudgekit.cli.reach import Profile, StackName, reach
from nudgekit.errors import Conflict, Problem
from nudgekit.model.event import Event
from nudgekit.model.recommendation import Complements, Similar
from nudgekit.runs.documents import ABSENT, Kind, Put, Ref, codec
from nudgekit.runs.ports import Store

WRITERS = 8
CHUNK = 100  # rows that one read asks for

Rows = Mapping[Ref, Similar | Complements]


class Action(StrEnum):
    """What can be done."""

    BUILD = "build"


class Written(NamedTuple):
    """How many rows a store was given, and how many it had already as they are."""

    new: int
    same: int


def run(  # noqa: PLR0913, PLR0917 - one option each
    action: Annotated[Action, typer.Argument(help="build: count, and write the rows.")],  # noqa: ARG001  # the one there is
    events: Annotated[Path, typer.Option(help="Events: JSON lines or CSV, plain or gzipped.")],
    format: Annotated[str, typer.Option(help="segment, rees46 or retailrocket.")] = "segment",  # noqa: A002
    out_file: Annotated[Path | None, typer.Option("--out", help="Write the rows to this file, as JSON lines.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the rows to the catalogue of the stack.")] = False,
    people: Annotated[int, typer.Option(help="How many people must agree on a pair at least.", min=1)] = 2,
    profile: Profile = None,
    stack: StackName = "nudgekit",
) -> None:
    """Count over a file of events what people look at together and what buyers buy besides."""
    if out_file is None and not write:
        raise Problem("Nobody would keep the rows; say --out FILE, or --write for the catalogue of the stack.")
    rows = build(events, format, people)
    products = sum(1 for ref in rows if ref.kind is Kind.SIMILAR)
    out.print(f"  {products} products have similar ones, {len(rows) - products} categories have complements")
    if out_file is not None:
        out_file.write_text("".join(_lines(rows)), encoding="utf-8")
        say(f"written to {out_file}")
    if write:
        written = put_rows(reach(profile, stack).store, rows)
        say(f"{written.new} rows written to the catalogue, {written.same} stood there already")


def build(path: Path, name: str, people: int) -> Rows:
    """Count over the events of a file.

    Args:
        path: the file.
        name: its format, one of `formats.READERS`.
        people: how many people must agree on a pair at least.

    Raises:
        Problem: the tools for counting are not installed, or the file cannot be read.
    """
    try:
        from nudgekit.cli.covisits import Bounds, complements, signs, similar, table  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Problem("Counting needs Polars; install nudgekit[recommend], as in pip install polars.") from None
    found = table(signs(_events(path, name)))
    if found.is_empty():
        raise Problem(f"{path} has nobody looking at or buying anything, in the format {name}.")
    bounds = Bounds(people=people)
    rows: dict[Ref, Similar | Complements] = {
        Ref(Kind.SIMILAR, each): row for each, row in similar(found, bounds).items()
    }
    return rows | {Ref(Kind.COMPLEMENTS, each): row for each, row in complements(found, bounds).items()}


def put_rows(store: Store, rows: Rows) -> Written:
    """Write rows to a store, but those that stand there already; one that changes meanwhile is written once more."""
    with ThreadPoolExecutor(WRITERS) as pool:
        counts = list(pool.map(lambda some: _put_some(store, dict(some)), batched(rows.items(), CHUNK)))
    return Written(sum(each.new for each in counts), sum(each.same for each in counts))


def _put_some(store: Store, rows: Rows) -> Written:
    known = store.read(rows)
    changed = {ref: row for ref, row in rows.items() if known.get(ref, ABSENT).value != row}
    for ref, row in changed.items():
        try:
            store.commit([Put(ref, row, known.get(ref, ABSENT).version)])
        except Conflict:
            store.commit([Put(ref, row, store.read([ref]).get(ref, ABSENT).version)])
    return Written(len(changed), len(rows) - len(changed))


def _events(path: Path, name: str) -> Iterator[Event]:
    """The events of a file; lines that cannot be read are counted and told."""
    if name not in READERS:
        raise Problem(f"There is no format {name!r}; take one of {', '.join(READERS)}.")
    bad = 0
    for entry in read(path, name):
        try:
            yield Event.model_validate({} if isinstance(entry, Malformed) else entry)
        except ValidationError:
            bad += 1
    if bad:
        say(f"{bad} lines of {path} could not be read and do not count")


def _lines(rows: Rows) -> Iterator[str]:
    """Each row as a line of JSON: what it is, of what, and the row as the catalogue keeps it."""
    for ref, row in rows.items():
        body = codec(ref.kind).dump_json(row).decode()
        yield f'{{"kind":"{ref.kind}","of":{json.dumps(ref.owner)},"row":{body}}}\n'

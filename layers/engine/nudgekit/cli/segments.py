"""`nudgekit segments`: who of the people in a file of events belongs to which segment, and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import batched, groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.table import Column, Table

from nudgekit.book import load_book
from nudgekit.cli.console import Problem, out
from nudgekit.cli.formats.parts import Event as Raw
from nudgekit.cli.formats.parts import happened
from nudgekit.cli.gather import gather
from nudgekit.language import Scope
from nudgekit.language.expressions import Named
from nudgekit.model.base import to_ms
from nudgekit.model.event import Event, parse_event
from nudgekit.model.facts import Facts, fold
from nudgekit.model.profile import Profile, fold_profile

AT_A_TIME = 40
"""Events of one person folded together, as on the way from the bus."""

SHOWN = 5


class Member(NamedTuple):
    """One person of the file: the id that the file gives, and what is known at the end."""

    person: str
    scope: Scope


def run(  # noqa: PLR0913, PLR0917 - one option each
    events: Annotated[Path, typer.Option(help="Events: JSON lines or CSV, plain or gzipped.")],
    format: Annotated[str, typer.Option(help="segment, rees46 or retailrocket.")] = "segment",  # noqa: A002
    members: Annotated[int, typer.Option(help="How many members of each segment to explain.", min=0)] = 1,
    currency: Annotated[str, typer.Option(help="Whose amounts count; the policy's when left out.")] = "",
    at: Annotated[
        datetime | None, typer.Option(help="As of when, in UTC; the file's last event when left out.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where to set aside lines that cannot be read.")] = None,
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
) -> None:
    """Fold a file of events and show every segment of rules/segments.py: size, share, and members with the reasons."""
    book = load_book(root / "rules")
    segments = book.segments.all
    if not segments:
        raise Problem(f"There is no segment in {book.segments.path}. Write one, as in regulars = Segment(...).")
    raw, _ = gather(events, format, rejects)
    now = at.replace(tzinfo=UTC) if at is not None else max(map(happened, raw))
    people = list(folded(raw, now, currency or book.policy.currency))
    out.print(_table(segments, people))
    for table in _rankings(people):
        out.print(table)
    for line in _explained(segments, people, members):
        out.print(line, markup=False)


def folded(raw: Iterable[Raw], now: datetime, currency: str) -> Iterator[Member]:
    """Every person of a file with what is known of them at `now`, by id; later events are left out.

    Each person's events are folded in their order, as if each batch had arrived when its last event happened.
    """
    parsed = (parse_event(each, happened(each)) for each in raw if happened(each) <= now)
    ordered = sorted(
        (each for each in parsed if not each.of_shop), key=lambda event: (event.person, event.at, event.id)
    )
    for person, life in groupby(ordered, key=attrgetter("person")):
        yield Member(person, _scope(list(life), now, currency))


def _scope(life: Sequence[Event], now: datetime, currency: str) -> Scope:
    facts, profile = Facts(), Profile()
    for some in batched(life, AT_A_TIME):
        facts = fold(facts, some, some[-1].at)
    for event in life:
        if event.name == "Profile Updated":
            given = event.detail.properties.model_dump(exclude_unset=True, exclude={"products"})
            profile = fold_profile(profile, given, to_ms(event.at), event.id)
    return Scope(profile, facts, facts.cart(), now, currency=currency)


def _table(segments: Mapping[str, Named], people: Sequence[Member]) -> Table:
    numbers = (Column("people", justify="right"), Column("share", justify="right"))
    title = f"{len(people):,} people"
    table = Table(Column("segment", no_wrap=True), "means", *numbers, title=title, title_justify="left")
    for name, segment in segments.items():
        size = sum(segment.test(each.scope) for each in people)
        table.add_row(name, getattr(segment, "about", "") or "a cell", f"{size:,}", f"{size / len(people):.1%}")
    return table


def _rankings(people: Sequence[Member]) -> Iterator[Table]:
    """Whose first choice each category is: by chats, by looks, and by what came last."""
    asked: dict[str, Callable[[Facts], str | None]] = {
        "most chatted": lambda facts: facts.top("category", ("Chat Started",)),
        "most viewed": lambda facts: facts.top("category", ("Product Viewed",)),
        "most recent": lambda facts: facts.most_recent("category"),
    }
    for title, ask in asked.items():
        found = Counter(top for each in people if (top := ask(each.scope.facts)) is not None)
        if found:
            table = Table("category", Column("people", justify="right"), title=title, title_justify="left")
            for category, size in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]:
                table.add_row(category, f"{size:,}")
            yield table


def _explained(segments: Mapping[str, Named], people: Sequence[Member], number: int) -> Iterator[str]:
    for name, segment in segments.items():
        belonging = [each for each in people if segment.test(each.scope)] if number else []
        for each in spread(belonging, number):
            yield f"{name}: {each.person}"
            for term in segment.explain(each.scope):
                yield f"  {'yes' if term.held else 'no':3} {term.text.partition(': ')[2]} is {term.value}"


def spread[T](items: Sequence[T], number: int) -> list[T]:
    """At most `number` of the items, evenly from first to last."""
    if len(items) <= number:
        return list(items)
    return [items[len(items) * place // number] for place in range(number)]

"""`nudgekit show`: a trigger in plain words, with a drawing of its run."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from nudgekit.book import load_book
from nudgekit.cli.console import out
from nudgekit.cli.explain.drawing import tree
from nudgekit.cli.explain.explained import Explained, explain


def run(
    trigger: Annotated[str, typer.Argument(help="The id of the trigger; all of them when left out.")] = "",
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
) -> None:
    """Explain a trigger: what it does, what can keep it silent, how personal it is, what its messages say."""
    book = load_book(root / "rules")
    if trigger:
        show(explain(book, trigger))
    else:
        show_all([explain(book, each) for each in book.ids])


def show_all(all_told: list[Explained]) -> None:
    """Print a line for each trigger."""
    table = _table("trigger", "what it does", "level")
    for each in all_told:
        table.add_row(each.trigger.id, each.headline, f"L{each.personal.level}")
    out.print(table)


def show(told: Explained) -> None:
    """Print all there is to tell about one trigger."""
    trigger = told.trigger
    out.print(f"{trigger.id}, version {trigger.version}", style="bold", markup=False)
    out.print(f"{told.summary}\n\n{told.headline}\n", markup=False)
    out.print(tree(trigger), soft_wrap=False)
    out.print("\n".join(("", *told.sentences)), markup=False)
    _head(f"How personal it is: level {told.personal.level}, {told.personal.level.text}")
    for reading, where in told.by_term().items():
        out.print(f"  L{reading.level}  {reading.what}  ({', '.join(where)})", markup=False)
    _head("What it says")
    _show_messages(told)
    _head("What can keep it silent, in the order in which it is asked")
    _show_silences(told)


def _show_messages(told: Explained) -> None:
    table = _table("message", "locale", "it begins with", "length")
    for each, locales in told.by_words().items():
        table.add_row(" ".join((each.name, each.half)).strip(), ", ".join(locales), each.first_line, each.size)
    out.print(table)


def _show_silences(told: Explained) -> None:
    table = _table("reason", "because", "what follows", "numbers")
    for each in told.silences:
        table.add_row(str(each.reason), each.reason.text, each.effect, each.detail)
    out.print(table)


def _table(*columns: str) -> Table:
    """A plain table whose cells are shown as they are."""
    table = Table(box=None, pad_edge=True, header_style="dim")
    for number, each in enumerate(columns):
        table.add_column(each, no_wrap=number == 0, overflow="fold")
    return table


def _head(text: str) -> None:
    out.print(f"\n{text}", style="bold", markup=False)

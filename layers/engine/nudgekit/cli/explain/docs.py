"""`nudgekit docs`: the pages about triggers, written from their rules."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from nudgekit.book import load_book
from nudgekit.cli.console import Problem, say
from nudgekit.cli.explain.explained import explain
from nudgekit.cli.explain.page import index, page

FOLDER = Path("docs/triggers")
REMEDY = "run `nudgekit docs` and commit what it writes"


def run(
    check: Annotated[bool, typer.Option("--check", help="Only look; fail when pages and rules disagree.")] = False,
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
) -> None:
    """Write the pages about triggers from their rules, messages and situations."""
    folder, wanted = root / FOLDER, rendered(root)
    if not check:
        _write(folder, wanted)
    found = list(differences(folder, wanted))
    if found:
        raise Problem("\n".join((*found, REMEDY)))
    say(f"{len(wanted)} pages in {FOLDER} say what the rules say")


def rendered(root: Path) -> dict[str, str]:
    """The text of every page, by its file's name.

    Raises:
        RuleError: a rule or a message has mistakes.
    """
    book = load_book(root / "rules")
    told = [explain(book, each) for each in book.ids]
    return {"README.md": index(told), **{f"{each.trigger.id}.md": page(each) for each in told}}


def differences(folder: Path, wanted: dict[str, str]) -> Iterator[str]:
    """The files in `folder` that the rules do not say, each with what is wrong."""
    for name, text in wanted.items():
        path = folder / name
        if not path.exists():
            yield f"{path}: missing"
        elif path.read_text(encoding="utf-8") != text:
            yield f"{path}: differs from the rules"
    yield from (f"{path}: no trigger stands behind it" for path in folder.glob("*.md") if path.name not in wanted)


def _write(folder: Path, wanted: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.md"):
        if stale.name not in wanted:
            stale.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")

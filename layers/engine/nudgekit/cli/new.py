"""`nudgekit new`: a trigger begins as a copy of one that works."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from nudgekit.errors import RuleError
from nudgekit.language.names import is_trigger_id

_APP = '''"""Decides by rules/{trigger}/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("{trigger}")
'''

_NEXT = """
Now write rules/{trigger}/rule.py, its messages, situations and event fixtures, and a row in tests/e2e/playbook.py.
Then run `nudgekit template` and `nudgekit docs`, and look with `make check`."""


def run(
    trigger: Annotated[str, typer.Argument(help="The id of the new trigger, as in browse_abandonment.")],
    like: Annotated[str, typer.Option(help="The trigger to begin from.")] = "cart_abandonment",
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
) -> None:
    """Make the folders of a new trigger: its rule, messages, situations, function and event fixtures."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        written = create(root, trigger, like)
    except RuleError as error:
        Console(stderr=True, soft_wrap=True).print(f"nudgekit: {error}", style="red", markup=False)
        raise typer.Exit(1) from None
    for path in written:
        console.print(f"wrote {path.relative_to(root)}", markup=False)
    console.print(_NEXT.format(trigger=trigger), markup=False)


def create(root: Path, trigger: str, like: str) -> list[Path]:
    """Write the folders of `trigger` after those of `like`; the files written.

    Raises:
        RuleError: the name cannot be one, is taken, or there is nothing to begin from. Nothing is written then.
    """
    _check(root, trigger, like)
    files = {path: path.read_text() for folder in ("rules", "events") for path in _sources(root / folder / like)}
    made = {_renamed(root, path, like, trigger): _reworded(text, like, trigger) for path, text in files.items()}
    made[root / "functions" / trigger / "app.py"] = _APP.format(trigger=trigger)
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(made)


def _check(root: Path, trigger: str, like: str) -> None:
    if not is_trigger_id(trigger):
        remedy = "use at most 40 lower-case letters, digits and _, as in browse_abandonment"
        raise RuleError(f"{trigger!r} cannot be an id", "trigger", remedy)
    if not (root / "rules" / like / "rule.py").exists():
        raise RuleError(f"there is no trigger {like!r} to begin from", str(root / "rules"), "name one that exists")
    taken = [path for folder in ("rules", "functions", "events") if (path := root / folder / trigger).exists()]
    if taken:
        raise RuleError(f"{trigger!r} is taken", str(taken[0]), "choose another name, or remove the folder")


def _sources(folder: Path) -> Iterator[Path]:
    """What is worth copying: everything but released versions and what Python leaves behind."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not {"versions", "__pycache__"} & set(path.relative_to(folder).parts):
            yield path


def _renamed(root: Path, path: Path, like: str, trigger: str) -> Path:
    kind, _, *rest = path.relative_to(root).parts
    return root.joinpath(kind, trigger, *(part.replace(like, trigger) for part in rest))


def _reworded(text: str, like: str, trigger: str) -> str:
    """`text` with the trigger's id in place of the old one, and its version counted from 1."""
    text = re.sub(rf"\b{re.escape(like)}\b", trigger, text)
    return re.sub(r"^(    version=)\d+,$", r"\g<1>1,", text, flags=re.MULTILINE)

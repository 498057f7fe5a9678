"""Pieces that several mails share: `<!-- layouts/picks -->` in a mail stands for `rules/layouts/picks.mjml`."""

import re
from pathlib import Path
from typing import Final

from nudgekit.errors import RuleError
from nudgekit.language.mistakes import nearest

_PIECE: Final = re.compile(r"<!-- layouts/(\S+) -->")


def with_pieces(body: str, message: Path) -> str:
    """The mail's body with every piece that it names in its place.

    Args:
        body: the body as it is written.
        message: its file, `rules/<trigger>/messages/<name>.liquid`.

    Raises:
        RuleError: it names a piece that there is not.
    """
    return _PIECE.sub(lambda found: _piece(found[1], message), body)


def _piece(name: str, message: Path) -> str:
    folder = message.parents[2] / "layouts"
    file = folder / f"{name}.mjml"
    if not file.is_file():
        lines = enumerate(message.read_text().splitlines(), 1)
        line = next((number for number, text in lines if f"<!-- layouts/{name} -->" in text), 0)
        known = sorted(each.stem for each in folder.glob("*.mjml"))
        raise RuleError(f"there is no piece {name!r} in rules/layouts", f"{message}:{line}", nearest(name, known))
    return file.read_text().strip()

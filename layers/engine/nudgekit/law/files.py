"""The files of the tables, read when they are first asked for: arming a run asks none."""

from pathlib import Path
from typing import Any


def text_of(name: str) -> str:
    """What stands in the table `name`."""
    return (Path(__file__).parent / "tables" / f"{name}.toml").read_text(encoding="utf-8")


def toml(text: str) -> dict[str, Any]:
    """The tables in `text`."""
    import tomllib  # noqa: PLC0415

    return tomllib.loads(text)

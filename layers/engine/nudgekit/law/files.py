"""The files of the tables."""

from importlib.resources import files


def text_of(name: str) -> str:
    """What stands in the table `name`."""
    return files("nudgekit.law").joinpath("tables", f"{name}.toml").read_text(encoding="utf-8")

"""The files of the tables, read when they are first asked for: arming a run asks none."""

from typing import Any


def text_of(name: str) -> str:
    """What stands in the table `name`."""
    return package_text("nudgekit.law", "tables", f"{name}.toml")


def package_text(package: str, *path: str) -> str:
    """What stands in a file that ships with `package`."""
    from importlib.resources import files  # noqa: PLC0415  # a dozen modules that arming a run does not need

    return files(package).joinpath(*path).read_text(encoding="utf-8")


def toml(text: str) -> dict[str, Any]:
    """The tables in `text`."""
    import tomllib  # noqa: PLC0415

    return tomllib.loads(text)

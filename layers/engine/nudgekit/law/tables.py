"""The tables, read from their files, checked strictly, and known by a digest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError

from nudgekit.errors import MistakesError, RuleError
from nudgekit.law.area_codes import STATES, ZONES
from nudgekit.law.files import text_of, toml
from nudgekit.law.rows import (
    DoNotCallRow,
    HoursRow,
    PauseRow,
    RegistrationRow,
    Row,
    UndeliveredRow,
    WindowRow,
    as_row,
)

FILES: Final = ("hours", "registrations", "delivery")

KINDS: Final[Mapping[str, type[Row]]] = {
    "hours": HoursRow,
    "registrations": RegistrationRow,
    "do_not_call": DoNotCallRow,
    "undelivered": UndeliveredRow,
    "windows": WindowRow,
    "pauses": PauseRow,
}
REMEDY: Final = "see docs/reference/law.md for what a row may say"


@dataclass(frozen=True)
class Tables:
    """All rows by kind, in the order of the files."""

    hours: tuple[HoursRow, ...] = ()
    registrations: tuple[RegistrationRow, ...] = ()
    do_not_call: tuple[DoNotCallRow, ...] = ()
    undelivered: tuple[UndeliveredRow, ...] = ()
    windows: tuple[WindowRow, ...] = ()
    pauses: tuple[PauseRow, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the files: what decisions name the law by."""
        return sha256("\x1f".join(self.texts).encode()).hexdigest()

    @cached_property
    def mark(self) -> str:
        """The beginning of the digest, for traces."""
        return self.digest[:12]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The id of every row."""
        return tuple(row.id for kind in KINDS for row in getattr(self, kind))

    @cached_property
    def channels_with_registers(self) -> frozenset[str]:
        """The channels that any do-not-call register is about."""
        return frozenset(str(channel) for row in self.do_not_call for channel in row.channels)

    @cached_property
    def channels_with_hours(self) -> frozenset[str]:
        """The channels that any row has hours for."""
        return frozenset(str(channel) for row in self.hours for channel in row.channels)


@cache
def tables() -> Tables:
    """The tables that ship with this release.

    Raises:
        RuleError: a row that cannot be understood, or every one of them; with file, row, field and remedy.
    """
    rows = read_tables({f"law/tables/{name}.toml": text_of(name) for name in FILES})
    return replace(rows, texts=(*rows.texts, text_of(STATES), text_of(ZONES)))


def read_tables(texts: Mapping[str, str]) -> Tables:
    """The tables in `texts`: TOML by the name of its file.

    Raises:
        RuleError: as `tables`.
    """
    rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    mistakes: list[RuleError] = []
    for name, text in texts.items():
        for kind, row in _rows(name, text, mistakes):
            rows[kind].append(row)
    mistakes += _repeated([row.id for each in rows.values() for row in each], ", ".join(texts))
    if mistakes:
        raise mistakes[0] if len(mistakes) == 1 else MistakesError(mistakes)
    return Tables(**{kind: tuple(each) for kind, each in rows.items()}, texts=tuple(texts.values()))  # type: ignore[arg-type]


def _rows(name: str, text: str, mistakes: list[RuleError]) -> Iterator[tuple[str, Row]]:
    try:
        data = toml(text)
    except ValueError as error:
        mistakes.append(RuleError(f"it is not TOML: {error}", name, "correct the line"))
        return
    for kind, given in data.items():
        if kind not in KINDS or not isinstance(given, list):
            mistakes.append(RuleError(f"[[{kind}]] is not a table", name, f"one of {', '.join(KINDS)}"))
            continue
        for number, each in enumerate(given, 1):
            try:
                yield kind, as_row(KINDS[kind], each)
            except ValidationError as error:
                where = f"{name}{_line_of(text, kind, number)}: {_name_of(each, kind, number)}"
                mistakes += _findings(error, where, KINDS[kind])


def _line_of(text: str, kind: str, number: int) -> str:
    """Where the row begins, as in `:12`; empty when it is not written as a table of its own."""
    lines = [count for count, line in enumerate(text.splitlines(), 1) if line.split("#")[0].strip() == f"[[{kind}]]"]
    return f":{lines[number - 1]}" if number <= len(lines) else ""


def _name_of(given: Any, kind: str, number: int) -> str:
    return str(given["id"]) if isinstance(given, dict) and "id" in given else f"{kind} row {number}"


def _findings(error: ValidationError, where: str, kind: type[Row]) -> Iterator[RuleError]:
    known = ", ".join(sorted(each.alias or name for name, each in kind.model_fields.items()))
    for each in error.errors():
        place = ".".join(str(part) for part in each["loc"])
        remedy = f"one of {known}" if each["type"] == "extra_forbidden" else REMEDY
        yield RuleError(f"{place}: {each['msg']}" if place else each["msg"], where, remedy)


def _repeated(ids: Sequence[str], where: str) -> list[RuleError]:
    twice = sorted({each for each in ids if ids.count(each) > 1})
    return [RuleError(f"two rows are called {each}", where, "give one of them another id") for each in twice]

"""Files of products, CSV with headings or JSON lines: each row becomes a `Product Updated` event."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final

from pydantic import ValidationError

from nudgekit.cli.formats.parts import Entry, Event, Malformed, content_id, iso
from nudgekit.errors import EventError, Problem
from nudgekit.language.mistakes import nearest
from nudgekit.model.catalogue import Said, said_in
from nudgekit.model.event import Event as Contract

SOURCE: Final = "shop.catalogue"
AT: Final = "updated_at"
COLUMNS: Final = ("product_id", AT, *(name for name in Said.model_fields if name != "variants"))
FIELDS: Final = (*COLUMNS, "variants")
"""What a line of JSON may say; a table has no place for a list of variants, but one row for each."""


def events(lines: Iterable[str], at: datetime) -> Iterator[Entry]:
    """Yield the event of each row that is not empty; one that does not say when it was updated counts from `at`.

    Raises:
        Problem: the headings of a table are wrong.
    """
    rest = iter(lines)
    first = next((line for line in rest if line.strip()), "").removeprefix("\ufeff")
    rows = _json_lines(chain([first], rest)) if first.lstrip().startswith("{") else _table(chain([first], rest))
    for number, text, given in rows:
        yield given if isinstance(given, Malformed) else _entry(number, text, given, at)


Row = tuple[int, str, Mapping[str, Any] | Malformed]
"""The number of a line, its text, and what it says."""


def _json_lines(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line.strip(), _read_json(number, line.strip())


def _read_json(number: int, line: str) -> Mapping[str, Any] | Malformed:
    try:
        given = json.loads(line, parse_float=str)
    except (ValueError, RecursionError):
        return Malformed(number, "is not JSON; write one object a line", line)
    if not isinstance(given, dict):
        return Malformed(number, "is no JSON object; write one a line", line)
    strange = [name for name in given if name not in FIELDS]
    if strange:
        return Malformed(number, f"has a field {strange[0]!r} that no product has; {nearest(strange[0], FIELDS)}", line)
    return {name: value for name, value in given.items() if value is not None}


def _table(lines: Iterable[str]) -> Iterator[Row]:
    reader = csv.reader(lines)
    headings = [each.strip() for each in next(reader, [])]
    _check_headings(headings)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            text, number = ",".join(cells), reader.line_num
            if len(cells) != len(headings):
                why = f"has {len(cells)} columns where the headings have {len(headings)}; add or remove commas"
                yield number, text, Malformed(number, why, text)
            else:
                told = zip(headings, cells, strict=True)
                yield number, text, {name: cell.strip() for name, cell in told if cell.strip()}


def _check_headings(headings: list[str]) -> None:
    strange = [name for name in headings if name not in COLUMNS]
    if strange:
        raise Problem(f"Line 1: there is no column {strange[0]!r}; {nearest(strange[0], COLUMNS)}.")
    if "product_id" not in headings or len(set(headings)) < len(headings):
        raise Problem(f"Line 1: name each column once, product_id among them; there are {', '.join(COLUMNS)}.")


def _entry(number: int, text: str, given: Mapping[str, Any], at: datetime) -> Entry:
    moment = _moment(given[AT]) if AT in given else at
    if moment is None:
        return Malformed(number, f"has no time in {AT} like 2026-11-02T09:00:00Z; give it a zone", text)
    made = _event({name: value for name, value in given.items() if name != AT}, moment)
    why = _wrong(made)
    return Malformed(number, why, text) if why else made


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
        return found if found.tzinfo is not None and iso(found) else None
    except (ValueError, OverflowError):
        return None


def _event(properties: Mapping[str, Any], at: datetime) -> Event:
    named = content_id(json.dumps(properties, sort_keys=True, default=str), iso(at))
    detail = {"message_id": named, "timestamp": iso(at), "properties": dict(properties), "schema_version": 1}
    return {"source": SOURCE, "detail-type": "Product Updated", "detail": detail}


def _wrong(made: Event) -> str:
    """What keeps the row from being a product, and what to do; empty when nothing does."""
    try:
        said_in(Contract.model_validate(made))
    except ValidationError as error:
        return _advice({str(each["loc"][-1]) for each in error.errors()})
    except EventError as error:
        return _advice({"product_id"}) if "names no product" in str(error) else _advice(_fields_of(str(error)))
    return ""


def _fields_of(text: str) -> set[str]:
    return {name for name in FIELDS if name in text.partition("(")[0].replace(",", " ").split()}


def _advice(fields: set[str]) -> str:
    """Never a value: what stands in a file of products goes into no message of ours."""
    known = sorted(fields & _REMEDIES.keys()) or ["product_id"]
    return "; ".join(f"{name}: {_REMEDIES[name]}" for name in known)


_TEXT: Final = "write at most 1024 characters"
_REMEDIES: Final = {
    "product_id": "name the product, in at most 128 characters",
    "variant": "name the variant, in at most 128 characters",
    "variants": "write at most 100, each an object with `variant`, and `stock` or `price`",
    "price": "write an amount of 0 or more, as in 49.00",
    "stock": "write a whole number",
    "currency": "write three capital letters, as in EUR",
    "status": "write active, sold or removed",
    "seller_id": "name the seller, in at most 128 characters",
    **dict.fromkeys(("name", "brand", "category", "url", "image_url"), _TEXT),
}

"""The REES46 e-commerce data, in its own nine columns.

Purchases of one session in one second are one order. The session stands for the cart.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from nudgekit.cli.formats.parts import Entry, Event, Malformed, content_id, event

SOURCE = "rees46"
CURRENCY = "USD"
NAMES = {"view": "Product Viewed", "cart": "Product Added", "remove_from_cart": "Product Removed"}


class Row(NamedTuple):
    """One line of the file."""

    event_time: str
    event_type: str
    product_id: str
    category_id: str
    category_code: str
    brand: str
    price: str
    user_id: str
    user_session: str


def events(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the events of the lines, in their order."""
    for order, rows in groupby(_rows(lines), key=_order):
        if order:
            yield _order_completed(list(rows))
        else:
            yield from map(_single, rows)


def _rows(lines: Iterable[str]) -> Iterator[Row | Malformed]:
    reader = csv.reader(lines)
    for cells in reader:
        if cells and cells[0] != "event_time":
            yield _row(cells, reader.line_num)


def _row(cells: list[str], line: int) -> Row | Malformed:
    text = ",".join(cells)
    if len(cells) != len(Row._fields):
        return Malformed(line, f"has {len(cells)} columns, not {len(Row._fields)}; see docs/reference/cli.md", text)
    row = Row(*cells)
    try:
        _time(row), float(row.price or 0)
    except ValueError:
        return Malformed(line, "event_time must be like 2019-10-01 00:00:00 UTC, and price a number", text)
    known = row.event_type in NAMES or row.event_type == "purchase"
    return row if known else Malformed(line, f"unknown event_type {row.event_type!r}", text)


def _order(row: Row | Malformed) -> tuple[str, str] | None:
    bought = isinstance(row, Row) and row.event_type == "purchase"
    return (row.user_session, row.event_time) if bought and isinstance(row, Row) else None


def _single(row: Row | Malformed) -> Entry:
    if isinstance(row, Malformed):
        return row
    properties = {**_product(row), "cart_id": row.user_session, "currency": CURRENCY}
    return event(
        SOURCE,
        NAMES[row.event_type],
        {"user_id": row.user_id},
        _time(row),
        message_id=content_id(*row),
        properties=properties,
    )


def _order_completed(rows: list[Row | Malformed]) -> Event:
    bought = list(dict.fromkeys(row for row in rows if isinstance(row, Row)))  # a repeated row is no second item
    first = bought[0]
    order = content_id(first.user_session, first.event_time)
    total = round(sum(float(row.price or 0) for row in bought), 2)
    properties = {
        "order_id": order,
        "cart_id": first.user_session,
        "currency": CURRENCY,
        "total": total,
        "value": total,
        "products": [_product(row) for row in bought],
    }
    return event(
        SOURCE, "Order Completed", {"user_id": first.user_id}, _time(first), message_id=order, properties=properties
    )


def _product(row: Row) -> dict[str, Any]:
    fields = {
        "product_id": row.product_id,
        "sku": row.product_id,
        "name": _name(row),
        "brand": row.brand,
        "category": row.category_code or row.category_id,
        "price": float(row.price) if row.price else None,
        "quantity": 1,
    }
    return {name: value for name, value in fields.items() if value not in {"", None}}


def _name(row: Row) -> str:
    """The data has no names: brand and kind stand in."""
    kind = row.category_code.rpartition(".")[2].replace("_", " ")
    return " ".join(part for part in (row.brand.title(), kind) if part)


def _time(row: Row) -> datetime:
    return datetime.strptime(row.event_time, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)

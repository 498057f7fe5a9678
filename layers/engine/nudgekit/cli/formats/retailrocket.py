"""The RetailRocket layout: timestamp (ms since 1970 UTC), visitorid, event, itemid, transactionid. It knows no prices.

Transactions of one id that follow each other are one order. There is no cart id: the visitor's cart is meant.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from nudgekit.cli.formats.parts import Entry, Event, Malformed, content_id, event

SOURCE = "retailrocket"
NAMES = {"view": "Product Viewed", "addtocart": "Product Added"}


class Row(NamedTuple):
    """One line of the file."""

    timestamp: str
    visitorid: str
    event: str
    itemid: str
    transactionid: str


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
        if cells and cells[0] != "timestamp":
            yield _row(cells, reader.line_num)


def _row(cells: list[str], line: int) -> Row | Malformed:
    text = ",".join(cells)
    if len(cells) != len(Row._fields):
        return Malformed(line, f"has {len(cells)} columns, not {len(Row._fields)}; see docs/reference/cli.md", text)
    row = Row(*cells)
    if not row.timestamp.isdigit():
        return Malformed(line, "timestamp must be milliseconds since 1970", text)
    if row.event not in {*NAMES, "transaction"}:
        return Malformed(line, f"unknown event {row.event!r}", text)
    missing = row.event == "transaction" and not row.transactionid
    return Malformed(line, "a transaction needs a transactionid", text) if missing else row


def _order(row: Row | Malformed) -> str | None:
    return row.transactionid if isinstance(row, Row) and row.event == "transaction" else None


def _single(row: Row | Malformed) -> Entry:
    if isinstance(row, Malformed):
        return row
    properties = {"product_id": row.itemid, "sku": row.itemid, "quantity": 1}
    return event(
        SOURCE, NAMES[row.event], _visitor(row), _time(row), message_id=content_id(*row), properties=properties
    )


def _order_completed(rows: list[Row | Malformed]) -> Event:
    bought = list(dict.fromkeys(row for row in rows if isinstance(row, Row)))
    first = bought[0]
    products = [{"product_id": row.itemid, "sku": row.itemid, "quantity": 1} for row in bought]
    properties = {"order_id": first.transactionid, "products": products}
    name = content_id("order", first.transactionid)
    return event(SOURCE, "Order Completed", _visitor(first), _time(first), message_id=name, properties=properties)


def _visitor(row: Row) -> dict[str, str]:
    return {"user_id": row.visitorid}


def _time(row: Row) -> datetime:
    return datetime.fromtimestamp(int(row.timestamp) / 1000, UTC)

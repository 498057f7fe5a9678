"""The RetailRocket layout: timestamp (ms since 1970 UTC), visitorid, event, itemid, transactionid. It knows no prices.

Transactions of one id that follow each other are one order. There is no cart id: the visitor's cart is meant.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from nudgekit.cli.formats.parts import Event, content_id, event
from nudgekit.cli.formats.table import Table

SOURCE = "retailrocket"
LATEST = 99_999_999_999_999
NAMES = {"view": "Product Viewed", "addtocart": "Product Added"}


class Row(NamedTuple):
    """One line of the file."""

    timestamp: str
    visitorid: str
    event: str
    itemid: str
    transactionid: str


def _fault(row: Row) -> str | None:
    if not (row.timestamp.isascii() and row.timestamp.isdecimal() and len(row.timestamp) <= len(str(LATEST))):
        return "timestamp must be milliseconds since 1970"
    if row.event not in {*NAMES, "transaction"}:
        return f"event must be one of {', '.join(NAMES)}, transaction"
    return "a transaction needs a transactionid" if row.event == "transaction" and not row.transactionid else None


def _order(row: Row) -> str | None:
    return row.transactionid if row.event == "transaction" else None


def _single(row: Row) -> Event:
    properties = {"product_id": row.itemid, "sku": row.itemid, "quantity": 1}
    return event(
        SOURCE, NAMES[row.event], _visitor(row), _time(row), message_id=content_id(*row), properties=properties
    )


def _order_completed(bought: list[Row]) -> Event:
    first = bought[0]
    products = [{"product_id": row.itemid, "sku": row.itemid, "quantity": 1} for row in bought]
    properties = {"order_id": first.transactionid, "products": products}
    name = content_id("order", first.transactionid)
    return event(SOURCE, "Order Completed", _visitor(first), _time(first), message_id=name, properties=properties)


def _visitor(row: Row) -> dict[str, str]:
    return {"user_id": row.visitorid}


def _time(row: Row) -> datetime:
    return datetime.fromtimestamp(int(row.timestamp) / 1000, UTC)


events = Table(Row._fields, Row, _fault, _order, _single, _order_completed).events
"""Yields the events of the lines, in their order."""

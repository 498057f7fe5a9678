"""The REES46 e-commerce data, in its own nine columns.

Purchases of one session in one second are one order. The session stands for the cart.
"""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from nudgekit.cli.formats.parts import Event, content_id, event
from nudgekit.cli.formats.table import Table
from nudgekit.model.facts.money import LARGEST

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


def _fault(row: Row) -> str | None:
    try:
        _time(row)
        fair = 0 <= Decimal(row.price or 0) < LARGEST
    except (ValueError, OverflowError, InvalidOperation):
        fair = False
    if not fair:
        return "event_time must be like 2019-10-01 00:00:00 UTC, and price a number"
    known = row.event_type in NAMES or row.event_type == "purchase"
    return None if known else f"event_type must be one of {', '.join(NAMES)}, purchase"


def _order(row: Row) -> tuple[str, str] | None:
    return (row.user_session, row.event_time) if row.event_type == "purchase" else None


def _single(row: Row) -> Event:
    properties = {**_product(row), "cart_id": row.user_session, "currency": CURRENCY}
    return event(
        SOURCE,
        NAMES[row.event_type],
        {"user_id": row.user_id},
        _time(row),
        message_id=content_id(*row),
        properties=properties,
    )


def _order_completed(bought: list[Row]) -> Event:
    first = bought[0]
    order = content_id(first.user_session, first.event_time)
    total = float(sum(Decimal(row.price or 0) for row in bought))
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


events = Table(Row._fields, Row, _fault, _order, _single, _order_completed).events
"""Yields the events of the lines, in their order."""

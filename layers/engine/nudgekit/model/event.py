"""The event contract: the envelope as EventBridge brings it, names and fields as in the Segment e-commerce spec.

Source: https://segment.com/docs/connections/spec/ecommerce/v2/
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator

from nudgekit.errors import EventError
from nudgekit.model.base import KEY_FIELDS, Id, Model, Timestamp, Whose

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far ahead of us a producer's clock may run."""

OLDEST: Final = timedelta(days=400)
"""Older events change no decision; orders of more than a year ago tell whether a customer is dormant or new."""

LASTING: Final = frozenset({"Consent Updated"})
"""Events that count however old they are: what somebody allowed or refused is true from the day they said it."""

MAX_BYTES: Final = 64 * 1024
"""The largest event taken in, as JSON; EventBridge's own limit is 256 KB for a whole request."""

COMMERCE_EVENTS: Final = frozenset(
    {
        "Products Searched", "Product List Viewed", "Product List Filtered", "Promotion Viewed", "Promotion Clicked",
        "Product Clicked", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "Checkout Started",
        "Checkout Step Viewed", "Checkout Step Completed", "Payment Info Entered", "Order Completed", "Order Updated",
        "Order Refunded", "Order Cancelled", "Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed",
        "Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart",
        "Product Shared", "Cart Shared", "Product Reviewed",
    }
)  # fmt: skip
MARKET_EVENTS: Final = frozenset(
    {
        "Signed Up", "Page Viewed", "Exit Intent Detected", "Exit Reason Given", "Chat Started", "Listing Started",
        "Listing Published", "Listing Saved", "Listing Sold", "Listing Removed", "Article Read", "Coupon Issued",
        "Reminder Requested", "Cashback Granted", "Cashback Redeemed", "Offer Taken", "Product Details Opened",
    }
)  # fmt: skip
SHOP_EVENTS: Final = frozenset(
    {"Product Updated", "Price Dropped", "Back In Stock", "Article Published", "Flash Sale Started", "Festival Ended"}
)
"""Events that are nobody's own: what the shop did."""

CALENDAR: Final = "Calendar Reached"
"""The event that a trigger with `every` makes for each person, at the moment when their own clock shows the hour."""

OWN_EVENTS: Final = frozenset(
    {
        "Profile Updated", "Consent Updated", "Consent Requested", "Address Disabled", "Registry Checked",
        "Message Received", "Message Held Back", "Identity Linked",
    }
)  # fmt: skip
MESSAGE_EVENTS: Final = frozenset(
    {
        "Message Sent", "Message Delivered", "Message Opened", "Message Clicked", "Message Failed", "Message Withheld",
        "Message In Doubt",
    }
)  # fmt: skip
KNOWN_EVENTS: Final = COMMERCE_EVENTS | MARKET_EVENTS | SHOP_EVENTS | OWN_EVENTS | MESSAGE_EVENTS


ANONYMOUS: Final = "anonymous:"
"""What the id of somebody begins with who is known by a device alone."""

Scalar = str | int | float | bool

MAX_ABOUT: Final = 30
"""Properties of its start event that a run remembers: by name, the first."""

_DESCRIBED: Final = {"product_id", "name", "brand", "category", "price", "currency", "url", "image_url"}

_Word = Annotated[str, StringConstraints(max_length=64)]
_Text = Annotated[str, StringConstraints(max_length=256)]
_Address = Annotated[str, StringConstraints(max_length=1024)]


class _Open(Model):
    """A part of the contract that keeps fields it does not know."""

    model_config = ConfigDict(extra="allow")


class ProductLine(_Open):
    """One product in an event. Prices are per unit, in the event's currency."""

    product_id: Id
    name: _Text | None = None
    brand: _Text | None = None
    category: _Text | None = None
    price: Decimal | None = Field(default=None, ge=0, allow_inf_nan=False, max_digits=20)
    quantity: int = Field(default=1, ge=0, le=1_000_000)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    url: _Address | None = None
    image_url: _Address | None = None


class Properties(_Open):
    """What happened, in the Segment e-commerce spec's field names."""

    article_id: Id | None = None
    cart_id: Id | None = None
    chat_id: Id | None = None
    checkout_id: Id | None = None
    coupon_id: Id | None = None
    deadline_id: Id | None = None
    order_id: Id | None = None
    product_id: Id | None = None
    sale_id: Id | None = None
    seller_id: Id | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    value: Decimal | None = Field(default=None, allow_inf_nan=False, max_digits=20)
    products: tuple[ProductLine, ...] = Field(default=(), max_length=100)


class Context(_Open):
    """Where it happened: the device's own zone and locale, when the producer knows them."""

    timezone: _Word | None = None
    locale: _Word | None = None


class Detail(_Open):
    """The `detail` of an event on the bus."""

    message_id: Id
    user_id: Whose | None = None
    anonymous_id: Id | None = None
    timestamp: Timestamp
    properties: Properties = Properties()
    context: Context = Context()
    schema_version: int = Field(default=1, ge=1)
    trigger: str | None = None


class Event(Model):
    """One event as EventBridge hands it over."""

    source: str = Field(min_length=1)
    name: str = Field(alias="detail-type", min_length=1, max_length=128)
    detail: Detail

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.person and not self.of_shop:
            raise ValueError("neither user_id nor anonymous_id is given")
        return self

    @property
    def of_shop(self) -> bool:
        """Whether it is something the shop or the calendar did, and no person."""
        return self.name in SHOP_EVENTS or self.name == CALENDAR

    @property
    def person(self) -> str:
        """Whose event it is; empty for an event of the shop."""
        if self.detail.user_id is not None:
            return self.detail.user_id
        return f"{ANONYMOUS}{self.detail.anonymous_id}" if self.detail.anonymous_id is not None else ""

    @property
    def at(self) -> datetime:
        """When it happened, by the producer's clock."""
        return self.detail.timestamp

    @property
    def id(self) -> str:
        """The producer's id of this very event; a repeat carries the same."""
        return self.detail.message_id

    def for_person(self, person: str) -> dict[str, Any]:
        """The event of the shop as the start of one person's run: as a queue brings it, with the person filled in."""
        body = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        stranger = person.startswith(ANONYMOUS)
        whose = {"anonymous_id": person.removeprefix(ANONYMOUS)} if stranger else {"user_id": person}
        return {**body, "detail": {**body["detail"], **whose}}

    @cached_property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The key fields that the event carries, each with its values."""
        properties = self.detail.properties
        found: dict[str, tuple[str, ...]] = {
            field: (value,) for field in KEY_FIELDS if (value := getattr(properties, field))
        }
        if "product_id" not in found and properties.products:
            found["product_id"] = tuple(line.product_id for line in properties.products)
        return found

    def key(self, field: str) -> str:
        """The value of key `field`, or an empty string: then the event concerns whatever the person has."""
        values = self.keys.get(field)
        return values[0] if values else ""

    @cached_property
    def about(self) -> dict[str, Scalar]:
        """Its properties as far as they are plain values, with its first product's; what a run remembers of it."""
        given = self.detail.properties.model_dump(mode="json", exclude_none=True, exclude={"products"})
        if self.lines:
            described = self.lines[0].model_dump(mode="json", exclude_none=True, include=_DESCRIBED)
            given = {**described, **given}
        plain = {name: value for name, value in given.items() if _is_plain(name, value)}
        return dict(sorted(plain.items())[:MAX_ABOUT])

    @cached_property
    def lines(self) -> tuple[ProductLine, ...]:
        """The products of the event, whether listed or given as its own properties."""
        properties = self.detail.properties
        if properties.products or properties.product_id is None:
            return properties.products
        return (ProductLine.model_validate(properties.model_dump(exclude_none=True)),)


def parse_event(raw: Mapping[str, Any], now: datetime, size: int = 0) -> Event:
    """The event in `raw`, checked against the contract.

    Args:
        raw: an EventBridge event.
        now: the moment of reception.
        size: its length in bytes, where the caller knows it.

    Raises:
        EventError: it is malformed, oversized, from the future or too old; the text names fields, never values.
    """
    if size > MAX_BYTES:
        raise EventError("event is too large", "event", f"send at most {MAX_BYTES} bytes")
    try:
        event = Event.model_validate(raw)
        _ = event.lines  # an event's own properties may describe a product, and be as wrong as a listed one's
    except ValidationError as error:
        raise EventError(_findings(error), "event", "see docs/reference/events.md for the contract") from None
    if event.at > now + CLOCK_SKEW:
        raise EventError("event lies in the future", "detail.timestamp", "set the producer's clock")
    if event.at < now - OLDEST and event.name not in LASTING:
        raise EventError("event is older than any decision looks back", "detail.timestamp", "do not send it")
    return event


def _findings(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()[:5])


def _is_plain(name: str, value: object) -> bool:
    if isinstance(value, float) and not isfinite(value):
        return False
    return len(name) <= 64 and isinstance(value, Scalar) and (not isinstance(value, str) or len(value) <= 1024)

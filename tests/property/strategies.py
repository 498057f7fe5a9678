"""Lives of people, as Hypothesis draws them."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from nudgekit.model.event import Event
from tests.builders import NOON, make_event

CARTS = st.sampled_from(["c1", "c2", None])
PRODUCTS = st.sampled_from(["mug", "bowl", "plate"])
MOMENTS = st.integers(min_value=-120, max_value=29).map(lambda minutes: NOON + timedelta(minutes=minutes))
SHOPPING = st.sampled_from(
    ["Product Added", "Product Removed", "Checkout Started", "Product Viewed", "Order Completed"]
)
CHANNELS = st.sampled_from(["push", "email", "sms", "whatsapp"])


@st.composite
def shopping(draw: st.DrawFn) -> Event:
    """Something done in the shop."""
    name = draw(SHOPPING)
    properties: dict[str, Any] = {"cart_id": draw(CARTS)}
    if name == "Order Completed":
        properties["order_id"] = draw(st.sampled_from(["o1", "o2"]))
    else:
        properties |= {
            "product_id": draw(PRODUCTS),
            "price": draw(st.sampled_from(["5.00", "19.99", "20.00"])),
            "quantity": draw(st.integers(1, 3)),
            "currency": "EUR",
            "brand": draw(st.sampled_from(["Fern", "Fable"])),
        }
    zone = draw(st.sampled_from([None, "Europe/Berlin", "Asia/Tokyo"]))
    return make_event(name, draw(MOMENTS), properties, context={"timezone": zone} if zone else {})


@st.composite
def sayings(draw: st.DrawFn) -> Event:
    """Something said about oneself or about being messaged, or learned about an address."""
    at = draw(MOMENTS)
    if draw(st.booleans()):
        given = {
            "channel": draw(CHANNELS),
            "purpose": "promotional",
            "status": draw(st.sampled_from(["granted", "denied"])),
        }
        return make_event("Consent Updated", at, given)
    return make_event("Profile Updated", at, draw(st.fixed_dictionaries({}, optional=_SELF)))


_DEVICE = st.fixed_dictionaries({"endpoint": st.sampled_from(["d1", "d2"]), "platform": st.just("fcm")})
_SELF: dict[str, st.SearchStrategy[Any]] = {
    "email": st.sampled_from(["a@example.com", "b@example.com"]),
    "phone": st.sampled_from(["+4915550100", "+4915550101"]),
    "timezone": st.sampled_from(["Europe/Berlin", "America/New_York"]),
    "segments": st.sampled_from([["staff"], []]),
    "shoe_size": st.integers(35, 48),
    "push": st.lists(_DEVICE, max_size=2),
}

LIVES = st.lists(st.one_of(shopping(), shopping(), sayings()), min_size=1, max_size=14)

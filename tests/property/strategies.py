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
DEALING = st.sampled_from(
    [
        "Product Viewed", "Product List Viewed", "Product Added to Wishlist", "Chat Started", "Listing Published",
        "Listing Sold", "Article Read", "Page Viewed", "Order Completed",
    ]
)  # fmt: skip
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
def dealing(draw: st.DrawFn) -> Event:
    """Something done on the marketplace, ordered or read: with money, categories and pages in it."""
    name = draw(DEALING)
    properties: dict[str, Any] = {"category": draw(st.sampled_from(["kitchen", "garden", "home", None]))}
    if name == "Article Read":
        properties["article_id"] = draw(st.sampled_from(["a1", "a2"]))
    elif name not in {"Page Viewed", "Product List Viewed"}:
        properties |= {
            "product_id": draw(PRODUCTS),
            "currency": draw(st.sampled_from(["EUR", "USD", None])),
            "price": draw(st.sampled_from(["5.00", "19.99", None])),
            "total": draw(st.sampled_from([12.5, "30", None, "much", "1e-30", "99999999999.99", "NaN"])),
            "seconds": draw(st.sampled_from([30, None, -1, "long"])),
        }
    if name == "Order Completed":
        properties["order_id"] = draw(st.sampled_from(["o1", "o2", "o3", None]))
    return make_event(name, draw(MOMENTS), properties)


@st.composite
def sayings(draw: st.DrawFn) -> Event:
    """Something said about oneself or about being messaged, or learned about an address."""
    at = draw(MOMENTS)
    if draw(st.integers(0, 3)) == 0:
        name, properties = draw(_LEARNED)
        return make_event(name, at, properties)
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
    "phone": st.sampled_from(["+4915550100", "+6591234567", "+13055550123", None]),
    "country": st.sampled_from(["DE", "US", None]),
    "state": st.sampled_from(["US-FL", "NY", None]),
    "timezone": st.sampled_from(["Europe/Berlin", "America/New_York"]),
    "segments": st.sampled_from([["staff"], []]),
    "follows": st.lists(st.sampled_from(["plants", "cooks"]), max_size=2),
    "shoe_size": st.integers(35, 48),
    "push": st.lists(_DEVICE, max_size=2),
}

_LEARNED = st.one_of(
    st.tuples(
        st.just("Registry Checked"),
        st.fixed_dictionaries(
            {"register": st.just("sg-dnc"), "channel": st.sampled_from(["sms", "whatsapp"]), "listed": st.booleans()},
            optional={"phone": st.sampled_from(["+6591234567", "+4915550100"])},
        ),
    ),
    st.tuples(
        st.just("Message Received"),
        st.fixed_dictionaries({"channel": st.sampled_from(["sms", "whatsapp"])}, optional={"from_ad": st.booleans()}),
    ),
    st.tuples(st.just("Message Held Back"), st.just({"channel": "whatsapp", "message": "m1"})),
)
"""What is learned about a person from elsewhere."""

LIVES = st.lists(st.one_of(shopping(), shopping(), dealing(), sayings()), min_size=1, max_size=14)

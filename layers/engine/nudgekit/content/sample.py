"""A shopper and a cart for trying messages out: everybody in them is made up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from nudgekit.content.context import Inputs, message_context
from nudgekit.content.links import PREVIEW
from nudgekit.language.policy import Policy
from nudgekit.model.base import DAY_MS, Channel, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.event import Event
from nudgekit.model.facts import Cart, Facts, Interest, Line, Takings
from nudgekit.model.offer import Promise
from nudgekit.model.profile import Profile

SAMPLE_MESSAGE: Final = "m0123456789abcdef01234567"
"""As long as real ids of messages are: links and segments count it."""


def sample_context(
    policy: Policy, trigger_id: str, locale: str = "", start: Event | None = None, *, offered: bool = True
) -> dict[str, Any]:
    """The names of a message to somebody with two things in the cart, everything about them known.

    Args:
        policy: the shop's numbers.
        trigger_id: whose message it is.
        locale: the shopper's; the shop's first when left out.
        start: the event that began it, of which the message may speak; None: nothing is known of one.
        offered: whether they get a code too, if the message speaks of one.
    """
    return message_context(sample_inputs(policy, trigger_id, locale, start, offered=offered))


def sample_inputs(
    policy: Policy, trigger_id: str, locale: str = "", start: Event | None = None, *, offered: bool = True
) -> Inputs:
    """All that a message to that shopper may draw on; see `sample_context`."""
    lines = tuple(_line(policy, *each) for each in _THINGS)
    value = sum((line.price * line.quantity for line in lines if line.price), Decimal(0))
    products = tuple(_product(line) for line in lines)
    return Inputs(
        policy=policy,
        trigger=trigger_id,
        message=SAMPLE_MESSAGE,
        links=PREVIEW.links("sample", Channel.EMAIL, SAMPLE_MESSAGE),
        now=_NOW,
        profile=_PROFILE.model_copy(update={"locale": locale or policy.locales[0]}),
        facts=_FACTS,
        cart=Cart(lines, value, policy.currency),
        about=start.about if start is not None else {},
        item=_started_with(start, policy) or products[0],
        products=products,
        offer=_PROMISE if offered else None,
        picks=products,
    )


_NOW = datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
_PROFILE = Profile(name="Ada Example", locale="en", country="GB", timezone="Europe/London")
_TODAY = to_ms(_NOW) // DAY_MS
_FACTS = Facts(
    takings={
        "Listing Sold": Takings(12, {"": Decimal(340)}, {_TODAY - 2: {"": Decimal("61.50")}}),
        "Cashback Granted": Takings(1, {"": Decimal(5)}),
    },
    days={"Listing Sold": {_TODAY - 2: 2}, "Listing Published": {_TODAY - 3: 1}},
    interests={
        "1": Interest(to_ms(_NOW), 0.0, "Prints", "", "fern-print", "Listing Sold"),
        "2": Interest(to_ms(_NOW), 1.0, "Textiles", "Fern", "linen-throw", "Product Viewed"),
    },
)
"""Somebody who sells prints, looks at textiles and holds cashback."""
_PROMISE = Promise(offer="sample", code="H7KM-3XQD-V9TC", ends=_NOW + timedelta(days=7), percent=10)
_THINGS = (("fern-print", "Fern print, framed", 1, "24.00"), ("linen-throw", "Linen throw", 2, "61.50"))


def _started_with(start: Event | None, policy: Policy) -> Product | None:
    """The product of the start event, as the catalogue would have it."""
    if start is None or not start.lines:
        return None
    known = start.lines[0].model_dump(exclude_none=True)
    described = {name: known[name] for name in Product.model_fields if name in known}
    return Product.model_validate({"currency": policy.currency, **described})


def _line(policy: Policy, product_id: str, name: str, quantity: int, price: str) -> Line:
    page = f"{policy.shop.url}/products/{product_id}"
    return Line(
        at=0,
        mark="",
        cart_id="c-sample",
        product_id=product_id,
        quantity=quantity,
        price=Decimal(price),
        currency=policy.currency,
        name=name,
        url=page,
        image_url=f"{page}.jpg",
    )


def _product(line: Line) -> Product:
    known = line._asdict()
    return Product.model_validate({name: known[name] for name in Product.model_fields if name in known})

"""What lies in a cart."""

from decimal import Decimal
from typing import Final, NamedTuple

from nudgekit.model.event import Event, ProductLine

CART_FILLED: Final = {"Product Added", "Cart Viewed", "Checkout Started", "Wishlist Product Added to Cart"}
CART_EMPTIED: Final = {"Order Completed"}


class Line(NamedTuple):
    """The last word on one product in one cart. `at` is milliseconds since 1970 UTC, the price is per unit."""

    at: int
    mark: str
    cart_id: str
    product_id: str
    quantity: int
    price: Decimal | None = None
    currency: str | None = None
    name: str | None = None
    url: str | None = None
    image_url: str | None = None


class Cart(NamedTuple):
    """What lies in one cart now, the latest line first."""

    lines: tuple[Line, ...]
    value: Decimal | None
    currency: str | None

    @property
    def size(self) -> int:
        """How many different products lie in it."""
        return len(self.lines)

    def contains(self, product_id: str) -> bool:
        """Whether the product lies in it."""
        return any(line.product_id == product_id for line in self.lines)


def line_of(event: Event, product: ProductLine, at: int, mark: str) -> Line:
    """What `event` says about one product in the cart."""
    return Line(
        at=at,
        mark=mark,
        cart_id=event.key("cart_id"),
        product_id=product.product_id,
        quantity=product.quantity,
        price=product.price,
        currency=product.currency or event.detail.properties.currency,
        name=product.name,
        url=product.url,
        image_url=product.image_url,
    )

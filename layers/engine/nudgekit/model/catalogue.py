"""What the shop sells."""

from decimal import Decimal

from nudgekit.model.base import Model
from nudgekit.model.event import Event


class Product(Model):
    """A product as the shop last described it. `at` is milliseconds since 1970 UTC; `stock` None means unknown."""

    product_id: str
    at: int = 0
    name: str | None = None
    brand: str | None = None
    category: str | None = None
    seller_id: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    url: str | None = None
    image_url: str | None = None
    stock: int | None = None

    def updated(self, event: Event, at: int) -> "Product":
        """The product after a `Product Updated` event; an older event changes nothing."""
        if at <= self.at:
            return self
        given = event.detail.properties.model_dump(exclude_none=True)
        known = {field: given[field] for field in Product.model_fields if field in given}
        return Product.model_validate({**self.model_dump(), **known, "at": at})

    @property
    def sold_out(self) -> bool:
        """Whether the shop said that none is left."""
        return self.stock is not None and self.stock <= 0

"""What of a cart can still be bought, and for how much: messages speak of nothing else."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from nudgekit.model.catalogue import Product
from nudgekit.model.facts import Cart, Line

Products = Mapping[str, Product]


def on_offer(cart: Cart, products: Products, currency: str) -> Cart:
    """The cart without what can no longer be bought, at today's prices; `currency` where nobody said it."""
    lines = tuple(repriced(line, products.get(line.product_id), currency) for line in cart.lines)
    lines = tuple(line for line in lines if line.product_id not in products or products[line.product_id].available)
    return cart if lines == cart.lines else Cart(lines, _sum(lines), cart.currency)


def repriced(line: Line, product: Product | None, currency: str) -> Line:
    """The line at the catalogue's price, where that was said after the line and is higher: none promises too little."""
    if product is None or product.price is None or line.price is None or product.priced_at <= line.at:
        return line
    same = (line.currency or currency) == (product.currency or currency)
    return line._replace(price=product.price, at=product.priced_at) if same and product.price > line.price else line


def _sum(lines: Iterable[Line]) -> Decimal | None:
    """The value of the lines; None when a price is unknown or they mix currencies."""
    known, currencies = list(lines), {line.currency for line in lines}
    if any(line.price is None for line in known) or len(currencies) > 1:
        return None
    return sum((line.price * line.quantity for line in known if line.price is not None), Decimal(0))

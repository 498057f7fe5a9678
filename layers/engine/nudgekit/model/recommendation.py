"""What a batch over the events of all people found out about products: rows of the catalogue, read by recommenders."""

from typing import NamedTuple

from nudgekit.model.base import Model


class Scored(NamedTuple):
    """One product, and how well it fits: more is better, comparable only within its row."""

    product_id: str
    score: float


class Similar(Model):
    """What people look at in the same visit as a product.

    Attributes:
        at: until when events were looked at (ms since 1970 UTC).
        products: the best first.
    """

    at: int = 0
    products: tuple[Scored, ...] = ()


class Complement(NamedTuple):
    """A category that is bought by the buyers of another.

    Attributes:
        category: which.
        lift: how much more often than by chance; above 1.
        products: those of its products that they buy most, the best first.
    """

    category: str
    lift: float
    products: tuple[str, ...]


class Complements(Model):
    """What is bought by the buyers of a category.

    Attributes:
        at: until when events were looked at (ms since 1970 UTC).
        categories: the best first.
    """

    at: int = 0
    categories: tuple[Complement, ...] = ()

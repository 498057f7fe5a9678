"""Which products a message speaks of, and at what price: noted while its template is rendered.

A template may be handed ten products and show one. What must still be true at hand-off is what it shows.
"""

from collections.abc import Mapping
from typing import Any, Final

from nudgekit.model.message import Shown

PRICES: Final = frozenset({"price", "total"})
UNSEEN: Final = frozenset({"id", "quantity"})
"""Fields that show nothing by themselves."""


class Shelf:
    """Takes note of what a template takes from the shelf."""

    def __init__(self) -> None:
        self.taken: dict[Shown, bool] = {}

    def names(self, of: Mapping[str, Any], product: Shown) -> dict[str, Any]:
        """The names of one product; whoever asks for one of them is noted."""
        return _Watched(of, self, (product,))

    def sum(self, of: Mapping[str, Any], name: str, products: tuple[Shown, ...]) -> dict[str, Any]:
        """Names of which one, `name`, says the prices of several products together."""
        return _Watched(of, self, products, frozenset({name}))

    def note(self, product: Shown, *, priced: bool) -> None:
        """The message shows `product`, with its price or without."""
        self.taken[product] = self.taken.get(product, False) or priced

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What was taken, each product once at each price that was said."""
        told = (each if priced else each._replace(price=None) for each, priced in self.taken.items())
        return tuple(sorted(told, key=lambda each: (each.product, each.as_of, str(each.price))))


class _Watched(dict[str, Any]):
    """Names that tell when one of them is asked for: Liquid asks by subscript."""

    def __init__(
        self, of: Mapping[str, Any], shelf: Shelf, products: tuple[Shown, ...], only: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(of)
        self.shelf, self.products, self.only = shelf, products, only

    def __getitem__(self, name: str) -> Any:
        if name in self and name not in UNSEEN and (not self.only or name in self.only):
            for each in self.products:
                self.shelf.note(each, priced=bool(self.only) or name in PRICES)
        return super().__getitem__(name)

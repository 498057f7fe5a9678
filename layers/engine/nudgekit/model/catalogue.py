"""What the shop sells, and what people sell on its marketplace: a listing is a product with a `seller_id`.

The last word counts for each field by itself, by the event's time: a feed may tell the stock every minute and the name
once a year. Telling the same again, or in another order, gives the same product.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import Field, StringConstraints, ValidationError

from nudgekit.errors import EventError
from nudgekit.model.base import Id, Model, fingerprint, to_ms
from nudgekit.model.event import Event
from nudgekit.model.facts import event_mark
from nudgekit.model.prices import OF_VARIANTS, Priced, lowest_before, noted

Status = Literal["active", "sold", "removed"]

CATALOGUE_EVENTS: Final[Mapping[str, Status | None]] = {
    "Product Updated": None,
    "Listing Published": "active",
    "Listing Sold": "sold",
    "Listing Removed": "removed",
}
"""Events that describe a product, and the status that they put it in."""

MAX_VARIANTS: Final = 100
MAX_TOLD: Final = 8
"""Derived events that a product remembers, to tell them again word for word when their cause comes again."""

_Text = Annotated[str, StringConstraints(max_length=1024)]
_Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False, max_digits=20)]


class Word(NamedTuple):
    """When something was last said: milliseconds since 1970 UTC, then the event's mark to settle ties."""

    at: int
    mark: str


_NEVER: Final = Word(0, "")


class Selling(Model):
    """That a person sells a product: by it, a listing of theirs is found again. `since` is ms since 1970 UTC."""

    since: int


class Variant(Model):
    """One size or colour. What is not said of it is as with the product."""

    price: Decimal | None = None
    stock: int | None = None
    written: dict[str, Word] = {}


class Derived(NamedTuple):
    """An event that follows from another: told after the product was written, and again when its cause comes again.

    Attributes:
        name: `Price Dropped` or `Back In Stock`.
        id: its message id, the same whenever it is told.
        cause: the mark of the event that it follows from.
        at: when that happened (ms).
        properties: what it says, JSON values.
    """

    name: str
    id: str
    cause: str
    at: int
    properties: dict[str, Any]


class _SaidOfVariant(Model):
    variant: Id
    price: _Amount | None = None
    stock: int | None = None


class Said(Model):
    """What one event says of a product; None: nothing."""

    name: _Text | None = None
    brand: _Text | None = None
    category: _Text | None = None
    seller_id: Id | None = None
    price: _Amount | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    url: _Text | None = None
    image_url: _Text | None = None
    stock: int | None = None
    status: Status | None = None
    variant: Id | None = None
    variants: tuple[_SaidOfVariant, ...] = Field(default=(), max_length=MAX_VARIANTS)


def said_in(event: Event) -> Said:
    """What the event says of its product.

    A sold listing's price is what it went for, and no price of the listing; whoever publishes a listing sells it.

    Raises:
        EventError: a field is missing or wrong.
    """
    given = event.detail.properties.model_dump(exclude_none=True)
    if not event.key("product_id"):
        raise EventError("names no product", "detail.properties.product_id", "say which product it is about")
    status = CATALOGUE_EVENTS[event.name]
    if status is not None:
        seller = {"seller_id": given.get("seller_id", event.person)}
        given = {**given, **seller, "status": status} if status == "active" else {"status": status}
    try:
        return Said.model_validate(given)
    except ValidationError as error:
        fields = ", ".join(str(each["loc"][0]) for each in error.errors())
        raise EventError(f"missing or wrong: {fields}", "detail.properties", "see docs/reference/events.md") from None


_PLAIN: Final = ("name", "brand", "category", "seller_id", "price", "currency", "url", "image_url", "stock", "status")


class Product(Model):
    """A product as the shop last described it.

    Attributes:
        at: up to when everything below is known whose own time is not (ms since 1970 UTC).
        price: of the product; of its cheapest variant, where only variants have prices.
        stock: None means unknown. With variants, all that they have together.
        status: whether it is on offer at all.
        variants: sizes or colours by name, each with a stock and, if it differs, a price of its own.
        written: field -> when it was last said.
        prices: what it cost in the last 30 days and before, see `prices`.
        told: the latest events that followed from what was said.
    """

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
    status: Status = "active"
    variants: dict[str, Variant] = {}
    written: dict[str, Word] = {}
    prices: dict[str, Priced] = {}
    told: tuple[Derived, ...] = ()

    @property
    def sold_out(self) -> bool:
        """Whether the shop said that none is left."""
        return self.stock is not None and self.stock <= 0

    @property
    def available(self) -> bool:
        """Whether it can be bought, as far as the shop said."""
        return self.status == "active" and not self.sold_out

    @property
    def priced_at(self) -> int:
        """When its price was last said (ms); 0: never."""
        of_variants = (each.written["price"].at for each in self.variants.values() if "price" in each.written)
        own = self.word("price").at if "price" in self.written or self.price is not None else 0
        return max([own, *of_variants])

    def lowest_before(self, at: int) -> Decimal | None:
        """The lowest price of the 30 days before `at` (ms), as a reduction is told from; None: not known."""
        series = "" if "price" in self.written else OF_VARIANTS
        return lowest_before(self.prices, self.currency or "", at, series)

    def updated(self, event: Event) -> Self:
        """The product after an event that describes it; one that is older than what is known changes nothing.

        Raises:
            EventError: a field of it is wrong.
        """
        said, word = said_in(event), Word(to_ms(event.at), event_mark(event.source, event.id))
        after = _summed(_with_variants(_with_fields(self, said, word), said, word))
        after = _with_price(after, said, word)
        told = _derived(self, after, word)
        return after.model_copy(update={"told": _latest((*self.told, *told))}) if told else after

    def caused(self, event: Event) -> tuple[Derived, ...]:
        """The events that follow from `event`, now that it is known; the same whenever it comes again."""
        mark = event_mark(event.source, event.id)
        return tuple(each for each in self.told if each.cause == mark)

    @property
    def unsold(self) -> Self:
        """The product with nobody who sells it; what was said of that up to now is not believed again."""
        return self.model_copy(update={"seller_id": None})

    def word(self, field: str) -> Word:
        """When `field` was last said."""
        return self.written.get(field, Word(self.at, "") if getattr(self, field) is not None else _NEVER)


def _with_fields[P: Product](product: P, said: Said, word: Word) -> P:
    of_variant = {"price", "stock"} if said.variant is not None else set()
    given = {name: value for name in _PLAIN if name not in of_variant and (value := getattr(said, name)) is not None}
    newer = {name: value for name, value in given.items() if word > product.word(name)}
    return product.model_copy(update={**newer, "written": {**product.written, **dict.fromkeys(newer, word)}})


def _with_variants[P: Product](product: P, said: Said, word: Word) -> P:
    one = () if said.variant is None else (_SaidOfVariant.model_construct(**_of_variant(said)),)
    variants = dict(product.variants)
    for each in (*said.variants, *one):
        variants[each.variant] = _told_of(variants.get(each.variant, Variant()), each, word)
    if len(variants) > MAX_VARIANTS:
        lasting = sorted(variants, key=lambda name: (max(variants[name].written.values(), default=_NEVER), name))
        variants = {name: variants[name] for name in lasting[-MAX_VARIANTS:]}
    return product.model_copy(update={"variants": dict(sorted(variants.items()))})


def _summed[P: Product](product: P) -> P:
    """What the variants have together; and the price of the cheapest, where the product has none of its own."""
    stocks = [each.stock for each in product.variants.values()]
    known = [max(each, 0) for each in stocks if each is not None]
    prices = [each.price for each in product.variants.values() if each.price is not None]
    summed: dict[str, Any] = {"stock": sum(known) if any(known) or None not in stocks else None} if known else {}
    if prices and "price" not in product.written:
        summed["price"] = min(prices)
    return product.model_copy(update=summed) if summed else product


def _with_price[P: Product](product: P, said: Said, word: Word) -> P:
    """The history with the prices that were said; a late one has its place in it as well."""
    own = [(said.price, "" if said.variant is None else OF_VARIANTS)]
    prices = product.prices
    for price, series in (*own, *((each.price, OF_VARIANTS) for each in said.variants)):
        if price is not None:
            prices = noted(prices, price, said.currency or "", word.at, series)
    return product.model_copy(update={"prices": prices})


def _derived(before: Product, after: Product, word: Word) -> list[Derived]:
    """What follows from what was just said."""
    if after.status != "active":
        return []
    drop = _drop(before, after, word)
    return [*(_back(after, name, word) for name in _returned(before, after)), *([drop] if drop is not None else [])]


def _back(product: Product, variant: str, word: Word) -> Derived:
    stock = product.variants[variant].stock if variant else product.stock
    named = {"variant": variant} if variant else {}
    return _event(product, "Back In Stock", word, {**named, "stock": stock})


def _drop(before: Product, after: Product, word: Word) -> Derived | None:
    """A price below all of the 30 days before; a reduction that only takes back a rise is none."""
    if after.price is None or before.price is None or before.currency not in {None, after.currency}:
        return None
    lowest = min([before.price, *(known for known in (before.lowest_before(word.at),) if known is not None)])
    if after.price >= lowest or after.priced_at != word.at:
        return None
    amount = lowest - after.price
    said = {
        "from": str(before.price),
        "to": str(after.price),
        "lowest_30d": str(lowest),
        "amount": float(amount),
        "percent": int(amount * 1000 / lowest) / 10,
    }
    return _event(after, "Price Dropped", word, said)


_TOLD: Final = ("name", "brand", "category", "currency", "url", "image_url")


def _event(product: Product, name: str, word: Word, properties: Mapping[str, Any]) -> Derived:
    described = {field: value for field in _TOLD if (value := getattr(product, field)) is not None}
    price = {"price": str(product.price)} if product.price is not None else {}
    event_id = fingerprint(name, product.product_id, str(properties.get("variant", "")), word.mark)
    return Derived(
        name, event_id, word.mark, word.at, {"product_id": product.product_id, **described, **price, **properties}
    )


def _told_of(variant: Variant, said: _SaidOfVariant, word: Word) -> Variant:
    given = {name: value for name in ("price", "stock") if (value := getattr(said, name)) is not None}
    newer = {name: value for name, value in given.items() if word > variant.written.get(name, _NEVER)}
    return variant.model_copy(update={**newer, "written": {**variant.written, **dict.fromkeys(newer, word)}})


def _of_variant(said: Said) -> dict[str, Any]:
    return {"variant": said.variant, "price": said.price, "stock": said.stock}


def _returned(before: Product, after: Product) -> list[str]:
    """Variants of which there were none and are some; the empty name for a product without variants."""
    if not after.variants:
        return [""] if before.sold_out and not after.sold_out else []
    known = before.variants
    return [
        name
        for name, each in after.variants.items()
        if (each.stock or 0) > 0 and name in known and (stock := known[name].stock) is not None and stock <= 0
    ]


def _latest(told: tuple[Derived, ...]) -> tuple[Derived, ...]:
    return tuple(sorted(told, key=lambda each: (each.at, each.id)))[-MAX_TOLD:]

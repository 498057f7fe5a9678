"""What a template may speak of. Everything has a value: a template never has to guard against a missing name."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ValidationError

from nudgekit.content.links import MessageLinks
from nudgekit.content.money import Money, written_value
from nudgekit.content.shown import Shelf
from nudgekit.content.stats import stats_of
from nudgekit.language.policy import Policy
from nudgekit.model.catalogue import Product
from nudgekit.model.event import Scalar
from nudgekit.model.facts import Cart, Facts, Line
from nudgekit.model.message import Shown
from nudgekit.model.offer import Promise
from nudgekit.model.profile import Profile, Trait

LONGEST_NAME = 80
"""Characters of a name that messages show."""

TRACKING = "nk"
"""The query parameter that carries the message id into the shop's own analytics."""

_NOBODY, _NO_FACTS, _NO_CART = Profile(), Facts(), Cart((), None, None)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that a message may draw on. To let messages speak of something more, add a field here and a name below.

    Attributes:
        policy: the shop's numbers.
        trigger: the trigger's id.
        message: the message's own id.
        links: the message's own links.
        profile: who the person is.
        facts: what they did.
        cart: what is in their cart.
        about: the plain properties of the event that started the run.
        item: the product that the run is about, as the catalogue has it; None: it is about none, or unknown.
        products: everything else the catalogue knows of the run and the cart.
        offer: the code that the message may promise; None: the person gets none.
        picks: the products that the message recommends.
        zone: where the person's clock stands.
        now: the moment the message is written.
        shelf: takes note of the products that the message shows.
    """

    policy: Policy
    trigger: str
    message: str
    links: MessageLinks
    now: datetime
    zone: tzinfo = UTC
    profile: Profile = _NOBODY
    facts: Facts = _NO_FACTS
    cart: Cart = _NO_CART
    about: Mapping[str, Scalar] = field(default_factory=dict)
    item: Product | None = None
    products: tuple[Product, ...] = ()
    offer: Promise | None = None
    picks: tuple[Product, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)


def message_context(given: Inputs) -> dict[str, Any]:
    """The names that a message may use, each with a value: see docs/reference/messages.md.

    Texts come shortened and without control characters; web addresses carry the message id and are empty unless they
    are http or https; amounts are `Money`, or None where the shop did not say.
    """
    return {**{name: tell(given) for name, tell in NAMES.items()}, **given.links._asdict()}


class Optional(dict[str, Any]):
    """Things by name, of which any may be missing: a template finds nil in its place."""

    def __missing__(self, name: str) -> None:
        """What is missing is nil; Liquid asks by subscript."""


def written_for(locale: str | None, locales: Sequence[str]) -> str:
    """The locale to write in: the person's own where the shop writes in its language, else the shop's first."""
    languages = {_language(each) for each in locales}
    return locale if locale and _language(locale) in languages else locales[0]


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()


def tracked(url: str, message_id: str) -> str:
    """`url` with the message id in its query; what was in the query stays."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != TRACKING]
    return urlunsplit(parts._replace(query=urlencode([*query, (TRACKING, message_id)])))


def clean(text: str) -> str:
    """`text` on one line, without control characters, at most `LONGEST_NAME` characters."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"


def _user(given: Inputs) -> dict[str, Any]:
    profile = given.profile
    name = clean(profile.name or "")
    return {
        "name": name,
        "first_name": name.split(" ")[0],
        "country": profile.country or "",
        "traits": _plain(profile.traits),
    }


def _plain(values: Mapping[str, Trait]) -> Optional:
    return Optional({key: _told(value) for key, value in values.items()})


def _told(value: Trait) -> Any:
    if isinstance(value, tuple):
        return [clean(each) for each in value]
    return clean(value) if isinstance(value, str) else value


def _cart(given: Inputs) -> dict[str, Any]:
    cart, policy = given.cart, given.policy
    names = {
        "items": [_item(line, given) for line in cart.lines],
        "count": len(cart.lines),
        "value": _money(cart.value, cart.currency or policy.currency),
    }
    return given.shelf.sum(names, "value", tuple(_shown_line(line, policy) for line in cart.lines))


def _shown_line(line: Line, policy: Policy) -> Shown:
    return Shown(line.product_id, line.price, line.currency or policy.currency, line.at)


def _shop(given: Inputs) -> dict[str, Any]:
    shop = given.policy.shop
    return {**vars(shop), "contact": shop.contact or shop.url}


def _stats(given: Inputs) -> dict[str, Any]:
    told = stats_of(given.facts, given.policy.currency, given.now)
    return {name: clean(value) if isinstance(value, str) else value for name, value in told.items()}


def _the_item(given: Inputs) -> dict[str, Any] | None:
    return product_names(given.item, given) if given.item is not None else None


def _locale(given: Inputs) -> str:
    return written_for(given.profile.locale, given.policy.locales)


def _offer(given: Inputs) -> dict[str, Any] | None:
    """What is promised; nil for whoever gets nothing, so that the message has its other half to say."""
    offer = given.offer
    if offer is None:
        return None
    amount = _money(offer.amount, offer.currency or given.policy.currency)
    value = written_value(offer.percent, amount, _locale(given))
    return {"code": offer.code, "value": value, "percent": offer.percent, "amount": amount, "ends": offer.ends}


def _item(line: Line, given: Inputs) -> dict[str, Any]:
    policy, shown = given.policy, _shown_line(line, given.policy)
    url, currency = _web(line.url) or policy.shop.url, shown.currency
    names = {
        "id": line.product_id,
        "name": clean(line.name or "") or "Your item",
        "quantity": line.quantity,
        "price": _money(line.price, currency),
        "total": _money(line.price and line.price * line.quantity, currency),
        "image": _web(line.image_url),
        "url": tracked(url, given.message),
    }
    return given.shelf.names(names, shown)


def described(about: Mapping[str, Scalar], product_id: str) -> Product | None:
    """The product as the start event describes it, where the catalogue does not know it; None: it names another."""
    if not product_id or about.get("product_id") != product_id or not about.get("name"):
        return None
    known = {name: about[name] for name in _DESCRIBED if name in about}
    try:
        return Product.model_validate({"product_id": product_id, **known})
    except ValidationError:
        return None


_DESCRIBED: Final = ("name", "brand", "category", "price", "currency", "url", "image_url")


def product_names(product: Product, given: Inputs) -> dict[str, Any]:
    """What a message may say of a product of the catalogue; any product it speaks of is told in this way."""
    currency = product.currency or given.policy.currency
    names = {
        "id": product.product_id,
        "name": clean(product.name or "") or "Your item",
        "brand": clean(product.brand or ""),
        "category": clean(product.category or ""),
        "price": _money(product.price, currency),
        "image": _web(product.image_url),
        "url": tracked(_web(product.url) or given.policy.shop.url, given.message),
    }
    return given.shelf.names(names, Shown(product.product_id, product.price, currency, product.priced_at))


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _web(url: str | None) -> str:
    """`url` if it is a web address; a script or a file address is none."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.netloc else ""


NAMES: Final[Mapping[str, Callable[[Inputs], Any]]] = {
    "user": _user,
    "cart": _cart,
    "product": _the_item,
    "products": lambda given: [product_names(each, given) for each in given.products],
    "picks": lambda given: [product_names(each, given) for each in given.picks],
    "start": lambda given: _plain(given.about),
    "stats": _stats,
    "offer": _offer,
    "shop": _shop,
    "trigger": lambda given: given.trigger,
    "message": lambda given: given.message,
    "locale": _locale,
    "zone": lambda given: given.zone,
}
"""Every name a message may use, but for its links, with what tells its value."""

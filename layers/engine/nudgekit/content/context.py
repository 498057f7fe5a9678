"""What a template may speak of. Everything has a value: a template never has to guard against a missing name."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from nudgekit.content.links import MessageLinks
from nudgekit.content.money import Money
from nudgekit.language.policy import Policy
from nudgekit.model.catalogue import Product
from nudgekit.model.facts import Cart, Line
from nudgekit.model.profile import Profile, Trait

LONGEST_NAME = 80
"""Characters of a name that messages show."""

TRACKING = "nk"
"""The query parameter that carries the message id into the shop's own analytics."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def message_context(  # noqa: PLR0913, PLR0917  # a message may speak of all of these
    profile: Profile,
    cart: Cart,
    policy: Policy,
    trigger_id: str,
    message_id: str,
    products: Iterable[Product] = (),
    *,
    links: MessageLinks,
) -> dict[str, Any]:
    """The names that the message `message_id` of trigger `trigger_id` may use.

    Texts come shortened and without control characters; web addresses carry the message id and are empty unless they
    are http or https; amounts are `Money`, or None where the shop did not say. `products` are what the run is about, as
    the catalogue has it; `product` is the first of them, or None. `links` are the message's own.
    """
    about = [_product(each, policy, message_id) for each in products]
    return {
        "user": _user(profile),
        "cart": {
            "items": [_item(line, policy, message_id) for line in cart.lines],
            "count": len(cart.lines),
            "value": _money(cart.value, cart.currency or policy.currency),
        },
        "products": about,
        "product": about[0] if about else None,
        "shop": {**vars(policy.shop), "contact": policy.shop.contact or policy.shop.url},
        **links._asdict(),
        "trigger": trigger_id,
        "message": message_id,
        "locale": profile.locale or "en",
    }


def tracked(url: str, message_id: str) -> str:
    """`url` with the message id in its query; what was in the query stays."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != TRACKING]
    return urlunsplit(parts._replace(query=urlencode([*query, (TRACKING, message_id)])))


def clean(text: str) -> str:
    """`text` on one line, without control characters, at most `LONGEST_NAME` characters."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"


def _user(profile: Profile) -> dict[str, Any]:
    name = clean(profile.name or "")
    return {
        "name": name,
        "first_name": name.split(" ")[0],
        "country": profile.country or "",
        "traits": {key: _plain(value) for key, value in profile.traits.items()},
    }


def _plain(trait: Trait) -> Any:
    if isinstance(trait, tuple):
        return [clean(each) for each in trait]
    return clean(trait) if isinstance(trait, str) else trait


def _item(line: Line, policy: Policy, message_id: str) -> dict[str, Any]:
    url, currency = _web(line.url) or policy.shop.url, line.currency or policy.currency
    return {
        "id": line.product_id,
        "name": clean(line.name or "") or "Your item",
        "quantity": line.quantity,
        "price": _money(line.price, currency),
        "total": _money(line.price and line.price * line.quantity, currency),
        "image": _web(line.image_url),
        "url": tracked(url, message_id),
    }


def _product(product: Product, policy: Policy, message_id: str) -> dict[str, Any]:
    return {
        "id": product.product_id,
        "name": clean(product.name or "") or "Your item",
        "price": _money(product.price, product.currency or policy.currency),
        "image": _web(product.image_url),
        "url": tracked(_web(product.url) or policy.shop.url, message_id),
    }


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _web(url: str | None) -> str:
    """`url` if it is a web address; a script or a file address is none."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.netloc else ""

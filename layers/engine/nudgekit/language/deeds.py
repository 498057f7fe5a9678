"""Events in plain words: `event("Product Added")` is somebody who adds a product to the cart."""

from collections.abc import Iterable
from typing import Final, NamedTuple


class Deed(NamedTuple):
    """What somebody does, in the forms that sentences need: `add a product`, `added a product`."""

    plain: str
    past: str

    @property
    def third(self) -> str:
        """As in `adds a product`."""
        verb, space, rest = self.plain.partition(" ")
        return f"{_third(verb)}{space}{rest}"


def _third(verb: str) -> str:
    if verb in _ODD:
        return _ODD[verb]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"


_ODD: Final = {"are": "is", "have": "has"}

DEEDS: Final = {
    "Products Searched": Deed("search for something", "searched for something"),
    "Product List Viewed": Deed("look at a list of products", "looked at a list of products"),
    "Product List Filtered": Deed("filter a list of products", "filtered a list of products"),
    "Promotion Viewed": Deed("see a promotion", "saw a promotion"),
    "Promotion Clicked": Deed("click a promotion", "clicked a promotion"),
    "Product Clicked": Deed("click a product", "clicked a product"),
    "Product Viewed": Deed("look at a product", "looked at a product"),
    "Product Details Opened": Deed("open a product's details", "opened a product's details"),
    "Product Added": Deed("add a product to the cart", "added a product to the cart"),
    "Product Removed": Deed("take a product out of the cart", "took a product out of the cart"),
    "Cart Viewed": Deed("look at the cart", "looked at the cart"),
    "Checkout Started": Deed("start the checkout", "started the checkout"),
    "Checkout Step Viewed": Deed("see a step of the checkout", "saw a step of the checkout"),
    "Checkout Step Completed": Deed("finish a step of the checkout", "finished a step of the checkout"),
    "Payment Info Entered": Deed("say how to pay", "said how to pay"),
    "Order Completed": Deed("order", "ordered"),
    "Order Updated": Deed("change an order", "changed an order"),
    "Order Refunded": Deed("get an order refunded", "got an order refunded"),
    "Order Cancelled": Deed("cancel an order", "cancelled an order"),
    "Coupon Entered": Deed("enter a coupon", "entered a coupon"),
    "Coupon Applied": Deed("use a coupon", "used a coupon"),
    "Coupon Denied": Deed("enter a coupon that does not count", "entered a coupon that did not count"),
    "Coupon Removed": Deed("take a coupon back", "took a coupon back"),
    "Coupon Issued": Deed("are given a coupon", "were given a coupon"),
    "Product Added to Wishlist": Deed("put a product on the wish list", "put a product on the wish list"),
    "Product Removed from Wishlist": Deed("take a product off the wish list", "took a product off the wish list"),
    "Wishlist Product Added to Cart": Deed(
        "add a product of the wish list to the cart", "added a product of the wish list to the cart"
    ),
    "Product Shared": Deed("share a product", "shared a product"),
    "Cart Shared": Deed("share the cart", "shared the cart"),
    "Product Reviewed": Deed("review a product", "reviewed a product"),
    "Signed Up": Deed("sign up", "signed up"),
    "Page Viewed": Deed("look at a page", "looked at a page"),
    "Exit Intent Detected": Deed("turn to leave the site", "turned to leave the site"),
    "Exit Reason Given": Deed("say why they leave", "said why they left"),
    "Chat Started": Deed("start a chat", "started a chat"),
    "Listing Started": Deed("begin to list something for sale", "began to list something for sale"),
    "Listing Saved": Deed("save a listing", "saved a listing"),
    "Listing Published": Deed("put something up for sale", "put something up for sale"),
    "Listing Sold": Deed("sell something", "sold something"),
    "Listing Removed": Deed("take a listing down", "took a listing down"),
    "Article Read": Deed("read an article", "read an article"),
    "Reminder Requested": Deed("ask to be reminded", "asked to be reminded"),
    "Cashback Granted": Deed("are granted cashback", "were granted cashback"),
    "Cashback Redeemed": Deed("redeem cashback", "redeemed cashback"),
    "Offer Taken": Deed("take an offer", "took an offer"),
    "Profile Updated": Deed("change their profile", "changed their profile"),
    "Consent Updated": Deed("allow or refuse messages", "allowed or refused messages"),
    "Consent Requested": Deed("ask for news that must be confirmed", "asked for news that must be confirmed"),
    "Identity Linked": Deed("turn out to be somebody known", "turned out to be somebody known"),
    "Message Received": Deed("write back", "wrote back"),
    "Message Opened": Deed("open a message", "opened a message"),
    "Message Clicked": Deed("click a message", "clicked a message"),
}
"""What people do, by event."""

OCCASIONS: Final = {
    "Product Updated": "a product changes",
    "Price Dropped": "the price of a product drops",
    "Back In Stock": "a product is back in stock",
    "Article Published": "an article appears",
    "Flash Sale Started": "a flash sale begins",
    "Festival Ended": "a festival is over",
}
"""What the shop does, by event."""


def deed(name: str) -> Deed:
    """What somebody does of whom the event `name` tells; of an event of the shop's own, its name."""
    return DEEDS.get(name) or Deed(f"do \u201c{name}\u201d", f"did \u201c{name}\u201d")


def either(parts: Iterable[str]) -> str:
    """`a, b or c`."""
    return _joined(tuple(parts), "or")


def both(parts: Iterable[str]) -> str:
    """`a, b and c`."""
    return _joined(tuple(parts), "and")


def _joined(parts: tuple[str, ...], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"

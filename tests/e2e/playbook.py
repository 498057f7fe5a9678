"""What must lead to the message of each trigger, as one table; put on the bus of the deployed stack in one go.

Every row has a person of its own, so that no row's message takes another's place under the policy's caps. Deeds are
dated back so far that the run comes due soon: a rule that waits for half a year waits for seconds here. Whoever is not
meant by what the shop says to everybody did, four weeks ago, what leaves them out of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from nudgekit import Book
from nudgekit.cli.formats.parts import Event, event, happened
from nudgekit.decide.gates.holdout import place_of
from nudgekit.language.trigger import Trigger
from tests.e2e.shop import introduce

BOOK = Book(Path(__file__).parents[2] / "rules")
MARGIN = timedelta(hours=3)
"""How long after its deeds were put on the bus a run comes due: 36 seconds with the stack's clock, to fold them."""
NOW = timedelta()
READ = ("Article Read", {"article_id": "an-older-one", "category": "Letters"})
TOOK = ("Offer Taken", {"sale_id": "harvest"})


def days(number: float) -> timedelta:
    return timedelta(days=number)


Deed = tuple[timedelta, str, Mapping[str, Any]]
"""How long before the start event, the event's name, its properties."""

Dated = tuple[datetime, str, Mapping[str, Any]]
"""When, the event's name, its properties."""


@dataclass(frozen=True)
class Row:
    """What must lead to a trigger's message.

    Attributes:
        trigger: its id.
        channel: of the first message.
        says: words that stand in it.
        deeds: what the person does, as seen from the start event.
        shop: what the shop says once everybody's deeds are known: the event's name and its properties.
        traits: what is known of the person, besides.
        local: the hour of the week at which the calendar starts the trigger: weekday (Monday is 0) and hour.
        daily: what the person does every day until the rule's time begins: what counts weeks must see them pass.
        visits: whether the message waits for the person on the shop's page.
        left_out: what keeps the person out of the shop's words to everybody.
    """

    trigger: str
    channel: str
    says: str
    deeds: Sequence[Deed] = ()
    shop: Sequence[tuple[str, Mapping[str, Any]]] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)
    local: tuple[int, int] | None = None
    daily: str = ""
    visits: bool = False
    left_out: Sequence[tuple[str, Mapping[str, Any]]] = (READ, TOOK)

    @cached_property
    def rule(self) -> Trigger:
        return BOOK.trigger(self.trigger)

    @cached_property
    def id(self) -> str:
        """The user id, or the visitor's cookie: of somebody whom the rule does not hold out."""
        form = "00000000-0000-4000-8000-{:012}" if self.visits else f"{self.trigger.replace('_', '-')}-{{}}"
        return next(each for each in map(form.format, count(1)) if self._is_reached(each))

    def _is_reached(self, name: str) -> bool:
        return place_of(self.trigger, f"anonymous:{name}" if self.visits else name) >= self.rule.holdout

    @property
    def person(self) -> str:
        return f"anonymous:{self.id}" if self.visits else self.id

    @property
    def who(self) -> dict[str, str]:
        return {"anonymous_id" if self.visits else "user_id": self.id}

    def started(self, now: datetime) -> datetime:
        """When the start event happened: as long ago as the rule waits, but for the margin."""
        return min(now, now - self.rule.within + MARGIN)

    def introduced(self, now: datetime) -> list[Event]:
        """Who they are, what they allow, and what leaves them out of what is said to everybody: all before the rest."""
        earliest = min((self.started(now) - ago for ago, _, _ in self.deeds), default=now)
        at = min(earliest, now - days(28)) - days(1)
        traits = {"email": f"{self.id}@example.com", "push": [{"endpoint": f"device:{self.id}", "platform": "ios"}]}
        known = introduce(self.id, at, timezone=self.timezone(now), **traits, **self.traits) if not self.visits else []
        return [*known, *self._told("kept", [(now - days(28), *each) for each in self.left_out], now)]

    def did(self, now: datetime, word: str = "did") -> list[list[Event]]:
        """The person's deeds: what they did at one time, then what they did at the next; `word` tells repeats apart."""
        start = self.started(now)
        dated = sorted(((start - ago, name, more) for ago, name, more in self.deeds), key=itemgetter(0))
        return [list(same) for _, same in groupby(self._told(word, dated, now), key=happened)]

    def did_today(self, today: datetime) -> list[Event]:
        """What the person does every day."""
        return list(self._told(f"{today:%jT%H%M%S}", [(today, self.daily, {})], today)) if self.daily else []

    def _told(self, word: str, dated: Sequence[Dated], now: datetime) -> Iterator[Event]:
        for number, (at, name, more) in enumerate(dated):
            told = _dated(more, now)
            yield event("shop", name, self.who, at, message_id=f"{self.id}-{word}-{number}", properties=told)

    def said(self, now: datetime) -> list[Event]:
        """What the shop says."""
        return [
            event("shop", name, {}, now, message_id=f"{self.trigger}-{name}", properties=_dated(more, now))
            for name, more in self.shop
        ]

    def timezone(self, now: datetime) -> str:
        """A zone where it is late morning; or where the calendar's hour comes next, at the earliest in five hours."""
        if self.local is None:
            return _zone(11, now)
        first = (now + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
        hours = (first + timedelta(hours=number) for number in range(24 * 7))
        return next(found for at in hours for found in [_zone_at(self.local, at)] if found)


def _dated(properties: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The properties, with lengths of time as the moments so long from now."""
    return {
        key: (now + value).isoformat() if isinstance(value, timedelta) else value for key, value in properties.items()
    }


def _zone(hour: int, now: datetime) -> str:
    return f"Etc/GMT{-((hour - now.hour + 11) % 24 - 11):+d}"


def _zone_at(local: tuple[int, int], at: datetime) -> str:
    """The zone in which it is that hour of the week at a moment, if there is one."""
    weekday, hour = local
    ahead = (weekday * 24 + hour - at.weekday() * 24 - at.hour + 84) % 168 - 84
    return f"Etc/GMT{-ahead:+d}" if -12 <= ahead <= 14 else ""


def _product(name: str, category: str, price: str, **more: Any) -> dict[str, Any]:
    key = name.lower().replace(" ", "-")
    link = f"https://shop.example/{key}"
    return {
        "product_id": key, "name": name, "category": category, "price": price, "currency": "EUR", "stock": 9,
        "url": link, "image_url": f"{link}.jpg", **more,
    }  # fmt: skip


LAMP = _product("Brass lamp", "Lighting", "49.00", brand="Fern")
SHADE = _product("Paper shade", "Lighting", "19.00", brand="Fern")
CLIP = _product("Clip light", "Lighting", "24.00", brand="Ray")
FLOOR = _product("Floor lamp", "Lighting", "120.00", brand="Fern")
LANTERN = _product("Paper lantern", "Lighting", "15.00")
THROW = _product("Linen throw", "Textiles", "61.50", brand="Fern")
RUG = _product("Wool rug", "Textiles", "180.00", brand="Moss")
STOOL = _product("Oak stool", "Seats", "75.00", brand="Moss")
DRESS = _product("Linen dress", "Womenswear", "120.00")
PRINT = _product("Fern print", "Prints", "24.00")
BIKE = _product("Old bike", "Bikes", "80.00", seller_id="a-seller")
TEAPOT = _product("Clay teapot", "Kitchen", "50.00")
VASE = _product("Glass vase", "Kitchen", "35.00", stock=0)
PRODUCTS = (LAMP, SHADE, CLIP, FLOOR, LANTERN, THROW, RUG, STOOL, DRESS, PRINT, BIKE, TEAPOT, VASE)

_SHOWN = ("product_id", "name", "category", "brand", "price", "currency")


def seen(product: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A product as the page of a shop names it in an event."""
    return {key: product[key] for key in _SHOWN if key in product} | more


def ordered(*products: Mapping[str, Any]) -> dict[str, Any]:
    order = "-".join(each["product_id"] for each in products)
    return {"order_id": order, "currency": "EUR", "total": "70.00", "products": [seen(each) for each in products]}


PLAYBOOK = (
    Row("back_in_stock", "push", "Glass vase is back",
        deeds=[(days(1), "Product Added to Wishlist", seen(VASE))],
        shop=[("Product Updated", {"product_id": "glass-vase", "stock": 4})]),
    Row("brand_affinity", "email", "More of Fern",
        deeds=[(NOW, "Product Viewed", seen(each)) for each in (LAMP, SHADE, LAMP, SHADE)]),
    Row("browse_abandonment", "push", "Can you see yourself in it?", deeds=[(NOW, "Product Viewed", seen(DRESS))]),
    Row("cart_abandonment", "push", "Brass lamp",
        deeds=[(NOW, "Product Added", seen(LAMP, cart_id="playbook", quantity=1))]),
    Row("category_bestsellers", "push", "sold best there this week",
        deeds=[
            *((NOW, "Product Details Opened", seen(LANTERN, seconds=90)) for _ in range(2)),
            (NOW, "Product Added to Wishlist", seen(LANTERN)),
            (NOW, "Product List Viewed", {"category": "Lighting"}),
        ]),
    Row("complementary_items", "email", "goes well with your choice", deeds=[(NOW, "Order Completed", ordered(LAMP))]),
    Row("confirm_subscription", "email", "/confirm/",
        deeds=[(NOW, "Consent Requested", {"channel": "email", "purpose": "promotional"})]),
    Row("dormant_winback", "email", "It has been a while", deeds=[(NOW, "Order Completed", ordered(LAMP))]),
    Row("editorial_match", "push", "How brass ages", left_out=[TOOK],
        deeds=[(days(5), "Chat Started", {"chat_id": "c-brass"})],
        shop=[("Article Published", {"article_id": "brass", "title": "How brass ages", "category": "Workshop"})]),
    Row("exit_intent", "onsite", "What keeps you from Fern print?", visits=True, left_out=(),
        deeds=[(NOW, "Exit Intent Detected", seen(PRINT))]),
    Row("festival_bridge", "push", "You still have €5.00 of cashback", left_out=[READ],
        deeds=[(days(2), "Cashback Granted", {"value": "5.00", "currency": "EUR"})],
        shop=[("Festival Ended",
               {"sale_id": "harvest", "name": "The Harvest Festival", "cashback_until": "2030-10-31"})]),
    Row("first_purchase_offer", "email", "10% off your next order here", deeds=[(NOW, "Product Viewed", seen(PRINT))]),
    Row("flash_sale", "push", "The Lantern Night has begun", traits={"segments": ["playbook"]},
        shop=[("Flash Sale Started",
               {"sale_id": "lantern", "name": "The Lantern Night", "segment": "playbook", "ends_at": days(2)})]),
    Row("interest_without_chat", "push", "Old bike for €80.00 has not been sold yet",
        deeds=[(NOW, "Product Added to Wishlist", seen(BIKE))]),
    Row("listing_unfinished", "push", "Tent is almost up",
        deeds=[(NOW, "Listing Started", {"product_id": "tent", "name": "Tent"})]),
    Row("new_customer_path", "email", "Welcome to Fern & Fable", deeds=[(NOW, "Signed Up", {"method": "email"})]),
    Row("price_drop", "push", "€39.00 instead of €50.00",
        deeds=[(days(1), "Product Viewed", seen(TEAPOT))],
        shop=[("Product Updated", {"product_id": "clay-teapot", "price": "39.00", "currency": "EUR"})]),
    Row("sale_ends", "push", "The Amber Evening ends soon", traits={"segments": ["evening"]},
        shop=[("Flash Sale Started",
               {"sale_id": "amber", "name": "The Amber Evening", "segment": "evening", "ends_at": 2 * MARGIN})]),
    Row("seller_recap", "push", "Last week: €75.00", local=(0, 9),
        deeds=[
            (days(20), "Listing Published", seen(BIKE, product_id="kite", name="Kite")),
            (days(2), "Listing Sold", seen(BIKE, product_id="kite", name="Kite", price="75.00")),
        ]),
    Row("slipping_regular", "push", "We saved you a seat",
        daily="Page Viewed"),
    Row("time_alert", "push", "LANTERN10 counts until",
        deeds=[(NOW, "Coupon Issued", {"deadline_id": "d-1", "coupon_id": "LANTERN10", "ends_at": days(1) + MARGIN})]),
    Row("weekly_recommendations", "email", "your Sunday picks", local=(6, 10),
        deeds=[(days(5), "Product Viewed", seen(LAMP)), (days(3), "Product Added to Wishlist", seen(THROW))]),
)  # fmt: skip


def shelves(now: datetime) -> list[Event]:
    """The shop's products, as they have been for weeks."""
    at = now - days(28)
    return [
        event("shop", "Product Updated", {}, at, message_id=f"shelf-{each['product_id']}", properties=each)
        for each in PRODUCTS
    ]


def others(now: datetime) -> list[Event]:
    """What other people did: two look at a brand's things, a dozen buy, and nobody of them can be reached."""
    lamps, rest = (LAMP, SHADE, CLIP, FLOOR), (THROW, RUG)
    told: list[tuple[str, str, Mapping[str, Any]]] = []
    for number in range(6):
        told += [(f"fan-{number}", "Product Viewed", seen(each)) for each in lamps]
        told += [(f"weaver-{number}", "Product Viewed", seen(each)) for each in (*rest, STOOL)]
        told += [(f"fan-{number}", "Order Completed", ordered(*lamps[1:], *rest))]
        told += [(f"sitter-{number}", "Order Completed", ordered(STOOL))]
    return [
        event("shop", name, {"user_id": who}, now - days(4), message_id=f"{who}-{number}", properties=dict(properties))
        for number, (who, name, properties) in enumerate(told)
    ]

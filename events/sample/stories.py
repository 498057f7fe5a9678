"""The sample shop's Sunday, told as stories; `python -m events.sample.stories` writes its two files anew.

Every person is one story. What happened before the day's dawn is history, which a shop imports; the rest is replayed.
Nothing here is real: names say Example, mail goes to example domains, numbers are from Ofcom's range for drama. What an
address does with a message (`+opens`, `+clicks`, `+ignores`) and how a number fails stands in the local sink's tables.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from events.sample.incidents import INCIDENTS
from events.sample.morning import PEOPLE as MORNING
from events.sample.person import BERLIN, Person
from events.sample.playbook import PLAYERS
from events.sample.plots import LATELY
from events.sample.wares import CURRENCY, GONE, LISTINGS, PRODUCTS, SELLER, SHOP, SHOP_DEEDS, described

OPENING = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)  # a Sunday
DAWN = OPENING - timedelta(hours=2)
LONG_AGO = -200 * 24 * 60  # minutes: when people joined, and the catalogue was imported
WORDING = "Yes, remind me of my basket and tell me about offers."
PEOPLE = (*MORNING, *PLAYERS)

COUNTRIES = {
    "Europe/London": "GB",
    BERLIN: "DE",
    "Europe/Lisbon": "PT",
    "Asia/Tokyo": "JP",
    "Europe/Stockholm": "SE",
    "Europe/Paris": "FR",
    "America/New_York": "US",
    "Europe/Amsterdam": "NL",
    "Pacific/Pago_Pago": "AS",
    "America/Puerto_Rico": "PR",
}
"""Of somebody whose zone is a country nobody knows more: what is asked must hold in all of its zones."""
PLAIN = {
    "view": "Product Viewed",
    "look": "Product Viewed",
    "glance": "Product Viewed",
    "details": "Product Details Opened",
    "wish": "Product Added to Wishlist",
    "chat": "Chat Started",
    "exit": "Exit Intent Detected",
    "page": "Page Viewed",
    "read": "Article Read",
    "taken": "Offer Taken",
    "cashback": "Cashback Granted",
    "signup": "Signed Up",
    "remind": "Reminder Requested",
    "coupon": "Coupon Issued",
    "apply": "Coupon Applied",
    "list": "Listing Started",
    "publish": "Listing Published",
    "sold": "Listing Sold",
    "subscribe": "Consent Requested",
    "refuse": "Consent Updated",
    "agree": "Consent Updated",
}
"""Deeds that leave the basket as it is."""

ALWAYS: dict[str, dict[str, Any]] = {
    "look": {"seconds": 180},
    "refuse": {"channel": "email", "purpose": "transactional", "status": "denied", "basis": "express"},
    "agree": {"channel": "sms", "purpose": "promotional", "status": "granted", "basis": "implied"},
    "cashback": {"value": 12.00},
    "page": {"category": "home"},
    "signup": {"method": "email"},
    "apply": {"coupon_id": "SPRING10"},
    "subscribe": {"channel": "email", "purpose": "promotional"},
}
"""What such deeds say each time."""

_WHEN = re.compile(r"(?:(-\d+)d)?([+-]?[\d.]+)?(?:>(\d+))?")
"""So many days and minutes, and when it arrived, if that was later."""


def calls() -> list[dict[str, Any]]:
    """Return every call in order of time."""
    told = [*catalogue(), *shop(), *(call for number, person in enumerate(PEOPLE) for call in story(number, person))]
    return sorted(told, key=lambda call: (call["timestamp"], call["messageId"]))


def history() -> list[dict[str, Any]]:
    """Return what happened before the dawn."""
    return [call for call in calls() if _arrived(call) < DAWN]


def day() -> list[dict[str, Any]]:
    """Return what happened from the dawn on."""
    return [call for call in calls() if _arrived(call) >= DAWN]


def _arrived(call: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(call.get("receivedAt") or call["timestamp"])


def catalogue() -> Iterator[dict[str, Any]]:
    """Say what there is to buy, and what of it is sold out."""
    for name in (*PRODUCTS, *LISTINGS):
        properties = described(name) | {"currency": CURRENCY, "stock": 0 if name in GONE else 20}
        properties |= {"seller_id": SELLER} if name in LISTINGS else {}
        yield _of_shop(LONG_AGO, "Product Updated", properties)


def shop() -> Iterator[dict[str, Any]]:
    """Tell what the shop does on the day."""
    for when, name, properties in SHOP_DEEDS:
        minute = _minute(when)
        more: dict[str, Any] = {}
        match name:
            case "Flash Sale Started":
                more = {"ends_at": _stamp(minute + properties.get("lasts", 360))}
            case "Festival Ended":
                more = {
                    "cashback_until": _stamp(minute + 12 * 1440)[:10],
                    "offers_until": _stamp(minute + 4 * 1440)[:10],
                }
            case "Article Published":
                more = {"url": f"{SHOP}/read/{properties['article_id']}"}
        said = {field: value for field, value in (more | properties).items() if value is not None and field != "lasts"}
        yield {**_of_shop(minute, name, said), **_late(when)}


def story(number: int, person: Person) -> Iterator[dict[str, Any]]:
    """Tell one person's story: who they are, what they allow, what they do."""
    yield identify(number, person)
    yield from consents(person)
    yield from deeds(person)


def identify(number: int, person: Person) -> dict[str, Any]:
    """Say who somebody is; known since long ago."""
    traits: dict[str, Any] = {"name": f"{person.name} Example", "country": COUNTRIES.get(person.zone, person.zone)}
    traits |= {"timezone": person.zone} if person.zone in COUNTRIES else {}
    traits |= {"locale": "en-GB", "segments": list(person.segments)}
    user = person.name.lower()
    for way in person.can.split():
        match way:
            case "push" | "push-off":
                token = f"device:{'off-' if way == 'push-off' else ''}{user}"
                traits["push"] = [{"endpoint": token, "platform": "android" if number % 2 else "ios"}]
            case "email":
                traits["email"] = person.mail if "@" in person.mail else f"{user}{person.mail}@example.com"
            case "phone":
                traits["phone"] = person.number if "+" in person.number else _phone(number, person.number)
    return {"type": "identify", "messageId": f"{user}-identify", "traits": traits, **_frame(person, LONG_AGO)}


def _moved(person: Person, minute: float, mark: str, field: str, value: str) -> dict[str, Any]:
    """Say what has changed about somebody."""
    traits = {field: [{"endpoint": value, "platform": "android"}] if field == "push" else value}
    call = {"type": "identify", "messageId": f"{person.name.lower()}-{mark}", "traits": traits}
    return call | _frame(person, minute)


def _phone(number: int, ending: str) -> str:
    return f"+447700900{ending or f'{number:03d}'}"


def consents(person: Person) -> Iterator[dict[str, Any]]:
    """Say what somebody allows and refuses."""
    for status, channels in (("granted", person.yes), ("denied", person.no)):
        for channel in channels.split():
            properties = {"channel": channel, "purpose": "promotional", "status": status, "basis": "express"}
            properties |= {"wording": WORDING, "source": "account settings"}
            yield _track(person, LONG_AGO + 1, "Consent Updated", properties, f"consent-{channel}")


def deeds(person: Person) -> Iterator[dict[str, Any]]:
    """Tell what somebody does, keeping their basket as the shop would."""
    basket, number, order_id = dict[str, int](), 1, ""
    plot = person.plot if person in PLAYERS else f"{LATELY}, {person.plot}"
    for at, deed in enumerate(plot.split(", ")):
        when, what, *things = deed.split()
        if what == "newcart":
            basket, number = {}, int(things[0]) if things else number + 1
            continue
        if what == "moves":
            yield _moved(person, _minute(when), f"{at + 1}", *things)
            continue
        order_id = f"order-{person.name.lower()}-{at}" if what == "order" else order_id
        name, properties = _deed(person, what, things, basket, order_id)
        cart = (
            {"cart_id": f"{person.name.lower()}-basket-{number}"}
            if what in {"add", "remove", "checkout", "order"}
            else {}
        )
        told = _track(person, _minute(when), name, {**properties, **cart, "currency": CURRENCY}, f"{at + 1}")
        yield {**told, **_late(when)}


def _minute(when: str) -> float:
    """The minute that `30`, `35.5`, `-3d`, `-2d+150` or `-2d>40` means."""
    found = _WHEN.fullmatch(when)
    if found is None:
        raise ValueError(f"no such time: {when}")
    return int(found[1] or 0) * 24 * 60 + float(found[2] or 0)


def _late(when: str) -> dict[str, str]:
    """When something reached the shop that waited for it, as on a phone without a network."""
    arrives = when.partition(">")[2]
    return {"receivedAt": _stamp(float(arrives))} if arrives else {}


def _deed(
    person: Person, what: str, things: list[str], basket: dict[str, int], order_id: str
) -> tuple[str, dict[str, Any]]:
    match what:
        case "add":
            basket[things[0]] = basket.get(things[0], 0) + 1
            return "Product Added", {**described(things[0]), "quantity": 1}
        case "remove":
            quantity = basket.pop(things[0])
            return "Product Removed", {**described(things[0]), "quantity": quantity}
        case "checkout":
            return "Checkout Started", _total(basket)
        case "order":
            bought = dict.fromkeys(things, 1) or basket
            return "Order Completed", {**_total(bought), "order_id": order_id}
        case "cancel":
            return "Order Cancelled", {**_total(dict.fromkeys(things, 1)), "order_id": order_id}
        case _:
            return PLAIN[what], _about(person, what, things)


def _about(person: Person, what: str, things: list[str]) -> dict[str, Any]:
    """What a deed is about: a product, a listing of the person's own, a time; or what is always the same."""
    match what:
        case "list" | "publish" | "sold":
            return _own_listing(person, *things)
        case "glance":  # at something that the catalogue does not know
            return {"product_id": f"sku-{things[0]}"}
        case "read":
            return {"article_id": things[0] if things else "a-1"}
        case "remind":
            ware = described(things[0])
            vague = {"ends_at": things[2]} if len(things) > 2 else {}
            at = {"remind_at": _stamp(_minute(things[1]))}
            return ware | {"deadline_id": f"remind-{ware['product_id']}"} | at | vague
        case "coupon":
            return {"deadline_id": "coupon-1", "coupon_id": "SPRING10", "ends_at": _stamp(_minute(things[0]))}
    about = described(things[0]) if things else {}
    return {field: about[field] for field in about if what != "subscribe" or field == "product_id"} | ALWAYS.get(
        what, {}
    )


def _own_listing(person: Person, which: str = "bench") -> dict[str, Any]:
    listing = {"product_id": f"{which}-of-{person.name.lower()}", "name": f"Garden {which}, teak"}
    return listing | {"category": "Market/Furniture", "price": 75.00}


def _total(basket: dict[str, int]) -> dict[str, Any]:
    value = round(sum(PRODUCTS[name][3] * count for name, count in basket.items()), 2)
    return {
        "value": value,
        "total": value,
        "products": [{**described(name), "quantity": count} for name, count in basket.items()],
    }


def _track(person: Person, minute: float, name: str, properties: dict[str, Any], mark: str) -> dict[str, Any]:
    call = {"type": "track", "event": name, "messageId": f"{person.name.lower()}-{mark}", "properties": properties}
    return call | _frame(person, minute)


def _of_shop(minute: float, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    about = next(properties[field] for field in ("product_id", "sale_id", "article_id") if field in properties)
    mark = f"shop-{about}-{name.split(maxsplit=1)[0].lower()}{minute:g}" if minute > LONG_AGO else f"shop-{about}"
    whom = {"userId": properties["user_id"]} if "user_id" in properties else {}
    said = {field: value for field, value in properties.items() if field != "user_id"}
    call = {"type": "track", "event": name, "messageId": mark, "properties": said, "timestamp": _stamp(minute)}
    return call | whom | ({"messageId": f"{mark}-{properties['user_id']}"} if whom else {})


def _frame(person: Person, minute: float) -> dict[str, Any]:
    """Everybody has seconds of their own, so that no two people do things at once."""
    stamp = _stamp(minute, sum(person.name.encode()) % 60)
    where = {"timezone": person.zone} if person.zone in COUNTRIES else {}
    return {"userId": person.name.lower(), "timestamp": stamp, "context": {**where, "locale": "en-GB"}}


def _stamp(minute: float, seconds: int = 0) -> str:
    at = OPENING + timedelta(minutes=minute, seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(name: str, told: Iterable[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(call, ensure_ascii=False) + "\n" for call in told)
    (Path(__file__).parent / name).write_text(lines)


def incidents() -> list[dict[str, Any]]:
    """Return what goes wrong with the service, and what its operators do, in order of time."""
    named = [{**told, **{name: _stamp(told[name]) for name in ("at", "until") if name in told}} for told in INCIDENTS]
    return sorted(named, key=lambda each: each["at"])


if __name__ == "__main__":
    _write("history.jsonl", history())
    _write("shop.jsonl", day())
    _write("incidents.jsonl", incidents())

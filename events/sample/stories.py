"""The sample shop's morning, told as stories; run this file to write shop.jsonl anew.

Every person is one story. A plot is a line of `<minute> <what> [products]`, minutes counted from the shop's opening.
Nothing here is real: names say Example, mail goes to example domains, numbers are from Ofcom's range for drama. What an
address does with a message (`+opens`, `+clicks`, `+ignores`) and how a number fails stands in the local sink's tables.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOP = "https://shop.example"
CURRENCY = "EUR"
BERLIN = "Europe/Berlin"
WORDING = "Yes, remind me of my basket and tell me about offers."
ALL = "push email sms whatsapp"

COUNTRIES = {
    "Europe/London": "GB",
    BERLIN: "DE",
    "Europe/Lisbon": "PT",
    "Asia/Tokyo": "JP",
    "Europe/Stockholm": "SE",
    "Europe/Paris": "FR",
    "America/New_York": "US",
    "Europe/Amsterdam": "NL",
}
PRODUCTS = {
    "kettle": ("Copper kettle, 1.7 l", "Hearth & Co", "Kitchen/Kettles", 64.00),
    "toaster": ("Four-slice toaster, sage", "Hearth & Co", "Kitchen/Toasters", 49.50),
    "mug": ("Stoneware mug, speckled", "Fernhill", "Kitchen/Tableware", 9.50),
    "plates": ("Dinner plates, set of four", "Fernhill", "Kitchen/Tableware", 38.00),
    "knife": ("Chef's knife, 20 cm", "Sabler", "Kitchen/Knives", 72.00),
    "board": ("Oak chopping board", "Sabler", "Kitchen/Knives", 29.00),
    "lamp": ("Reading lamp, brass", "Lumen", "Living/Lighting", 85.00),
    "bulb": ("Filament bulb, warm white", "Lumen", "Living/Lighting", 7.90),
    "throw": ("Wool throw, heather", "Northfold", "Living/Textiles", 54.00),
    "cushion": ("Linen cushion, ochre", "Northfold", "Living/Textiles", 26.00),
    "rug": ("Jute rug, 120 x 180 cm", "Northfold", "Living/Rugs", 119.00),
    "clock": ("Wall clock, walnut", "Tallis", "Living/Clocks", 45.00),
    "planter": ("Terracotta planter, large", "Fernhill", "Garden/Pots", 33.00),
    "shears": ("Pruning shears", "Sabler", "Garden/Tools", 24.50),
    "stool": ("Step stool, ash", "Tallis", "Living/Furniture", 58.00),
}


@dataclass(frozen=True)
class Person:
    """Who somebody is, what they allow, and what they do this morning.

    Attributes:
        can: by which channels they can be reached: `push`, `push-off` (a phone switched off since), `email`, `phone`.
        mail: a tag of the mail address, or another local part and domain.
        number: the last three digits of the phone number.
        yes, no: the channels they allow and refuse; of others they have said nothing.
    """

    name: str
    plot: str
    can: str = "push email phone"
    yes: str = ALL
    no: str = ""
    mail: str = ""
    number: str = ""
    zone: str = "Europe/London"
    segments: tuple[str, ...] = ()


PEOPLE = (
    # The ladder climbs because nobody answers: push, two hours later e-mail, the next day SMS, then WhatsApp.
    Person("Ada", "0 view kettle, 2 view toaster, 4 view kettle, 6 add kettle, 8 checkout", mail="+ignores"),
    Person("Bram", "3 view rug, 9 view throw, 11 add rug, 12 add cushion", mail="+ignores", zone=BERLIN),
    Person("Chidi", "5 view knife, 8 add knife, 9 view board, 10 add board, 14 checkout", mail="+ignores"),
    # A message is answered, and the ladder ends there.
    Person("Dana", "4 view lamp, 7 add lamp, 9 view bulb, 10 add bulb", mail="+opens"),
    Person("Emeka", "6 view stool, 9 add stool, 12 checkout", mail="+clicks"),
    Person("Farah", "10 view planter, 12 add planter, 13 add shears", mail="+clicks", can="email phone"),
    Person("Goran", "15 view clock, 18 add clock, 20 view lamp", mail="+opens", can="email"),
    # No phone that takes pushes: the next rung, in the same decision.
    Person("Hana", "8 view plates, 11 view mug, 13 add plates, 14 add mug", can="email phone", mail="+ignores"),
    Person("Ines", "12 view throw, 16 add throw, 18 checkout", can="email phone", mail="+opens", zone="Europe/Lisbon"),
    Person("Jonas", "14 view kettle, 17 add kettle", can="phone", zone=BERLIN),
    Person("Keiko", "2 view lamp, 5 add lamp", can="phone", zone="Asia/Tokyo"),
    # A channel is not allowed: passed over, and the trace says so.
    Person("Lars", "7 view rug, 12 add rug, 15 view rug", no="push", yes="email sms whatsapp", mail="+ignores"),
    Person("Mira", "9 view cushion, 10 add cushion, 11 add throw", no="push email", yes="sms whatsapp"),
    Person("Noor", "16 view toaster, 19 add toaster", no="push email sms", yes="whatsapp"),
    Person("Otto", "18 view knife, 21 add knife, 24 checkout", yes="email", no="sms whatsapp", mail="+clicks"),
    # A message fails for good: a phone switched off, a mailbox that is gone, a number that has opted out.
    Person("Priya", "11 view clock, 14 add clock, 16 add bulb", can="push-off email phone", mail="+opens"),
    Person("Quinn", "13 view stool, 17 add stool", can="push-off email phone", mail="+ignores"),
    Person("Rosa", "20 view lamp, 22 add lamp", can="email phone", mail="rosa@bounce.example.com"),
    Person("Sami", "19 view plates, 23 add plates, 25 checkout", can="phone", number="101"),
    Person("Tove", "22 view rug, 26 add rug", can="phone", number="202", zone="Europe/Stockholm"),
    Person("Uma", "24 view kettle, 27 add kettle", can="phone", number="303"),
    Person("Viktor", "21 view throw, 28 add throw, 30 checkout", can="phone", number="404"),
    Person("Wanda", "25 view board, 29 add board", can="phone", yes="whatsapp", number="505"),
    Person("Xenia", "27 view planter, 31 add planter", can="phone", yes="whatsapp", number="606"),
    Person("Yusuf", "28 view shears, 33 add shears", can="email phone", mail="yusuf@complaint.example.com"),
    # Nothing is sent: bought, too little, taken out again, staff, not allowed, nowhere to go; Lin is held out.
    Person("Zora", "5 view kettle, 9 add kettle, 12 checkout, 15 order"),
    Person("Amir", "10 view lamp, 13 add lamp, 14 add bulb, 17 checkout, 21 order"),
    Person("Birgit", "18 view knife, 20 add knife, 24 checkout, 33 order", zone=BERLIN),
    Person("Carlo", "30 view mug, 33 add mug"),
    Person("Delphine", "31 view bulb, 32 add bulb, 34 add bulb", zone="Europe/Paris"),
    Person("Eun", "35 view toaster, 37 add toaster, 44 remove toaster", can="push email"),
    Person("Filip", "26 view clock, 29 add clock, 32 add plates, 40 remove clock, 41 remove plates"),
    Person("Greta", "33 view rug, 36 add rug, 39 checkout", segments=("staff",)),
    Person("Hugo", "36 view stool, 40 add stool", yes="", no=ALL),
    Person("Iris", "38 view throw, 42 add throw", yes=""),
    Person("Jun", "37 view lamp, 41 add lamp", can=""),
    Person("Kofi", "39 view kettle, 43 add kettle, 46 checkout", zone="America/New_York"),
    Person("Lin", "41 view plates, 45 add plates, 47 view mug, 49 add mug"),
    # They come back: late enough for a message, or for a second basket that is not mentioned again so soon.
    Person("Mateo", "20 view knife, 23 add knife, 110 order", mail="+ignores"),
    Person("Nadia", "22 view cushion, 25 add cushion, 26 add rug, 131 order", can="email phone", mail="+clicks"),
    Person("Oscar", "15 view clock, 18 add clock, 95 newcart, 96 view lamp, 98 add lamp", mail="+ignores"),
    Person("Pia", "17 view shears, 20 add shears, 100 newcart, 104 add throw", can="email", mail="+opens"),
    # They take their time: every addition starts the half hour anew.
    Person("Rafael", "30 view board, 32 add board, 52 view knife, 55 add knife, 78 add plates", mail="+ignores"),
    Person("Sofia", "34 view lamp, 36 add lamp, 58 add clock, 80 checkout, 88 order"),
    # They only look.
    Person("Tomas", "12 view rug, 14 view throw, 40 view cushion, 75 view rug"),
    Person("Ursula", "48 view kettle, 50 view toaster, 51 view mug, 90 view plates"),
    Person("Vera", "55 view lamp, 57 view bulb, 61 view clock"),
    Person("Wim", "62 view planter, 65 view shears, 140 view planter", zone="Europe/Amsterdam"),
)


def calls() -> list[dict[str, Any]]:
    """Return the morning's calls in order of time."""
    told = [call for number, person in enumerate(PEOPLE) for call in story(number, person)]
    return sorted(told, key=lambda call: (call["timestamp"], call["messageId"]))


def story(number: int, person: Person) -> Iterator[dict[str, Any]]:
    """Tell one person's story: who they are, what they allow, what they do."""
    yield identify(number, person)
    yield from consents(person)
    yield from deeds(person)


def identify(number: int, person: Person) -> dict[str, Any]:
    """Say who somebody is; known since before the shop opened."""
    traits: dict[str, Any] = {
        "name": f"{person.name} Example",
        "country": COUNTRIES[person.zone],
        "timezone": person.zone,
    }
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
                traits["phone"] = f"+447700900{person.number or f'{number:03d}'}"
    return {"type": "identify", "messageId": f"{user}-identify", "traits": traits, **_frame(person, -30)}


def consents(person: Person) -> Iterator[dict[str, Any]]:
    """Say what somebody allows and refuses."""
    for status, channels in (("granted", person.yes), ("denied", person.no)):
        for channel in channels.split():
            properties = {"channel": channel, "purpose": "promotional", "status": status, "basis": "express"}
            properties |= {"wording": WORDING, "source": "account settings"}
            yield _track(person, -29, "Consent Updated", properties, f"consent-{channel}")


def deeds(person: Person) -> Iterator[dict[str, Any]]:
    """Tell what somebody does, keeping their basket as the shop would."""
    basket, number = dict[str, int](), 1
    for at, deed in enumerate(person.plot.split(", ")):
        minute, what, *things = deed.split()
        if what == "newcart":
            basket, number = {}, number + 1
            continue
        name, properties = _deed(what, things, basket)
        cart = {} if name == "Product Viewed" else {"cart_id": f"{person.name.lower()}-basket-{number}"}
        yield _track(person, int(minute), name, {**properties, **cart, "currency": CURRENCY}, f"{at + 1}")


def _deed(what: str, things: list[str], basket: dict[str, int]) -> tuple[str, dict[str, Any]]:
    match what:
        case "view":
            return "Product Viewed", _product(things[0])
        case "add":
            basket[things[0]] = basket.get(things[0], 0) + 1
            return "Product Added", {**_product(things[0]), "quantity": 1}
        case "remove":
            quantity = basket.pop(things[0])
            return "Product Removed", {**_product(things[0]), "quantity": quantity}
        case "checkout":
            return "Checkout Started", _total(basket)
        case "order":
            return "Order Completed", {**_total(basket), "order_id": f"order-{'-'.join(basket)}"}
    raise ValueError(f"no such deed: {what}")


def _product(name: str) -> dict[str, Any]:
    title, brand, category, price = PRODUCTS[name]
    known = {"product_id": f"sku-{name}", "sku": f"sku-{name}", "name": title, "brand": brand, "category": category}
    return known | {"price": price, "url": f"{SHOP}/p/{name}", "image_url": f"{SHOP}/images/{name}.jpg"}


def _total(basket: dict[str, int]) -> dict[str, Any]:
    value = round(sum(PRODUCTS[name][3] * count for name, count in basket.items()), 2)
    return {
        "value": value,
        "total": value,
        "products": [{**_product(name), "quantity": count} for name, count in basket.items()],
    }


def _track(person: Person, minute: int, name: str, properties: dict[str, Any], mark: str) -> dict[str, Any]:
    call = {"type": "track", "event": name, "messageId": f"{person.name.lower()}-{mark}", "properties": properties}
    return call | _frame(person, minute)


def _frame(person: Person, minute: int) -> dict[str, Any]:
    """Everybody has seconds of their own, so that no two people do things at once."""
    seconds = sum(person.name.encode()) % 60
    at = OPENING + timedelta(minutes=minute, seconds=seconds)
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"userId": person.name.lower(), "timestamp": stamp, "context": {"timezone": person.zone, "locale": "en-GB"}}


if __name__ == "__main__":
    lines = "".join(json.dumps(call, ensure_ascii=False) + "\n" for call in calls())
    (Path(__file__).parent / "shop.jsonl").write_text(lines)

"""Synthetic people for data that has none: who they are and what they allowed, always the same for the same id.

Every trait is made from the id's hash. Names say Example, mail goes to example domains, numbers are from ranges kept
for drama (Ofcom's 07700 900xxx, the North American 555-01xx), and the trait `synthetic` says so.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from nudgekit.cli.devices import PREFIX
from nudgekit.cli.formats.parts import Event, content_id, event, person_of

SOURCE = "nudgekit.synthetic"
WORDING = "Yes, send me offers and reminders."
FIRST_NAMES: Final = (
    "Ada", "Bela", "Chidi", "Dana", "Emeka", "Farah", "Goran", "Hana", "Ines", "Jonas", "Keiko", "Lars", "Mira", "Noor",
    "Otto", "Priya", "Quinn", "Rosa", "Sami", "Tove", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zora",
)  # fmt: skip
PLACES: Final = (
    ("GB", "Europe/London", "en-GB"),
    ("DE", "Europe/Berlin", "en-GB"),
    ("US", "America/New_York", "en-US"),
    ("US", "America/Los_Angeles", "en-US"),
    ("IN", "Asia/Kolkata", "en-IN"),
    ("JP", "Asia/Tokyo", "en-GB"),
)
AREAS: Final = (202, 206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 619, 702, 713, 801, 808, 907, 919)
CHANNELS: Final = ("push", "email", "sms", "whatsapp")
# Of a hundred people, how many can be reached so, and how many allow it, are silent about it, or refuse.
REACHABLE: Final = {"push": 55, "email": 85, "phone": 70}
GRANTED: Final = {"push": 75, "email": 70, "sms": 65, "whatsapp": 60}
DENIED: Final = {"push": 90, "email": 85, "sms": 85, "whatsapp": 80}
DEAD_DEVICE: Final = 15
STAFF: Final = 2
FAILING_NUMBER: Final = 30
BOUNCING_MAIL: Final = 6


def share(person: str, what: str) -> int:
    """Give a person's fixed number from 0 to 99 for one matter."""
    return hashlib.blake2b(f"{what}|{person}".encode(), digest_size=4).digest()[0] * 100 // 256


def events_of(person: str, at: datetime) -> Iterator[Event]:
    """Tell, at a moment, who a person is and what they allowed."""
    yield _event(person, "Profile Updated", at, profile(person))
    for channel in CHANNELS:
        word = _word(person, channel)
        if word:
            yield _event(person, "Consent Updated", at, consent(channel, word), channel)


def profile(person: str) -> dict[str, Any]:
    """Return the properties of `Profile Updated`; a phone stands as `device:<token>`, for `devices` to register."""
    country, timezone, locale = PLACES[share(person, "place") * len(PLACES) // 100]
    traits: dict[str, Any] = {"name": _name(person), "locale": locale, "country": country, "timezone": timezone}
    traits["segments"] = ["staff"] if share(person, "staff") < STAFF else []
    if share(person, "email") < REACHABLE["email"]:
        traits["email"] = _mail(person)
    if share(person, "phone") < REACHABLE["phone"]:
        traits["phone"] = _number(person)
    if share(person, "push") < REACHABLE["push"]:
        traits["push"] = [{"endpoint": _device(person), "platform": "android"}]
    return traits | {"synthetic": True}


def consent(channel: str, status: str) -> dict[str, str]:
    """Return the properties of `Consent Updated`."""
    said = {"channel": channel, "purpose": "promotional", "status": status, "basis": "express"}
    return said | {"wording": WORDING, "source": SOURCE}


def strangers(events: Iterable[Event]) -> list[str]:
    """Name the people of whom nothing is known although they do more than look around, in order of appearance.

    Whoever only looks is never messaged by a rule about carts, and a profile for each would only slow the replay.
    """
    active: dict[str, None] = {}
    introduced: set[str] = set()
    for each in events:
        if each["detail-type"] == "Profile Updated":
            introduced.add(person_of(each))
        elif each["detail-type"] != "Product Viewed" and "user_id" in each["detail"]:
            active[person_of(each)] = None
    return [person for person in active if person not in introduced]


def _word(person: str, channel: str) -> str:
    number = share(person, f"consent {channel}")
    if number < GRANTED[channel]:
        return "granted"
    return "denied" if number < DENIED[channel] else ""


def _name(person: str) -> str:
    return f"{FIRST_NAMES[share(person, 'name') * len(FIRST_NAMES) // 100]} Example"


def _device(person: str) -> str:
    state = "off-" if share(person, "dead") < DEAD_DEVICE else ""
    return f"{PREFIX}{state}{content_id(person)}"


def _mail(person: str) -> str:
    domain = "bounce.example.com" if share(person, "bounce") < BOUNCING_MAIL else "example.com"
    return f"{content_id(person)[:10]}@{domain}"


def _number(person: str) -> str:
    """A number of a drama range: those that fail somehow are Ofcom's (see the sink's table), the others 555-01xx."""
    line = share(person, "line")
    if share(person, "number") < FAILING_NUMBER:
        return f"+447700900{1 + share(person, 'failure') * 7 // 100}{line:02d}"
    return f"+1{AREAS[share(person, 'area') * len(AREAS) // 100]}55501{line:02d}"


def _event(person: str, name: str, at: datetime, properties: dict[str, Any], *more: str) -> Event:
    mark = content_id(SOURCE, name, person, *more)
    return event(SOURCE, name, {"user_id": person}, at, message_id=mark, properties=properties)

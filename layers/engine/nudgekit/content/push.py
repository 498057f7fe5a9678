"""How much of a push the phones show.

Neither Apple nor Google promises a number: it depends on the phone, its settings, and whether there is a picture. These
are what guides for senders agree on within a few characters (Braze, Batch, MoEngage, late in 2026): on its lock
screen an iPhone shows a line of title and four of text, Android's drawer a line of title and the unfolded text. Both do
promise room for 4,096 bytes in all (Apple, "Generating a remote notification"; Firebase, "About FCM messages").
"""

from typing import Final, NamedTuple


class Room(NamedTuple):
    """What a phone shows before it cuts off, in characters."""

    title: int
    body: int


PHONES: Final = {"ios": Room(title=50, body=178), "android": Room(title=65, body=240)}
"""By platform."""

LARGEST: Final = Room(max(each.title for each in PHONES.values()), max(each.body for each in PHONES.values()))
"""What is longer than this, no phone shows."""


def cut_off(title: str, body: str) -> list[str]:
    """What of a push does not fit, as in `the title is 57 characters, ios shows 50`; nothing when all fits."""
    found = []
    for platform, room in PHONES.items():
        for part, text, most in (("title", title, room.title), ("text", body, room.body)):
            if len(text) > most:
                found.append(f"the {part} is {len(text)} characters, {platform} shows {most}")
    return found

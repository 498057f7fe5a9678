"""The person at the other end: what they do with a message, always the same for the same address.

Nothing is random. A tag in the mail address decides (`ada+opens@example.com`), or else the address' hash, so a run can
be repeated and a story retold.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from nudgekit.cli.sink.failures import failure_of
from nudgekit.cli.sink.outbox import Sent
from nudgekit.model.base import Channel

What = Literal["delivered", "opened", "clicked", "failed"]

# How many of a hundred open, and click too. SNS has no receipt for a push, nor a carrier for the reading of an SMS.
OPENS = {Channel.EMAIL: 40, Channel.WHATSAPP: 55}
CLICKS = {Channel.EMAIL: 20}
TAGS = {"clicks": 0, "opens": 30, "ignores": 99}


@dataclass(frozen=True)
class Reaction:
    """What becomes of a message, and how long after it was taken, on the stage's clock."""

    what: What
    after: timedelta
    code: str = ""


def reactions(sent: Sent) -> Iterator[Reaction]:
    """Tell what becomes of a message, in order of time."""
    if sent.channel is Channel.PUSH:
        return
    failure = failure_of(sent.channel, sent.to)
    if failure and failure.how == "lose":
        yield Reaction("failed", timedelta(minutes=2), failure.code)
        return
    yield Reaction("delivered", timedelta(minutes=1))
    yield from _engagement(sent)


def _engagement(sent: Sent) -> Iterator[Reaction]:
    share, delay = _temper(sent.to), timedelta(minutes=5 + _share(f"delay|{sent.to}"))
    if share < OPENS.get(sent.channel, 0):
        yield Reaction("opened", delay)
    if share < CLICKS.get(sent.channel, 0):
        yield Reaction("clicked", delay + timedelta(minutes=1))


def _temper(address: str) -> int:
    tag = re.search(r"\+([a-z]+)@", address)
    return TAGS.get(tag[1], _share(address)) if tag else _share(address)


def _share(text: str) -> int:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()[0] * 100 // 256

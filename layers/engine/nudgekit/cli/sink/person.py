"""The person at the other end: what they do with a message, always the same for the same address.

Nothing is random. An address' hash decides, so a run can be repeated and a story retold.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from nudgekit.cli.sink.failures import failure_of
from nudgekit.cli.sink.outbox import Sent
from nudgekit.model.base import Channel

What = Literal["delivered", "opened", "clicked", "failed"]

# Of a hundred addresses, how many open and how many of those click too. A push has no receipt of its own.
OPENS = {Channel.EMAIL: 40, Channel.WHATSAPP: 55, Channel.SMS: 0, Channel.PUSH: 0}
CLICKS = {Channel.EMAIL: 20, Channel.WHATSAPP: 0, Channel.SMS: 0, Channel.PUSH: 0}


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
    share, delay = _share(sent.to), timedelta(minutes=5 + _share(sent.to + "delay"))
    if share < OPENS[sent.channel] or sent.to.startswith("opens-"):
        yield Reaction("opened", delay)
    if share < CLICKS[sent.channel]:
        yield Reaction("clicked", delay + timedelta(minutes=1))


def _share(text: str) -> int:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()[0] * 100 // 256

"""The links in messages by which people end or change what they get.

A link carries what it is for and a signature over it, so it is verified without looking anything up, works for as long
as its key stands, and cannot be made by anybody else. See docs/reference/consent.md.
"""

import hmac
import json
import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple, get_args

from nudgekit.errors import SettingsError
from nudgekit.model import base64url
from nudgekit.model.base import Channel

Action = Literal["unsubscribe", "preferences", "confirm"]
ACTIONS: Final[tuple[str, ...]] = get_args(Action)

PATH: Final = "/links"
LONGEST_TOKEN: Final = 1600
"""Characters of a token: a person's id may take 128 letters of four bytes each, written as JSON escapes."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")
_SIGNATURE: Final = 16
"""Bytes of HMAC-SHA256 that are kept: guessing one takes 2^127 tries on average."""

_compact: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

_DOMAIN: Final = b"nudgekit link 1\x00"
_PERSONAL: Final = "message"
_CONFIRMING: Final = "confirm"


class Link(NamedTuple):
    """What a link is for.

    Attributes:
        scope: `message`: end or change what one gets; `confirm`: say yes to what was asked for.
        person: whose message it stood in.
        channel: by which the message went.
        message: the message's id.
        address: the mark of the address it went to: an answer counts for everybody who has that address.
    """

    scope: str
    person: str
    channel: Channel
    message: str
    address: str = ""


class MessageLinks(NamedTuple):
    """The links of one message, each a web address in full."""

    unsubscribe: str = ""
    preferences: str = ""
    confirm: str = ""


class Linker:
    """Makes the links of messages.

    Args:
        keys: the signing key; after it, on lines of their own, older ones that are still honoured.
        base: what stands before the links' path, as in `https://shop.example`.
    """

    def __init__(self, keys: bytes, base: str) -> None:
        self.keys, self.base = keys, base.rstrip("/")

    def links(self, person: str, channel: Channel, message: str, address: str = "") -> MessageLinks:
        """The links of the message `message` to `person`."""
        own = write_token(Link(_PERSONAL, person, channel, message, address), self.keys)
        asking = write_token(Link(_CONFIRMING, person, channel, message, address), self.keys)
        return MessageLinks(self._url("unsubscribe", own), self._url("preferences", own), self._url("confirm", asking))

    def _url(self, action: Action, token: str) -> str:
        return f"{self.base}{PATH}/{action}/{token}"


PREVIEW: Final = Linker(b"preview", "https://links.example")
"""Makes links that lead nowhere: for previews and tests. The functions are given the deployment's own."""


def write_token(link: Link, keys: bytes) -> str:
    """The link as a token of letters, digits, `-` and `_`, signed with the first of `keys`.

    Raises:
        SettingsError: there is no key.
    """
    payload = _compact(link).encode()
    return base64url.write(_sign(payload, _split(keys)[0]) + payload)


def read_token(token: str, action: str, keys: bytes) -> Link | None:
    """The link in `token`, or None when it is none of ours, or not one for `action`."""
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        return None
    try:
        raw = base64url.read(token)
    except ValueError:
        return None
    signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not any(hmac.compare_digest(signature, _sign(payload, key)) for key in _split(keys)):
        return None
    scope, person, channel, message, address = json.loads(payload)
    wanted = _CONFIRMING if action == "confirm" else _PERSONAL
    return Link(scope, person, Channel(channel), message, address) if scope == wanted else None


@lru_cache(maxsize=8)
def _split(keys: bytes) -> tuple[bytes, ...]:
    found = tuple(keys.split())
    if not found:
        raise SettingsError("the key that signs links is empty", "LinkKey", "give the secret a value")
    return found


def _sign(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _DOMAIN + payload, "sha256")[:_SIGNATURE]

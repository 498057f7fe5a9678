"""Who asks: an anonymous visitor by the shop's own cookie, somebody known by a token that the shop's server signed.

The token is a JSON Web Token (RFC 7519) signed with HS256, which every language has a library for. Nothing in it is
believed before the signature is right: neither the algorithm that it names, nor that it names none.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

LONGEST_LIFE: Final = timedelta(hours=1)
"""How far ahead a token may expire: it lies in a browser, and whoever has it is the person."""

SHORTEST_ANONYMOUS: Final = 22
LONGEST_ID: Final = 128
LONGEST_TOKEN: Final = 2048
"""Characters. An anonymous id is as good as a password: 22 of base64 hold 128 bits, a UUID has 36."""


def visitor(headers: Mapping[str, str], key: Callable[[], bytes], now: datetime) -> str | None:
    """The person whose messages the request may see; None when it proves nobody.

    Args:
        headers: by lower-case name.
        key: reads the secret that the shop's server signs with.
        now: the wall's moment.
    """
    token = headers.get("authorization", "")
    if token:
        scheme, _, given = token.partition(" ")
        return read_token(given.strip(), key(), now) if scheme.lower() == "bearer" else None
    anonymous = headers.get("x-anonymous-id", "")
    if not SHORTEST_ANONYMOUS <= len(anonymous) <= LONGEST_ID or not anonymous.isprintable():
        return None
    return f"anonymous:{anonymous}"


def read_token(token: str, key: bytes, now: datetime) -> str | None:
    """The person that a token names; None when it is not the shop's, has expired, or lives too long."""
    signed, _, signature = token.rpartition(".")
    if len(token) > LONGEST_TOKEN or not token.isascii() or signed.count(".") != 1:
        return None
    given = _decoded(signature)
    if given is None or not hmac.compare_digest(given, hmac.digest(key, signed.encode(), "sha256")):
        return None
    head, _, body = signed.partition(".")
    header, claims = _object(head), _object(body)
    if header.get("alg") != "HS256" or not _is_alive(claims.get("exp"), now):
        return None
    person = claims.get("sub")
    return person if isinstance(person, str) and _is_person(person) else None


def _is_person(person: str) -> bool:
    return 0 < len(person) <= LONGEST_ID and not person.startswith("anonymous:")


def _is_alive(expires: object, now: datetime) -> bool:
    if isinstance(expires, bool) or not isinstance(expires, int | float) or not abs(expires) < 1 << 33:
        return False
    return now < datetime.fromtimestamp(expires, UTC) <= now + LONGEST_LIFE


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(part) or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(part: str) -> bytes | None:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Error, ValueError):
        return None

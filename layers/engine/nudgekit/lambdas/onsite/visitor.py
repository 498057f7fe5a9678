"""Who asks: an anonymous visitor by the shop's own cookie, somebody known by a token that the shop's server signed.

The token is a JSON Web Token (RFC 7519) signed with HS256, which every language has a library for. Whatever algorithm
it names, no other is believed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jwt.types import Options


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
    import jwt  # noqa: PLC0415  most visitors are anonymous

    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], options=_OURS)
    except jwt.PyJWTError:
        return None
    return claims["sub"] if _is_alive(claims["exp"], now) and _is_person(claims["sub"]) else None


_OURS: Final["Options"] = {"require": ["sub", "exp"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}
"""The time is looked at here: the moment is given, and a token that lives too long is none either."""


def _is_person(person: object) -> bool:
    return isinstance(person, str) and 0 < len(person) <= LONGEST_ID and not person.startswith("anonymous:")


def _is_alive(expires: object, now: datetime) -> bool:
    if isinstance(expires, bool) or not isinstance(expires, int | float) or not abs(expires) < 1 << 33:
        return False
    return now < datetime.fromtimestamp(expires, UTC) <= now + LONGEST_LIFE

"""What a shop's page and server do: sign who looks at a page, and ask the on-site door."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

COOKIE = "4f6f1f0e-3f51-4bd8-a6a5-8f0b8a3c2d11"
ANONYMOUS = f"anonymous:{COOKIE}"


def _plain(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(person: object, expires: datetime | None, key: bytes, alg: str = "HS256", **claims: Any) -> str:
    """A token as a shop's server makes it."""
    header = json.dumps({"alg": alg, "typ": "JWT"})
    exp = {"exp": int(expires.timestamp())} if expires else {}
    body = json.dumps({"sub": person, **exp, **claims})
    text = f"{_plain(header.encode())}.{_plain(body.encode())}"
    return f"{text}.{_plain(hmac.digest(key, text.encode(), 'sha256'))}"


def of_person(person: str, now: datetime, key: bytes) -> dict[str, str]:
    """The header of somebody known."""
    return {"authorization": f"Bearer {signed(person, now + timedelta(minutes=30), key)}"}


def of_visitor(cookie: str = COOKIE) -> dict[str, str]:
    """The header of somebody unknown."""
    return {"x-anonymous-id": cookie}


def request(method: str, path: str, headers: dict[str, str], body: Any = None) -> dict[str, Any]:
    """A request as API Gateway brings it."""
    made: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "headers": {**headers, **({"content-type": "application/json"} if body is not None else {})},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    return made if body is None else {**made, "body": body if isinstance(body, str) else json.dumps(body)}

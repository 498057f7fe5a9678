"""A request of the shop's own page, checked before anything looks at it."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nudgekit.lambdas.http import Refusal, body_of, headers_of

LARGEST_BODY: Final = 16 * 1024
"""Bytes; a handle with ten long product ids is the most of it."""

KINDS: Final = frozenset({"application/json"})
"""Anything else could come from a form of another site, unasked."""

ROUTES: Final = frozenset({("GET", "/onsite"), ("POST", "/onsite/claim"), ("POST", "/onsite/tell")})


class Request(NamedTuple):
    """What was asked.

    Attributes:
        action: `list`, `claim` or `tell`.
        headers: by lower-case name.
        body: the JSON object of a POST.
    """

    action: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


def read_request(invocation: Mapping[str, Any]) -> Request | Refusal:
    """The request in `invocation`."""
    http = (invocation.get("requestContext") or {}).get("http")
    if not isinstance(http, Mapping):
        return Refusal(400)
    method, path = str(http.get("method", "")), str(invocation.get("rawPath") or "").rstrip("/")
    if (method, path) not in ROUTES:
        return Refusal(405 if path in {path for _, path in ROUTES} else 404)
    headers = headers_of(invocation)
    if method == "GET":
        return Request("list", headers, {})
    body = body_of(invocation, headers, KINDS, LARGEST_BODY)
    told = body if isinstance(body, Refusal) else _object(body)
    return told if isinstance(told, Refusal) else Request(path.rpartition("/")[2], headers, told)


def _object(body: bytes) -> Mapping[str, Any] | Refusal:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return Refusal(400)
    return found if isinstance(found, dict) else Refusal(400)

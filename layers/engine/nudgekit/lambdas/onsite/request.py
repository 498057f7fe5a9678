"""A request of the shop's own page, payload format 2.0, checked before anything looks at it.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
(read 2026-11-22).
"""

import json
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

LARGEST_BODY: Final = 16 * 1024
"""Bytes; a handle with ten long product ids is the most of it."""

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


class Refusal(NamedTuple):
    """Why a request is turned away, by its HTTP status."""

    status: int


def read_request(invocation: Mapping[str, Any]) -> Request | Refusal:
    """The request in `invocation`."""
    http = (invocation.get("requestContext") or {}).get("http")
    if not isinstance(http, Mapping):
        return Refusal(400)
    method, path = str(http.get("method", "")), str(invocation.get("rawPath") or "").rstrip("/")
    if (method, path) not in ROUTES:
        return Refusal(405 if path in {path for _, path in ROUTES} else 404)
    headers = {str(name).lower(): str(value) for name, value in (invocation.get("headers") or {}).items()}
    if method == "GET":
        return Request("list", headers, {})
    body = _body(invocation, headers)
    return body if isinstance(body, Refusal) else Request(path.rpartition("/")[2], headers, body)


def _body(invocation: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, Any] | Refusal:
    text = str(invocation.get("body") or "")
    if len(text) > 2 * LARGEST_BODY:  # not worth decoding
        return Refusal(413)
    try:
        body = b64decode(text, validate=True) if invocation.get("isBase64Encoded") else text.encode()
    except (Error, ValueError):
        return Refusal(400)
    if len(body) > LARGEST_BODY:
        return Refusal(413)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Refusal(415)  # anything else could come from a form of another site, unasked
    return _object(body)


def _object(body: bytes) -> Mapping[str, Any] | Refusal:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return Refusal(400)
    return found if isinstance(found, dict) else Refusal(400)

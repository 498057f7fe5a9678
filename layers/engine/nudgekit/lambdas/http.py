"""A request of an HTTP API, payload format 2.0: what every door checks before it looks at what was sent.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
(read 2026-11-22).
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """Why a request is turned away, by its HTTP status."""

    status: int


def headers_of(invocation: Mapping[str, Any]) -> Mapping[str, str]:
    """The headers by lower-case name."""
    return {str(name).lower(): str(value) for name, value in (invocation.get("headers") or {}).items()}


def body_of(
    invocation: Mapping[str, Any], headers: Mapping[str, str], kinds: Collection[str], largest: int
) -> bytes | Refusal:
    """The body, when it is of one of these media types and has no more than `largest` bytes."""
    text = str(invocation.get("body") or "")
    if len(text) > 2 * largest:  # not worth decoding
        return Refusal(413)
    try:
        body = b64decode(text, validate=True) if invocation.get("isBase64Encoded") else text.encode()
    except (Error, ValueError):
        return Refusal(400)
    if len(body) > largest:
        return Refusal(413)
    if headers.get("content-type", "").partition(";")[0].strip().lower() not in kinds:
        return Refusal(415)
    return body

"""A request of the HTTP API, payload format 2.0, checked before anything looks at it.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
(read 2026-11-22).
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final, NamedTuple

LARGEST_BODY: Final = 8 * 1024
"""Bytes of a form; the preference page's own has a few hundred."""

MOST_FIELDS: Final = 400
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

Form = Mapping[str, tuple[str, ...]]


class Request(NamedTuple):
    """What was asked.

    Attributes:
        method: GET or POST.
        action: what the link is for, as its path says.
        token: the signed part of the link.
        form: the fields of a POST, each with its values.
    """

    method: str
    action: str
    token: str
    form: Form


class Refusal(NamedTuple):
    """Why a request is turned away, by its HTTP status."""

    status: int


def read_request(invocation: Mapping[str, Any]) -> Request | Refusal:
    """The request in `invocation`."""
    method = str(invocation["requestContext"]["http"].get("method", ""))
    path = invocation.get("pathParameters") or {}
    if method not in {"GET", "POST"}:
        return Refusal(405)
    form = _form(invocation) if method == "POST" else {}
    if isinstance(form, Refusal):
        return form
    return Request(method, str(path.get("action", "")), str(path.get("token", "")), form)


def _form(invocation: Mapping[str, Any]) -> Form | Refusal:
    headers = {str(name).lower(): str(value) for name, value in (invocation.get("headers") or {}).items()}
    kind = headers.get("content-type", "")
    body = _body(invocation)
    if body is None:
        return Refusal(400)
    if len(body) > LARGEST_BODY:
        return Refusal(413)
    if kind.partition(";")[0].strip().lower() not in FORMS:
        return Refusal(415)
    return _fields(body, kind)


def _body(invocation: Mapping[str, Any]) -> bytes | None:
    text = str(invocation.get("body") or "")
    if len(text) > 2 * LARGEST_BODY:  # not worth decoding
        return b"\x00" * (LARGEST_BODY + 1)
    try:
        return b64decode(text, validate=True) if invocation.get("isBase64Encoded") else text.encode()
    except (Error, ValueError):
        return None


def _fields(body: bytes, kind: str) -> Form | Refusal:
    from multipart import MultipartError, parse_form_data  # noqa: PLC0415  # most requests are GETs

    environ = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
    try:
        form, files = parse_form_data(environ, strict=True, part_limit=MOST_FIELDS, memory_limit=LARGEST_BODY)
    except (MultipartError, UnicodeError, ValueError, LookupError):
        return Refusal(400)
    if files:
        return Refusal(400)
    return {name: tuple(form.getall(name)) for name in form}

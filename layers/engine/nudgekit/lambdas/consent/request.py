"""A request that follows a link of a message, checked before anything looks at it."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final, NamedTuple

from nudgekit.lambdas.http import Refusal, body_of, headers_of
from nudgekit.language.policy.consent import MOST_TOPICS

LARGEST_BODY: Final = 64 * 1024
"""Bytes of a form; the preference page's own has a few hundred, and 35,000 with as many topics as a shop may have."""

MOST_FIELDS: Final = 20 * MOST_TOPICS
"""A topic is twice on the preference page of each channel: as it was, and as it is."""
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
    headers = headers_of(invocation)
    body = body_of(invocation, headers, FORMS, LARGEST_BODY)
    return body if isinstance(body, Refusal) else _fields(body, headers["content-type"])


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

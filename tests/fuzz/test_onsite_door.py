"""Malformed and hostile requests at the door of the shop's page: JSON for each, no traceback, nobody else's message.

NUDGEKIT_REQUESTS says how many requests there are (make prove: 100,000).
"""

import json
import os
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from nudgekit.runs.documents import Kind
from tests.functional.deployment import fixture
from tests.fuzz.hostile import NAME, TEXTS
from tests.fuzz.test_doors import FIRST, NOW, Told, _silent, told, yard
from tests.visit import COOKIE, of_person, of_visitor, request, signed
from tests.yard import Yard

__all__ = ["told"]
REQUESTS = int(os.environ.get("NUDGEKIT_REQUESTS", "2000"))
KEY = b"ONSITE_KEY_ARN".ljust(32, b"-")
"""What `tests.yard` gives as the secret."""

METHODS = (*(6 * ("GET", "POST", "POST")), "HEAD", "PUT", "OPTIONS", "zebulonsecret")
PATHS = ("/onsite", "/onsite/claim", "/onsite/tell")
WORDS = ("shown", "clicked", "dismissed", "answered", "zebulonsecret", None, 7)


def waiting(made: Yard) -> list[str]:
    """Handles of messages that wait: of somebody known, and of an anonymous visitor."""
    made.now = NOW
    handles = []
    for name, headers in (("start", of_person("ada", NOW, KEY)), ("start_anonymous", of_visitor())):
        start = fixture(f"exit_intent/{name}")
        start["detail"]["timestamp"] = NOW.isoformat()
        made.invoke("exit_intent", start)
        made.invoke("project_profile", start)
        answer = made.handler("onsite")(request("GET", "/onsite", headers), None)
        handles += [each["handle"] for each in json.loads(answer["body"])["messages"]]
    assert len(handles) == 2
    return handles


def asked(rng: random.Random, handles: list[str]) -> Any:
    """One request, nearly in order or not at all."""
    body: Any = {"handle": rng.choice((*(6 * handles), "", "AAAA", None, *TEXTS)), "what": rng.choice(WORDS)}
    if rng.random() < 0.4:
        body["answer"] = rng.choice(("price", "not_now", *TEXTS, ["price"], None))
        body["remind_at"] = rng.choice((None, (NOW + timedelta(days=2)).isoformat(), *TEXTS, 7, "9999-12-31T23:59:59Z"))
    if rng.random() < 0.15:
        body = rng.choice(([], "zebulonsecret", None, "{" * 20_000, {NAME: {NAME: NAME}}, 1e308, "[" * 5_000))
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=rng.random() < 0.5)
    path, method = rng.choice((*(12 * PATHS), "/onsite/", "/", "/onsite/claim/../tell", *TEXTS)), rng.choice(METHODS)
    made = request(method, path, dict(rng.choice(PROOFS)), text)
    if rng.random() < 0.2:
        made["headers"]["content-type"] = rng.choice(("text/plain", "", "application/x-www-form-urlencoded", *TEXTS))
    if rng.random() < 0.2:
        made["isBase64Encoded"], made["body"] = (
            True,
            b64encode(text.encode(errors="replace")).decode()[: rng.choice((None, -1, 7))],
        )
    for part in rng.choices(("body", "headers", "rawPath", "requestContext"), k=rng.choice((0, 0, 0, 1))):
        made[part] = rng.choice((None, "", {}, made.get(part)))
    return made


LATER = NOW + timedelta(minutes=30)
PROOFS: tuple[dict[str, str], ...] = (
    *(8 * (of_person("ada", NOW, KEY), of_visitor())),
    of_person("grace", NOW, KEY),
    of_visitor(COOKIE[::-1]),
    {"authorization": f"Bearer {signed('ada', LATER, b'zebulonsecret')}"},
    {"authorization": f"Bearer {signed('ada', LATER, KEY)[:-3]}"},
    {"authorization": f"Bearer {signed(NAME, LATER, KEY, alg='none')}"},
    *({"authorization": f"Bearer {text}"} for text in TEXTS[:6]),
    *({"x-anonymous-id": text} for text in TEXTS[:6]),
    {},
)


def test_no_request_breaks_the_door(
    told: Told,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    found = yard(monkeypatch)
    handles, became = waiting(found), Counter[int]()
    handler = found.handler("onsite")
    told.take()
    for number in range(FIRST, FIRST + REQUESTS):
        made = asked(random.Random(number), handles)
        before = dict(found.store.rows)
        answer = handler(made, None)
        check(made, answer, changed=found.store.rows != before, where=f"seed {number}")
        _silent(told.take(), f"seed {number}")
        caplog.clear()
        became[answer["statusCode"]] += 1
    assert became[200] > REQUESTS / 50, "hardly a request was answered"
    assert {400, 401, 404, 405, 413, 415} <= became.keys()
    shown = [ref for ref in found.store.rows if ref.kind is Kind.MESSAGE and ref.owner in {"grace"}]
    assert shown == [], "somebody without messages got one"
    record_property("told", f"{REQUESTS} hostile requests of the shop's page: {dict(sorted(became.items()))}")


def check(made: Any, answer: Any, *, changed: bool, where: str) -> None:
    """An answer that a page can read, and no change by looking or by what is refused."""
    status = answer["statusCode"]
    assert status in {200, 400, 401, 404, 405, 409, 413, 415}, f"{where}: {status} for {json.dumps(made)[:1500]}"
    body = json.loads(answer["body"])
    assert ("error" in body) is (status != 200), where
    if status != 200 or "messages" in body:
        assert not changed, f"{where}: {status} changed something"
    for name, value in answer["headers"].items():
        assert "\n" not in f"{name}{value}", f"{where}: a line break in a header"


def test_a_door_that_changes_by_looking_would_be_caught() -> None:
    """The suite can fail."""
    listed = {"statusCode": 200, "body": '{"messages": []}', "headers": {}}
    with pytest.raises(AssertionError, match="changed something"):
        check({}, listed, changed=True, where="planted")
    with pytest.raises(AssertionError, match="503"):
        check({}, {**listed, "statusCode": 503}, changed=False, where="planted")

"""Malformed and hostile requests at the links' door: a page for each, no traceback, no change by looking.

NUDGEKIT_REQUESTS says how many requests there are (make prove: 100,000).
"""

import json
import os
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from nudgekit.content.links import ACTIONS, Linker
from nudgekit.model.base import Channel
from nudgekit.model.profile import address_mark
from tests.functional.deployment import ROOT
from tests.fuzz.hostile import MAIL, TEXTS, marked
from tests.fuzz.test_doors import FIRST, Told, _silent, told, yard

__all__ = ["told"]
REQUESTS = int(os.environ.get("NUDGEKIT_REQUESTS", "3000"))
KEY = b"LINK_KEY_ARN".ljust(32, b"-")
"""What `tests.yard` gives as the secret."""

FORMS = (
    "List-Unsubscribe=One-Click",
    "from=by-hand",
    "from=by-hand&" + "x=1&" * 5_000,
    "email=yes&sms=yes",
    "%ff%fe=%00&List-Unsubscribe=One-Click%0d%0aX:y",
    "zebulonsecret=<script>alert(1)</script>",
    "=&=&&;;",
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="x"; filename="zebulonsecret"\r\n\r\n' + "a" * 70_000,
    "",
    *TEXTS,
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data", "text/plain", "",
    "application/json", "multipart/form-data; boundary=" + "b" * 500,
    "application/x-www-form-urlencoded; charset=utf-7",
)  # fmt: skip


def templates() -> list[dict[str, Any]]:
    """Every request of the fixtures, its personal values marked."""
    paths = sorted((ROOT / "events" / "consent").glob("http_*.json"))
    found: list[dict[str, Any]] = [json.loads(marked(path.read_text())) for path in paths]
    return found


def tokens() -> tuple[str, ...]:
    """Tokens that are ours, and some that nearly are."""
    linker = Linker(KEY, "https://shop.example")
    links = linker.links("zebulonsecret-id", Channel.EMAIL, "m1", address_mark(MAIL))
    ours = tuple(each.rsplit("/", 1)[1] for each in links)
    return (*(8 * ours), ours[0][:-1], ours[0] + "A", ours[0].swapcase(), "", ".", "..", "%00", "a" * 9_000, *TEXTS)


def request(rng: random.Random, plain: dict[str, Any], token: str) -> Any:
    """One request that no browser would send; what API Gateway writes itself is as API Gateway writes it."""
    made = json.loads(json.dumps(plain))
    method = rng.choice((*(3 * ("GET", "POST")), "HEAD", "PUT", "OPTIONS", "zebulonsecret"))
    action = rng.choice((*(3 * ACTIONS), "zebulonsecret", ""))
    made["pathParameters"] = {"action": action, "token": token}
    made["rawPath"] = made["requestContext"]["http"]["path"] = f"/links/{action}/{token}"
    made["requestContext"]["http"]["method"] = method
    text = rng.choice(FORMS)
    encoded = rng.random() < 0.5
    made["isBase64Encoded"] = encoded if rng.random() < 0.9 else not encoded
    made["body"] = b64encode(text.encode(errors="replace")).decode() if encoded else text
    made["headers"] = {**made.get("headers", {}), "content-type": rng.choice(TYPES)}
    for name in rng.choices(("host", "cookie", "accept", "x-forwarded-for", "content-length", "zebulonsecret"), k=2):
        made["headers"][name] = rng.choice(TEXTS)
    made["rawQueryString"] = rng.choice(("", "", *TEXTS))
    for part in rng.choices(("body", "pathParameters", "headers", "rawQueryString"), k=rng.choice((0, 0, 1))):
        made.pop(part, None)
    return made


def test_no_request_breaks_the_door(
    told: Told,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    found, plain, known, became = yard(monkeypatch), templates(), tokens(), Counter[int]()
    handler = found.handler("consent")
    for number in range(FIRST, FIRST + REQUESTS):
        rng = random.Random(number)
        asked = request(rng, rng.choice(plain), rng.choice(known))
        before = dict(found.store.rows)
        answer = handler(asked, None)
        _check(asked, answer, changed=found.store.rows != before, where=f"seed {number}")
        _silent(told.take(), f"seed {number}")
        caplog.clear()
        became[answer["statusCode"]] += 1
    assert became[200] > REQUESTS / 100, "hardly a request was answered"
    assert became[404] > REQUESTS / 100
    record_property("told", f"{REQUESTS} hostile requests: {dict(sorted(became.items()))}")


def _check(asked: Any, answer: Any, *, changed: bool, where: str) -> None:
    status = answer["statusCode"]
    assert status < 500, f"{where}: {status} for {json.dumps(asked)[:1500]}"
    assert not 300 <= status < 400, f"{where}: a redirect"
    http = asked["requestContext"]["http"]
    if not isinstance(http, dict) or http.get("method") != "POST" or status >= 400:
        assert not changed, f"{where}: {http} changed something with {status}"
    body = str(answer.get("body", ""))
    assert "<script" not in body.lower(), f"{where}: a script on the page"
    json.dumps(answer)
    for name, value in answer.get("headers", {}).items():
        assert "\n" not in f"{name}{value}", f"{where}: a line break in a header"


def test_a_door_that_changes_by_looking_would_be_caught() -> None:
    """The suite can fail."""
    looked = {"requestContext": {"http": {"method": "GET"}}}
    with pytest.raises(AssertionError, match="changed something"):
        _check(looked, {"statusCode": 200}, changed=True, where="planted")
    with pytest.raises(AssertionError, match="503"):
        _check(looked, {"statusCode": 503}, changed=False, where="planted")

"""The three questions of the shop's own page, answered in JSON. See docs/reference/onsite.md."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Invocation
from nudgekit.lambdas.http import Refusal
from nudgekit.lambdas.observability import tell, tell_failure
from nudgekit.lambdas.onsite.handles import read_handle, write_handle
from nudgekit.lambdas.onsite.request import Request, read_request
from nudgekit.lambdas.onsite.visitor import visitor
from nudgekit.language.moments import as_moment
from nudgekit.model.base import from_ms
from nudgekit.model.inbox import Posted
from nudgekit.model.message import Content
from nudgekit.runs.onsite import WORDS, Answer, Misfit, told, waiting
from nudgekit.runs.reports import Report
from nudgekit.runs.signals import Events

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Type": "application/json; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}

LONGEST_REMINDER: Final = timedelta(days=90)
"""How far ahead somebody can ask to be reminded."""

WRONG: Final[Mapping[int, str]] = {
    400: "send a JSON object as docs/reference/onsite.md describes it",
    401: "send a fresh token of the shop's server, or the visitor's own anonymous id",
    404: "nothing of this visitor is called so",
    405: "ask by GET /onsite, POST /onsite/claim or POST /onsite/tell",
    409: "claim the message first, and answer with one of its choices",
    413: "send less",
    415: "send application/json",
    503: "ask again in a moment",
}
_SHOWN: Final = ("title", "body", "link", "image")


def handler(invocation: Invocation, context: object) -> dict[str, Any]:  # noqa: ARG001  # Lambda's own signature
    """The answer to a request; whatever fails is an answer that says to ask again."""
    try:
        return _answer(read_request(invocation))
    except Exception as error:  # the page shall read JSON, and nobody a traceback
        tell_failure(error)
        return _json(503, {"error": WRONG[503]})


def _answer(request: Request | Refusal) -> dict[str, Any]:
    if isinstance(request, Refusal):
        return _refused(request.status)
    clock = wiring.clock()
    person = visitor(request.headers, lambda: wiring.secret("ONSITE_KEY_ARN"), clock.wall())
    if person is None:
        return _refused(401)
    return _ACTIONS[request.action](person, request.body, clock.now())


def _list(person: str, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:  # noqa: ARG001  # one form for all
    found = waiting(person, wiring.store(), now)
    return _json(200, {"messages": [_line(each) for each in found]})


def _line(posted: Posted) -> dict[str, Any]:
    until = from_ms(posted.until).isoformat()
    return {"handle": write_handle(posted), "trigger": posted.trigger, "priority": posted.priority, "until": until}


def _claim(person: str, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    ref = read_handle(body.get("handle"), person)
    if ref is None:
        return _refused(404)
    claim = wiring.page().claim(ref, now)
    _done(claim.report, claim.events)
    if claim.content is None and claim.reason is None:
        return _refused(404)
    message = _message(claim.content) if claim.content is not None else None
    return _json(200, {"message": message, "reason": claim.reason})


def _message(content: Content) -> dict[str, Any]:
    choices = [{"code": code, "label": label} for code, label in content.choices]
    return {**{name: getattr(content, name) for name in _SHOWN}, "choices": choices}


def _tell(person: str, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    ref, word = read_handle(body.get("handle"), person), body.get("what")
    if ref is None:
        return _refused(404)
    answer = _picked(body, now) if word == "answered" else None
    if not isinstance(word, str) or word not in WORDS or isinstance(answer, Refusal):
        return _refused(400)
    heard = told(ref, word, answer, wiring.store(), now)
    if isinstance(heard, Misfit):
        return _refused(409)
    _done(heard.report, heard.events)
    return _json(200, {"heard": True})


def _picked(body: Mapping[str, Any], now: datetime) -> Answer | Refusal:
    """What was answered; a time to be reminded at lies ahead, but not too far."""
    code, asked = body.get("answer"), body.get("remind_at")
    remind_at = as_moment(asked)
    if not isinstance(code, str) or (asked is not None and remind_at is None):
        return Refusal(400)
    if remind_at is not None and not now < remind_at <= now + LONGEST_REMINDER:
        return Refusal(400)
    return Answer(code, remind_at)


_ACTIONS: Final[Mapping[str, Callable[[str, Mapping[str, Any], datetime], dict[str, Any]]]] = {
    "list": _list,
    "claim": _claim,
    "tell": _tell,
}


def _done(report: Report, events: Events) -> None:
    """What was written is told: should that fail, the page asks again, and it is told then."""
    if events:
        wiring.bus().publish(events)
    tell((report,))


def _refused(status: int) -> dict[str, Any]:
    tell((Report("rejected", reason=f"request {status}"),))
    return _json(status, {"error": WRONG[status]})


def _json(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"statusCode": status, "headers": dict(HEADERS), "body": json.dumps(body, ensure_ascii=False)}

"""What the links in messages lead to: one-click unsubscription, the preference page, the confirmation.

One-click unsubscription is RFC 8058's: a POST with `List-Unsubscribe=One-Click` is answered with an empty 200. A GET
changes nothing, whoever follows the link.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from nudgekit.content import pages
from nudgekit.content.links import ACTIONS, Link, read_token
from nudgekit.errors import NudgekitError
from nudgekit.lambdas import wiring
from nudgekit.lambdas.consent.choices import choose, shown, stop_channel, stop_everything
from nudgekit.lambdas.consent.request import Request, read_request
from nudgekit.lambdas.http import Refusal
from nudgekit.lambdas.observability import tell, tell_failure
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent
from nudgekit.runs.consent import Words, consent_of, state, state_from
from nudgekit.runs.reports import Report
from nudgekit.runs.signals import Events

Answer = dict[str, Any]

ONE_CLICK: Final = "One-Click"
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": pages.POLICY,
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def answer(invocation: Mapping[str, Any]) -> Answer:
    """The answer to a request; whatever fails is a page that says so."""
    try:
        return _answer(read_request(invocation))
    except Exception as error:  # the person shall read a page, and nobody a traceback
        tell_failure(error)
        return _page(503, pages.fault(_shop_name(), 503))


def _answer(request: Request | Refusal) -> Answer:
    if isinstance(request, Refusal):
        return _refused(request.status)
    if request.action not in ACTIONS:
        return _refused(404)
    link = read_token(request.token, request.action, wiring.secret("LINK_KEY_ARN"))
    if link is None:
        return _refused(404)
    return _ROUTES[request.method, request.action](link, request)


def _refused(status: int) -> Answer:
    tell((Report("rejected", reason=f"request {status}"),))
    return _page(status, pages.fault(_shop_name(), status))


def _ask_unsubscribe(link: Link, request: Request) -> Answer:
    return _page(200, pages.unsubscribe(_shop_name(), link.channel, f"../preferences/{request.token}"))


def _unsubscribe(link: Link, request: Request) -> Answer:
    one_click = ONE_CLICK in request.form.get("List-Unsubscribe", ())
    by_hand = "by-hand" in request.form.get("from", ())
    if not one_click and not by_hand:
        return _refused(400)
    now = wiring.clock().now()
    source = "page:unsubscribe" if by_hand else "one-click"
    _stated(link, stop_channel(link.channel, f"{source} {link.message}"), now)
    if by_hand:
        return _page(200, pages.unsubscribed(_shop_name(), link.channel, f"../preferences/{request.token}"))
    return {"statusCode": 200, "headers": {**HEADERS, "Content-Type": "text/plain"}, "body": ""}


def _show_preferences(link: Link, request: Request) -> Answer:  # noqa: ARG001  # the routes share one form
    return _preferences(consent_of(wiring.store(), link.person), saved=False)


def _save_preferences(link: Link, request: Request) -> Answer:
    if "by-hand" not in request.form.get("from", ()):
        return _refused(400)
    policy, store, now = wiring.policy(), wiring.store(), wiring.clock().now()
    before = consent_of(store, link.person)
    source = f"page:preferences {link.message}"
    if "stop" in request.form.get("everything", ()):
        said = stop_everything(before, now, source)
    else:
        said = choose(request.form, before, policy, link.channel, now, source)
    _stated(link, said, now)
    return _preferences(consent_of(store, link.person), saved=True)


def _preferences(consent: Consent, *, saved: bool) -> Answer:
    rows = shown(consent, wiring.policy(), wiring.clock().now())
    return _page(200, pages.preferences(_shop_name(), rows, saved=saved))


def _ask_confirmation(link: Link, request: Request) -> Answer:  # noqa: ARG001
    waiting = consent_of(wiring.store(), link.person).waiting(link.channel)
    return _page(200, pages.confirm(_shop_name(), link.channel) if waiting else pages.confirmed(_shop_name(), None))


def _confirm(link: Link, request: Request) -> Answer:
    if "confirm" not in request.form.get("answer", ()):
        return _refused(400)
    now, source = wiring.clock().now(), f"page:confirm {link.message}"
    standing = consent_of(wiring.store(), link.person)
    said = [
        word.model_dump(mode="json", include={"channel", "purpose", "topic", "wording", "expires_at"})
        | {"status": "granted", "source": source, "confirmed": True}
        for word in standing.waiting(link.channel)
    ]
    _stated(link, tuple(said), now)
    holds = bool(said) or any(word.channel is link.channel and word.grants(now) for word in standing.said.values())
    return _page(200, pages.confirmed(_shop_name(), link.channel if holds else None))


_ROUTES: Final[Mapping[tuple[str, str], Callable[[Link, Request], Answer]]] = {
    ("GET", "unsubscribe"): _ask_unsubscribe,
    ("POST", "unsubscribe"): _unsubscribe,
    ("GET", "preferences"): _show_preferences,
    ("POST", "preferences"): _save_preferences,
    ("GET", "confirm"): _ask_confirmation,
    ("POST", "confirm"): _confirm,
}


def _stated(link: Link, said: tuple[Mapping[str, Any], ...], now: datetime) -> None:
    """Write down what the person said, then tell the bus.

    A refusal of the link's own channel came from the address the message went to, so it holds for all who share it.
    """
    store, policy = wiring.store(), wiring.policy()
    words = Words(link.person, (), f"{link.message} {now.isoformat()}", now)
    shared = tuple(each for each in said if link.address and _refuses(each, link.channel))
    own = words._replace(said=tuple(each for each in said if each not in shared))
    events: Events = state(own, store, policy, now, wiring.suppression())
    if shared:
        events += state_from(link.address, words._replace(said=shared), store, policy, now, wiring.suppression())
    tell((Report("folded" if events else "ignored", reason="link", channel=link.channel),))
    if events:
        wiring.bus().publish(events)


def _refuses(said: Mapping[str, Any], channel: Channel) -> bool:
    return bool(said["status"] == "denied" and said["channel"] == channel)


def _shop_name() -> str:
    try:
        return wiring.policy().shop.name
    except NudgekitError:
        return ""


def _page(status: int, html: str) -> Answer:
    return {"statusCode": status, "headers": dict(HEADERS), "body": html}

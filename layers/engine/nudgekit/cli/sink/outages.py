"""Providers that fail on purpose: `POST /outages {"channel": "email", "works": false}`, and `true` mends one."""

import json
import threading
from typing import Final

from nudgekit.cli.sink import passing, sms, whatsapp
from nudgekit.cli.sink.wire import Answer, Request, json_answer, json_error
from nudgekit.model.base import OUTGOING, Channel

PATH: Final = "/outages"


class Outages:
    """Which channels' providers fail at the moment, for any thread."""

    def __init__(self) -> None:
        self._lock, self._down = threading.Lock(), set[str]()

    def handle(self, request: Request) -> Answer:
        """Let a provider fail, or work again."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return json_error("ValidationException", "Send JSON.", status=415)
        told = json.loads(request.body)
        channel, works = told.get("channel"), told.get("works")
        if channel not in OUTGOING or not isinstance(works, bool):
            return json_error("ValidationException", f"Give channel ({', '.join(OUTGOING)}) and works (true or false).")
        with self._lock:
            (self._down.discard if works else self._down.add)(channel)
        return json_answer({"down": sorted(self._down)})

    def fault(self, request: Request) -> Answer | None:
        """What the provider answers that the request is for, should it be down."""
        channel = _channel_of(request)
        with self._lock:
            down = channel is not None and channel in self._down
        return Answer(503, b"", {"Content-Type": "text/plain"}) if down else None


def _channel_of(request: Request) -> Channel | None:
    """The channel of a call that hands a message over; None for any other."""
    if request.headers.get("x-amz-target", "").startswith(sms.TARGET):
        return Channel.SMS
    if request.path.startswith(whatsapp.PATH):
        return Channel.WHATSAPP
    if request.method == "POST" and request.path == passing.SES_SEND:
        return Channel.EMAIL
    return Channel.PUSH if passing.published(request) else None

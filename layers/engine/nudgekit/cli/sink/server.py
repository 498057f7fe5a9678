"""The sink's HTTP door on the loopback: providers' calls, calls on their way to the local AWS, and the inbox page."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from nudgekit.cli.local.stack import Stack
from nudgekit.cli.sink import engagement, passing, replies, sms, view, whatsapp
from nudgekit.cli.sink import outages as failing
from nudgekit.cli.sink.outages import Outages
from nudgekit.cli.sink.outbox import Outbox
from nudgekit.cli.sink.previews import previews
from nudgekit.cli.sink.wire import Answer, Request, json_answer, json_error
from nudgekit.content.links import PATH as LINKS

PAGE = Path(__file__).parent / "page"
ONSITE = "/onsite"
_PAGES = {
    "/": ("inbox.html", "text/html; charset=utf-8"),
    "/inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "/inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
    "/previews": ("previews.html", "text/html; charset=utf-8"),
    "/previews.js": ("previews.js", "text/javascript; charset=utf-8"),
    "/devices.js": ("devices.js", "text/javascript; charset=utf-8"),
}
# The page may run its own script and show anything that needs no network.
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data:; "
    "frame-src 'self'"
)


@dataclass(frozen=True)
class Sink:
    """What the sink knows.

    Attributes:
        aws: where the local AWS is.
        outbox: what was sent.
        stack: which stack runs.
        shop: the shop's name.
        rules: the shop's rules.
        outages: which providers fail.
    """

    aws: str
    outbox: Outbox
    stack: Callable[[], Stack | None]
    shop: str = ""
    rules: Path = Path("rules")
    outages: Outages = field(default_factory=Outages)

    def answer(self, request: Request) -> Answer:
        """Answer one request, whoever sent it."""
        return self._of_people(request) or self._of_functions(request)

    def _of_people(self, request: Request) -> Answer | None:
        """What a browser asks; None for a call of a function."""
        if request.path.startswith(f"{LINKS}/"):
            return self._follow(request, "LinksApiId")
        if request.path == ONSITE or request.path.startswith(f"{ONSITE}/"):
            return self._follow(request, "OnsiteApiId")
        if request.method == "POST" and request.path == replies.PATH:
            return replies.handle(request, self.stack())
        if request.method == "POST" and request.path == failing.PATH:
            return self.outages.handle(request)
        if request.method == "GET" and not request.headers.get("authorization"):
            return self._look(request.path.partition("?")[0])
        return None

    def _of_functions(self, request: Request) -> Answer:
        return self.outages.fault(request) or self._taken(request)

    def _taken(self, request: Request) -> Answer:
        if request.headers.get("x-amz-target", "").startswith(sms.TARGET):
            return sms.handle(request, self.outbox)
        if request.path.startswith(whatsapp.PATH):
            return whatsapp.handle(request, self.outbox)
        if "x-amz-target" in request.headers:
            return json_error("UnknownOperationException", f"The sink does not know {request.headers['x-amz-target']}.")
        return passing.handle(request, self.outbox, self.aws)

    def _look(self, path: str) -> Answer:
        if path == "/health":
            return json_answer({"status": "up"})
        if path == "/feed":
            return json_answer(self._feed())
        if path == "/previews.json":
            return json_answer(previews(self.rules))
        if path in _PAGES:
            name, kind = _PAGES[path]
            headers = {"Content-Type": kind, "Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
            return Answer(200, (PAGE / name).read_bytes(), headers)
        return Answer(404, b"Not here. The inbox is at /.", {"Content-Type": "text/plain"})

    def _follow(self, request: Request, api: str) -> Answer:
        """Passes the links in messages, and what the shop's page asks, on to the stack's APIs."""
        stack = self.stack()
        if stack is None or api not in stack.outputs:
            return Answer(503, b"The stack is not up yet.", {"Content-Type": "text/plain"})
        return passing.follow(request, self.aws, stack.outputs[api])

    def _feed(self) -> dict[str, Any]:
        stack = self.stack()
        if stack is None or not stack.outputs:
            return {"shop": self.shop, "messages": [], "silences": [], "now": ""}
        return view.feed(self.outbox.all(), engagement.read(stack, people=True), stack.clock, self.shop)


def serve(sink: Sink, port: int) -> ThreadingHTTPServer:
    """Listen on the loopback; the caller runs `serve_forever`."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out in two writes; the second would wait 40 ms for an ACK

        def do_GET(self) -> None:
            self._answer()

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep no log of requests: they name people."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = _safely(sink, Request(self.command, self.path, headers, body))
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    return ThreadingHTTPServer(("127.0.0.1", port), Door)


def _safely(sink: Sink, request: Request) -> Answer:
    """A fault of the sink is answered as a fault of the service, so that the caller retries."""
    try:
        return sink.answer(request)
    except json.JSONDecodeError:
        return json_error("SerializationException", "The body is not JSON.")
    except Exception as error:
        return json_error("InternalServerException", f"The sink failed: {type(error).__name__}: {error}", status=500)

"""The shop's page, as its visitors see it: whoever views a page is asked what waits there, sees it and answers.

The page's server signs who looks, as docs/reference says of on-site messages; the stack is asked through its HTTP API.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from nudgekit.cli.formats.parts import Event, arrived, person_of
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack

VIEWED: Final = "Page Viewed"
STAY: Final = 8  # times that a page asks before its visitor goes on
PAUSE: Final = 1.0  # seconds of the wall's clock between them
TOKEN_LIFE: Final = timedelta(minutes=30)


class Visitors:
    """Walks through the pages that events tell of.

    Args:
        stack: the stack whose HTTP API is asked.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        secret = client("secretsmanager", stack.aws).get_secret_value(SecretId=stack.outputs["OnsiteKeyArn"])
        self._key = str(secret["SecretString"]).encode()

    def walk(self, events: Sequence[Event]) -> None:
        """Visit each page when the stage's clock says so; pages of before the replay are over."""
        pages = [each for each in events if each["detail-type"] == VIEWED]
        for each in sorted(pages, key=arrived):
            at = self._stack.clock.to_real(arrived(each))
            time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))
            threading.Thread(target=self._visit, args=(person_of(each),), daemon=True).start()

    def _visit(self, person: str) -> None:
        """Stay on the page until it has something to show, or for a while."""
        for _ in range(STAY):
            waiting = self._ask(person, "GET", "/onsite")["messages"]
            if waiting:
                self._read(person, waiting[0]["handle"])
                return
            time.sleep(PAUSE)

    def _read(self, person: str, handle: str) -> None:
        """See the message, and give its first answer."""
        claim = self._ask(person, "POST", "/onsite/claim", {"handle": handle})
        if claim.get("message"):
            self._ask(person, "POST", "/onsite/tell", {"handle": handle, "what": "shown"})
            code = next((each["code"] for each in claim["message"]["choices"]), None)
            said = {"what": "answered", "answer": code} if code else {"what": "clicked"}
            self._ask(person, "POST", "/onsite/tell", {"handle": handle, **said})

    def _ask(self, person: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        token = signed(person, self._key, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        call = urllib.request.Request(  # noqa: S310 - our own loopback address
            self._stack.sink + path, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(call, timeout=60) as answer:  # noqa: S310
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            error.close()
            return {"messages": []}  # gone meanwhile, or too busy: a page shows nothing then


def signed(person: str, key: bytes, now: datetime) -> str:
    """The token by which the shop's server says who looks at its page: a JSON Web Token, HS256."""
    expires = int((now + TOKEN_LIFE).timestamp())
    return jwt.encode({"sub": person, "exp": expires}, key, algorithm="HS256")

"""What the tests say for the shop, and how they look at what came of it."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from nudgekit.cli.formats.parts import Event, event
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack

PATIENCE = 120.0
"""Seconds that something may take."""

KETTLE = {"product_id": "kettle", "name": "Copper kettle", "price": 64, "currency": "EUR", "quantity": 1}


def introduce(person: str, at: datetime, **traits: Any) -> list[Event]:
    """Who somebody is, and that they allow every channel."""
    known = {"name": f"{person.title()} Example", "timezone": "Europe/London", **traits}
    said = [event("shop", "Profile Updated", {"user_id": person}, at, message_id=f"{person}-known", properties=known)]
    for channel in ("push", "email", "sms", "whatsapp"):
        word = {"channel": channel, "purpose": "promotional", "status": "granted", "basis": "express", "source": "e2e"}
        said.append(
            event("shop", "Consent Updated", {"user_id": person}, at, message_id=f"{person}-{channel}", properties=word)
        )
    return said


def did(person: str, what: str, at: datetime, **more: Any) -> Event:
    """What somebody did with their cart."""
    properties = {"cart_id": f"{person}-cart", **more}
    return event("shop", what, {"user_id": person}, at, message_id=f"{person}-{what}", properties=properties)


def until[T](look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What `look` found at last."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.5)
    return found


def feed(stack: Stack) -> list[dict[str, Any]]:
    """Every message that went out, as the inbox page reads them."""
    with urlopen(f"{stack.sink}/feed") as answer:
        messages: list[dict[str, Any]] = json.load(answer)["messages"]
    return messages


def knows(stack: Stack, person: str) -> bool:
    """Whether the person's profile is written."""
    key = {"pk": {"S": f"USER#{person}"}, "sk": {"S": "PROFILE"}}
    return "Item" in client("dynamodb", stack.aws).get_item(TableName=stack.outputs["ProfilesTableName"], Key=key)


def ask(stack: Stack, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, Any]:
    """What a browser asks, through the loopback address that passes it on to the API."""
    sent = {**headers, **({"content-type": "application/json"} if body is not None else {})}
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urlopen(Request(f"{stack.sink}{path}", data=data, headers=sent), timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def fetched(stack: Stack, headers: dict[str, str], patience: float = PATIENCE) -> tuple[str, Any]:
    """The handle and the message of what waits, asked for as a page does: until it is there."""

    def look() -> tuple[str, Any] | None:
        for line in ask(stack, "/onsite", headers)[1]["messages"]:
            answer = ask(stack, "/onsite/claim", headers, {"handle": line["handle"]})[1]
            if answer["message"] is not None:
                return line["handle"], answer["message"]
        return None

    return until(look, patience)

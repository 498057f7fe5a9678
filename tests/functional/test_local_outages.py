"""The sink's providers fail when they are told to, as a service that is down does, and work again afterwards."""

# ruff: noqa: F401, F811  # fixtures come by import
import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from nudgekit.adapters.email_ses import ANSWERS
from nudgekit.cli.sink.server import Sink
from nudgekit.errors import Uncertain
from tests.functional.test_local_sink import (
    ENDPOINT,
    address,
    aws,
    client,
    mail,
    send_chat,
    send_text,
    sink,
)


def push(address: str) -> Any:
    return client("sns", address).publish(TargetArn=ENDPOINT, Message="Hello")


SENDERS: dict[str, Callable[[str], Any]] = {
    "push": push,
    "email": mail,
    "sms": send_text,
    "whatsapp": lambda address: send_chat(address, {"to": "447700900001"}),
}


def tell(address: str, channel: object, works: object, kind: str = "application/json") -> Any:
    body = json.dumps({"channel": channel, "works": works}).encode()
    call = Request(f"{address}/outages", data=body, headers={"Content-Type": kind}, method="POST")
    with urlopen(call) as answer:
        return json.load(answer)


@pytest.mark.parametrize("channel", SENDERS)
def test_a_provider_that_is_down_leaves_it_open_whether_it_took_the_message(
    sink: Sink,
    address: str,
    channel: str,
) -> None:
    assert tell(address, channel, works=False) == {"down": [channel]}
    with pytest.raises(Exception, match="503") as fault:
        SENDERS[channel](address)
    with pytest.raises(Uncertain):
        ANSWERS.meaning(fault.value)
    assert sink.outbox.all() == []
    assert tell(address, channel, works=True) == {"down": []}
    SENDERS[channel](address)
    assert [sent.channel for sent in sink.outbox.all()] == [channel]


def test_the_other_providers_go_on(sink: Sink, address: str) -> None:
    tell(address, "email", works=False)
    push(address)
    assert len(sink.outbox.all()) == 1


@pytest.mark.parametrize(("channel", "works"), [("onsite", False), ("pigeon", True), ("email", "no"), (None, None)])
def test_what_makes_no_sense_is_refused(address: str, channel: object, works: object) -> None:
    with pytest.raises(HTTPError, match="400"):
        tell(address, channel, works)


def test_a_form_of_another_page_cannot_bring_a_provider_down(address: str) -> None:
    with pytest.raises(HTTPError, match="415"):
        tell(address, "email", works=False, kind="text/plain")

"""Ending it, through the deployed API and by text, as a person would: a link in the inbox, a word from a phone."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from nudgekit.adapters.bodies import unpack
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.model.consent import Consent, Status
from nudgekit.runs.documents import Kind
from tests.e2e.shop import KETTLE, did, feed, introduce, until

LEAVER, TEXTER, WRITER = "link-leaver", "text-leaver", "whatsapp-leaver"
NUMBERS = {TEXTER: "+12065550101", WRITER: "+12065550102"}


@pytest.fixture(scope="module")
def mail(stack: Stack) -> dict[str, Any]:
    """The mail that somebody got who left a cart, as the inbox shows it."""
    bus, now = client("events", stack.aws), stack.clock.to_virtual(datetime.now(UTC))
    people = [*introduce(LEAVER, now, email=f"{LEAVER}+ignores@example.com")]
    for person, number in NUMBERS.items():
        people += introduce(person, now, phone=number)
    at_once(bus, stack.outputs[BUS], people, lambda count: None)
    at_once(bus, stack.outputs[BUS], [did(LEAVER, "Product Added", now, **KETTLE)], lambda count: None)
    found: dict[str, Any] = until(lambda: next((each for each in feed(stack) if _is_the_mail(each)), None))
    return found


def _is_the_mail(message: dict[str, Any]) -> bool:
    return (message["person"], message["channel"]) == (LEAVER, "email")


def status(stack: Stack, person: str, channel: Channel) -> Status:
    key = {"pk": {"S": f"USER#{person}"}, "sk": {"S": "CONSENT"}}
    item = client("dynamodb", stack.aws).get_item(TableName=stack.outputs["ProfilesTableName"], Key=key).get("Item")
    consent: Consent = unpack(Kind.CONSENT, item["body"]["B"]) if item else Consent()
    return consent.status(channel, "promotional", stack.clock.to_virtual(datetime.now(UTC)))


def call(url: str, body: bytes | None = None, kind: str = "") -> tuple[int, dict[str, str], str]:
    request = Request(url, data=body, headers={"Content-Type": kind} if kind else {})
    try:
        with urlopen(request, timeout=60) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read().decode(),
            )
    except HTTPError as error:
        with error:
            return error.code, {}, error.read().decode()


def unsubscribe_link(mail: dict[str, Any]) -> str:
    assert mail["content"]["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return str(mail["content"]["headers"]["List-Unsubscribe"].strip("<>"))


def test_following_the_link_shows_a_page_and_changes_nothing(stack: Stack, mail: dict[str, Any]) -> None:
    url = unsubscribe_link(mail)
    assert url.startswith(f"{stack.sink}/links/unsubscribe/")
    assert url in mail["content"]["text"]
    code, headers, page = call(url)
    assert code == 200
    assert "Unsubscribe?" in page
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert status(stack, LEAVER, Channel.EMAIL) is Status.GRANTED


def test_the_preference_page_takes_a_choice(stack: Stack, mail: dict[str, Any]) -> None:
    url = unsubscribe_link(mail).replace("/unsubscribe/", "/preferences/")
    assert call(url)[2].count('name="channel"') == 5
    form = b"from=by-hand&channel=push&channel=email&channel=whatsapp"
    code, _, page = call(url, form, "application/x-www-form-urlencoded")
    assert code == 200
    assert "Your choice is saved" in page
    assert [status(stack, LEAVER, channel) for channel in OUTGOING] == ["granted", "granted", "denied", "granted"]


def test_one_click_ends_it_at_once_and_a_forged_link_does_nothing(stack: Stack, mail: dict[str, Any]) -> None:
    url = unsubscribe_link(mail)
    token = url.rpartition("/")[2]
    forged = url.replace(token, "A" * 22 + token[22:])
    head = 'Content-Disposition: form-data; name="List-Unsubscribe"'
    multipart = f"--edge\r\n{head}\r\n\r\nOne-Click\r\n--edge--\r\n".encode()
    kind = "multipart/form-data; boundary=edge"
    assert call(forged, multipart, kind)[0] == 404
    assert status(stack, LEAVER, Channel.EMAIL) is Status.GRANTED
    code, headers, body = call(url, multipart, kind)
    assert (code, body) == (200, "")
    assert "set-cookie" not in headers
    assert status(stack, LEAVER, Channel.EMAIL) is Status.DENIED
    assert call(url, b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")[0] == 200


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize(("person", "channel"), [(TEXTER, Channel.SMS), (WRITER, Channel.WHATSAPP)])
def test_stop_from_the_inbox_ends_it_with_one_confirmation(stack: Stack, person: str, channel: Channel) -> None:
    until(lambda: status(stack, person, channel) is Status.GRANTED)
    said = json.dumps({"channel": channel, "from": NUMBERS[person], "text": "please STOP texting me!"}).encode()
    assert call(f"{stack.sink}/reply", said, "application/json")[0] == 200
    until(lambda: status(stack, person, channel) is Status.DENIED)
    answers = until(lambda: [each for each in feed(stack) if each["to"] == NUMBERS[person]])
    assert len(answers) == 1
    assert "you are unsubscribed" in json.dumps(answers[0]["content"])
    assert not re.search(r"https?://", json.dumps(answers[0]["content"]))

"""The shop's own page, through the deployed API: somebody about to leave is asked, and their answer is heard."""

from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.decide.gates.holdout import place_of
from nudgekit.model.message import MessageStatus
from tests.e2e.conftest import Await
from tests.e2e.shop import ask, fetched
from tests.visit import of_person, of_visitor

COOKIE = next(
    each
    for each in (f"visitor-of-the-page-{number}" for number in count(10))
    if place_of("exit_intent", f"anonymous:{each}") > 0.5
)
KNOWN = next(each for each in (f"known-visitor-{number}" for number in count()) if place_of("exit_intent", each) > 0.5)


def leaves(stack: Stack, who: dict[str, str], product_id: str) -> None:
    """The shop's page says that somebody is about to leave."""
    now = stack.clock.to_virtual(datetime.now(UTC))
    properties = {"product_id": product_id, "name": "Copper kettle"}
    detail = {"message_id": f"exit-{product_id}", **who, "timestamp": now.isoformat(), "properties": properties}
    event = {"source": "shop.web", "detail-type": "Exit Intent Detected", "detail": detail}
    at_once(client("events", stack.aws), stack.outputs[BUS], [event], lambda done: None)


def test_a_visitor_is_asked_why_and_the_answer_is_heard(stack: Stack, decided: Await) -> None:
    headers = of_visitor(COOKIE)
    leaves(stack, {"anonymous_id": COOKIE}, "kettle-1")
    handle, message = fetched(stack, headers)
    assert "Copper kettle" in message["body"] or "What keeps you" in message["body"]
    assert ask(stack, "/onsite", headers)[1]["messages"] == []
    answer = {"handle": handle, "what": "answered", "answer": "price"}
    assert ask(stack, "/onsite/tell", headers, answer) == (200, {"heard": True})
    person = f"anonymous:{COOKIE}"
    found = decided(lambda found: any(run.person == person and run.outcome for run in found.runs))
    (message_row,) = [each for each in found.messages if each.person == person]
    assert message_row.status is MessageStatus.CLICKED


def test_somebody_known_is_known_by_the_shops_word_alone(stack: Stack) -> None:
    arn = stack.outputs["OnsiteKeyArn"]
    key = client("secretsmanager", stack.aws).get_secret_value(SecretId=arn)["SecretString"].encode()
    headers = of_person(KNOWN, datetime.now(UTC), key)
    leaves(stack, {"user_id": KNOWN}, "kettle-2")
    handle, message = fetched(stack, headers)
    assert message["choices"][0]["code"] == "price"
    assert ask(stack, "/onsite/claim", of_visitor(COOKIE), {"handle": handle})[0] == 404
    for forged in ({}, {"x-user-id": KNOWN}, of_person(KNOWN, datetime.now(UTC), b"another key")):
        assert ask(stack, "/onsite", forged)[0] == 401
    old = of_person(KNOWN, datetime.now(UTC) - timedelta(hours=2), key)
    assert ask(stack, "/onsite", old)[0] == 401


@pytest.mark.parametrize("path", ["/onsite/claim", "/onsite/tell"])
def test_a_form_of_another_site_is_turned_away(stack: Stack, path: str) -> None:
    call = Request(f"{stack.sink}{path}", data=b"handle=x", headers=of_visitor(COOKIE))
    with pytest.raises(HTTPError) as refused:
        urlopen(call, timeout=60)
    with refused.value as answer:
        assert answer.code == 415

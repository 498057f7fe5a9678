"""A message that came from an advertisement opens the longer service window."""

import json
from typing import Any

import pytest

from nudgekit.lambdas.consent.inbound import read_inbound
from nudgekit.model.base import Channel
from nudgekit.model.facts import Facts, fold
from nudgekit.runs.signals import message_received_event
from tests.builders import NOON, make_event


def _notice(**message: Any) -> dict[str, Any]:
    wrote = {"from": "447700900123", "id": "wamid.1", "timestamp": "1793716265", "type": "text", "text": {"body": "Hi"}}
    entry = {"id": "1", "changes": [{"field": "messages", "value": {"messages": [{**wrote, **message}]}}]}
    return {"whatsAppWebhookEntry": json.dumps(entry)}


@pytest.mark.parametrize(
    ("message", "from_ad"),
    [({}, False), ({"referral": {"source_type": "ad"}}, True), ({"referral": {"source_type": "post"}}, False)],
)
def test_a_click_on_an_advertisement_is_told_and_remembered(message: dict[str, Any], *, from_ad: bool) -> None:
    (inbound,) = read_inbound(_notice(**message))
    assert inbound.from_ad is from_ad
    raw = message_received_event("u1", Channel.WHATSAPP, "", inbound.id, NOON, from_ad=inbound.from_ad)
    event = make_event("Message Received", NOON, raw["detail"]["properties"])
    facts = fold(Facts(), [event], NOON)
    assert facts.heard_at("whatsapp")
    assert bool(facts.heard_at("whatsapp", from_ad=True)) is from_ad

"""The person's reactions come back in the words of each provider, as the function that hears them reads them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from nudgekit.adapters.email_ses import RECEIPT_TAG
from nudgekit.adapters.sms import RECEIPT_KEY
from nudgekit.cli.sink.outbox import Sent
from nudgekit.cli.sink.person import Reaction, reactions
from nudgekit.cli.sink.receipts import ses_event, sms_event, whatsapp_notification
from nudgekit.lambdas.receipts import read_notices
from nudgekit.model.base import Channel
from nudgekit.model.reasons import Reason
from nudgekit.runs.feedback import MessageNotice
from nudgekit.runs.receipts import Receipt, write_receipt

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RECEIPT = Receipt("ada", "m1")
TAG = write_receipt(RECEIPT)


def mail(to: str = "ada@example.com") -> Sent:
    content = {"from": "hello@shop.example", "configuration_set": "set"}
    return Sent("e1", Channel.EMAIL, to, content, {RECEIPT_TAG: TAG}, AT)


def text(to: str = "+447700900001") -> Sent:
    return Sent("s1", Channel.SMS, to, {"from": "pool", "type": "PROMOTIONAL"}, {RECEIPT_KEY: TAG}, AT)


def chat(to: str = "+447700900001") -> Sent:
    return Sent("w1", Channel.WHATSAPP, to, {"message": {}}, {"biz_opaque_callback_data": TAG}, AT)


def told(sent: Sent) -> list[tuple[str, Reason | None]]:
    notices = [notice for reaction in reactions(sent) for notice in read_notices(_body(sent, reaction))]
    assert all(isinstance(notice, MessageNotice) and notice.receipt == RECEIPT for notice in notices)
    return [(str(notice.status), notice.reason) for notice in notices if isinstance(notice, MessageNotice)]


def _body(sent: Sent, reaction: Reaction) -> dict[str, Any]:
    if sent.channel is Channel.WHATSAPP:
        return dict(json.loads(whatsapp_notification(sent, reaction, AT)))
    entry = (ses_event if sent.channel is Channel.EMAIL else sms_event)(sent, reaction, AT)
    detail = json.loads(entry["Detail"])
    return {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": detail, "time": AT.isoformat()}


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("ada+ignores@example.com", [("delivered", None)]),
        ("ada+opens@example.com", [("delivered", None), ("opened", None)]),
        ("ada+clicks@example.com", [("delivered", None), ("opened", None), ("clicked", None)]),
        ("ada@bounce.example.com", [("failed", Reason.BOUNCED)]),
        ("ada@complaint.example.com", [("failed", Reason.COMPLAINED)]),
    ],
)
def test_what_becomes_of_a_mail(address: str, outcome: list[tuple[str, Reason | None]]) -> None:
    assert told(mail(address)) == outcome


def test_what_becomes_of_a_text_message() -> None:
    assert told(text()) == [("delivered", None)]
    assert told(text("+447700900404")) == [("failed", Reason.UNDELIVERED)]


def test_what_becomes_of_a_whatsapp_message() -> None:
    assert told(chat())[0] == ("delivered", None)
    assert [status for status, _ in told(chat("+447700900606"))] == ["failed"]


def test_some_people_read_whatsapp_and_some_do_not() -> None:
    fates = {len(told(chat(f"+12025550{number}"))) for number in range(100, 160)}
    assert fates == {1, 2}


def test_nobody_reports_what_became_of_a_push() -> None:
    assert list(reactions(Sent("p1", Channel.PUSH, "endpoint", {}, {}, AT))) == []


def test_the_same_address_always_reacts_alike() -> None:
    assert list(reactions(mail("x@example.com"))) == list(reactions(mail("x@example.com")))

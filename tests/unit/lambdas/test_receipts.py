"""What each provider says, read from the fixtures into notices of one form."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit.errors import EventError
from nudgekit.lambdas.envelopes import body, records
from nudgekit.lambdas.receipts import read_notices
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.feedback import AddressNotice, MessageNotice

EVENTS = Path(__file__).parents[3] / "events/delivery_feedback"


def fixture(name: str) -> dict[str, Any]:
    (record,) = records(json.loads((EVENTS / f"{name}.json").read_text()))
    return body(record)


@pytest.mark.parametrize(
    ("name", "status", "reason", "dead"),
    [
        ("ses_delivery", MessageStatus.DELIVERED, None, False),
        ("ses_open", MessageStatus.OPENED, None, False),
        ("ses_click", MessageStatus.CLICKED, None, False),
        ("ses_bounce_permanent", MessageStatus.FAILED, Reason.BOUNCED, True),
        ("ses_bounce_transient", MessageStatus.FAILED, Reason.UNDELIVERED, False),
        ("ses_complaint", MessageStatus.FAILED, Reason.COMPLAINED, True),
        ("ses_rejected", MessageStatus.FAILED, Reason.REJECTED, False),
        ("sms_delivered", MessageStatus.DELIVERED, None, False),
        ("sms_successful", MessageStatus.DELIVERED, None, False),
        ("sms_blocked", MessageStatus.FAILED, Reason.ADDRESS_DISABLED, True),
        ("sms_expired", MessageStatus.FAILED, Reason.UNDELIVERED, False),
        ("whatsapp_delivered", MessageStatus.DELIVERED, None, False),
        ("whatsapp_delivered_in_envelope", MessageStatus.DELIVERED, None, False),
        ("whatsapp_read", MessageStatus.OPENED, None, False),
        ("whatsapp_failed", MessageStatus.FAILED, Reason.UNDELIVERED, False),
        ("whatsapp_held_back", MessageStatus.FAILED, Reason.HELD_BACK, False),
        ("whatsapp_opted_out", MessageStatus.FAILED, Reason.OPTED_OUT, True),
    ],
)
def test_what_a_receipt_means(name: str, status: MessageStatus, reason: Reason | None, dead: bool) -> None:
    (notice,) = read_notices(fixture(name))
    assert isinstance(notice, MessageNotice)
    assert (notice.status, notice.reason, notice.address_dead) == (status, reason, dead)
    assert notice.receipt.person == "ada"
    assert notice.at.date() in {datetime(2026, 11, 2, tzinfo=UTC).date(), datetime(2026, 11, 3, tzinfo=UTC).date()}


@pytest.mark.parametrize(
    "name",
    [
        "ses_sent",
        "ses_delayed",
        "ses_complaint_not_spam",
        "sms_pending",
        "sms_unknown",
        "whatsapp_sent",
        "whatsapp_inbound",
        "push_credentials_refused",
    ],
)
def test_what_is_no_news(name: str) -> None:
    assert read_notices(fixture(name)) == ()


@pytest.mark.parametrize("name", ["push_endpoint_disabled", "push_endpoint_disabled_in_envelope"])
def test_a_push_failure_names_the_endpoint(name: str) -> None:
    (notice,) = read_notices(fixture(name))
    assert isinstance(notice, AddressNotice)
    assert (notice.channel, notice.address.startswith("arn:aws:sns:")) == (Channel.PUSH, True)


def test_a_deleted_endpoint_is_gone_too() -> None:
    assert read_notices({**fixture("push_endpoint_disabled"), "EventType": "EndpointDeleted"})


@pytest.mark.parametrize("name", ["ses_delivery", "sms_delivered", "whatsapp_read"])
def test_a_receipt_of_somebody_elses_message_is_no_news(name: str) -> None:
    text = json.dumps(fixture(name))
    mine = next(part for part in text.replace("\\", "").split('"') if part.startswith("WyJhZGEi"))
    assert read_notices(json.loads(text.replace(mine, "somebody-elses-tag"))) == ()


def test_a_mail_without_our_tag_is_no_news() -> None:
    event = fixture("ses_bounce_permanent")
    del event["detail"]["mail"]["tags"]["receipt"]
    assert read_notices(event) == ()


@pytest.mark.parametrize("name", ["malformed_unknown_form", "malformed_bounce"])
def test_a_malformed_receipt_is_refused(name: str) -> None:
    with pytest.raises(EventError):
        read_notices(fixture(name))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("name", ["ses_delivery", "ses_bounce_permanent", "sms_blocked", "push_endpoint_disabled"])
@given(data=st.data())
def test_any_damage_is_refused_or_read_and_never_breaks(name: str, data: st.DataObject) -> None:
    event = fixture(name)
    inner: Any = event
    while isinstance(inner, dict) and inner:
        key = data.draw(st.sampled_from(sorted(inner)))
        if not isinstance(inner[key], dict) or data.draw(st.booleans()):
            inner[key] = data.draw(JSON)
            break
        inner = inner[key]
    with suppress(EventError):
        read_notices(event)


@given(entry=JSON)
def test_any_webhook_entry_is_refused_or_read_and_never_breaks(entry: Any) -> None:
    with suppress(EventError):
        read_notices({"whatsAppWebhookEntry": json.dumps(entry)})

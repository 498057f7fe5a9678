"""Every fixture keeps to the contract, or breaks it in just the way its name says."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from nudgekit.book import load_book
from nudgekit.cli.schemas import rendered
from nudgekit.errors import EventError
from nudgekit.lambdas.consent.inbound import is_inbound, read_inbound
from nudgekit.lambdas.consent.request import Request, read_request
from nudgekit.lambdas.deliver import read_message
from nudgekit.lambdas.envelopes import body, records
from nudgekit.lambdas.onsite import request as onsite
from nudgekit.lambdas.receipts import read_notices
from nudgekit.model.base import Channel
from nudgekit.model.catalogue import CATALOGUE_EVENTS, said_in
from nudgekit.model.event import Event, parse_event
from nudgekit.model.message import MessageStatus
from nudgekit.model.run import Attempt
from nudgekit.runs.arm import arm
from nudgekit.runs.feedback import MessageNotice
from nudgekit.runs.keys import message_id
from nudgekit.runs.merge import identities
from nudgekit.runs.project import evidence_of
from nudgekit.runs.signals import EVENT_NAMES, read_signal

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 2, 13, tzinfo=UTC)
SCHEMAS = {name: Draft202012Validator(json.loads(text)) for name, text in rendered().items()}
FIXTURES = sorted(path for path in (ROOT / "events").glob("*/*.json") if path.parent.name != "sample")
WELL_FORMED = [path for path in FIXTURES if not path.stem.startswith("malformed")]
MALFORMED = [path for path in FIXTURES if path.stem.startswith("malformed")]


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _bodies(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    for record in records(json.loads(path.read_text())):
        yield body(record), record.size


def _schemas_of(function: str, found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The schemas that a body must keep, each with the part it speaks of."""
    if function.startswith("deliver_"):
        yield "message.json", found
    elif function == "person" and "detail-type" not in found:
        return
    elif "wake_up" in found:
        yield "wake_up.json", found
    elif "detail" in found:
        yield "event.json", found
        properties = found["detail"].get("properties", {})
        if found["detail-type"] in EVENT_NAMES.values():
            yield "message_outcome.json", properties
        if found["detail-type"] == "Consent Updated":
            yield "consent_updated.json", properties


def read(function: str, found: dict[str, Any], size: int) -> object:
    """Read a body as its function would."""
    if function in {"delivery_feedback", "onsite"}:
        return read_notices(found) if function == "delivery_feedback" else _read_by_onsite(found)
    if function == "consent":
        return _read_by_consent(found, size)
    if function.startswith("deliver_"):
        return read_message(found, Channel(function.removeprefix("deliver_")))
    if function == "person":
        return found if "detail-type" not in found else identities(parse_event(found, NOW, size))
    if function == "project_catalogue":
        event = parse_event(found, NOW, size)
        return said_in(event) if event.name in CATALOGUE_EVENTS else event
    return parse_event(found, NOW, size) if function == "project_profile" else read_signal(found, NOW, size)


def _read_by_onsite(found: dict[str, Any]) -> object:
    asked = onsite.read_request(found)
    assert isinstance(asked, onsite.Request)
    return asked


def _read_by_consent(found: dict[str, Any], size: int) -> object:
    if "requestContext" in found:
        request = read_request(found)
        assert isinstance(request, Request)
        return request
    return read_inbound(found) if is_inbound(found) else evidence_of(parse_event(found, NOW, size))


def read_all(path: Path) -> None:
    for found, size in _bodies(path):
        read(path.parent.name, found, size)


def test_there_are_fixtures_for_every_function() -> None:
    assert {path.parent.name for path in FIXTURES} == {path.parent.name for path in ROOT.glob("functions/*/app.py")}


@pytest.mark.parametrize("path", [each for each in WELL_FORMED if each.parent.name != "delivery_feedback"], ids=_name)
def test_well_formed_fixtures_keep_the_schemas(path: Path) -> None:
    for found, _ in _bodies(path):
        for schema, part in _schemas_of(path.parent.name, found):
            assert [error.message for error in SCHEMAS[schema].iter_errors(part)] == []


@pytest.mark.parametrize("path", WELL_FORMED, ids=_name)
def test_well_formed_fixtures_are_read(path: Path) -> None:
    for found, size in _bodies(path):
        read(path.parent.name, found, size)


def test_the_schema_asks_for_somebody_too() -> None:
    ((found, _),) = _bodies(ROOT / "events/cart_abandonment/malformed_missing_person.json")
    assert list(SCHEMAS["event.json"].iter_errors(found))


@pytest.mark.parametrize(
    "path", [each for each in MALFORMED if _name(each) != "project_profile/malformed_consent"], ids=_name
)
def test_malformed_fixtures_are_refused(path: Path) -> None:
    with pytest.raises(EventError):
        read_all(path)


@pytest.mark.parametrize("path", FIXTURES, ids=_name)
def test_nobody_real_is_in_a_fixture(path: Path) -> None:
    text = path.read_text()
    assert all(domain.endswith(("example.com", "shop.example")) for domain in re.findall(r"@([\w.-]+\w)", text))
    assert set(re.findall(r"(?<!\d)\+?447\d{9}(?!\d)", text)) <= {
        "+447700900123",
        "+447700900999",
        "447700900123",
        "447700900999",
    }
    assert set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text)) <= {"192.0.2.1"}


def test_fixtures_name_the_messages_that_the_engine_would_send() -> None:
    ((start, _),) = _bodies(ROOT / "events/cart_abandonment/start.json")
    run = arm(load_book(ROOT / "rules").trigger("cart_abandonment"), Event.model_validate(start))
    sent: list[str] = []
    for rung, channel in enumerate(("push", "email", "sms", "whatsapp")):
        sent.append(message_id(run, rung))
        ((queued, _),) = _bodies(ROOT / f"events/deliver_{channel}/message.json")
        assert queued["message"]["id"] == sent[rung]
        attempt = Attempt(rung, Channel(channel), sent[rung], MessageStatus.HANDED_OFF)
        run = run.model_copy(update={"attempts": (*run.attempts, attempt)})
    for name, rung in {"ses_open": 1, "sms_delivered": 2, "whatsapp_read": 3}.items():
        ((receipt, _),) = _bodies(ROOT / f"events/delivery_feedback/{name}.json")
        (notice,) = read_notices(receipt)
        assert isinstance(notice, MessageNotice)
        assert notice.receipt.message == sent[rung]


def test_old_fixtures_are_refused_as_too_old_and_nothing_else() -> None:
    ((start, size),) = _bodies(ROOT / "events/cart_abandonment/start.json")
    with pytest.raises(EventError, match="older than"):
        parse_event(start, NOW + timedelta(days=500), size)

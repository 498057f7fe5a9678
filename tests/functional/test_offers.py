"""An offer's whole way on the tables: a code in the mail, the same one in the checkout's list, used by an order."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.book import load_book
from nudgekit.cli.offers import codes_of
from nudgekit.runs.beat import beat_body
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.offers import drawers_of
from tests.functional.conftest import Invoke, Turnable
from tests.functional.deployment import SECRET, Deployment, batch, fixture

PEOPLE = ("ada", "bea", "cleo")
"""So many that one of them is in no holdout."""


def welcomed(invoke: Invoke, deployment: Deployment, wall: Turnable) -> dict[str, Any]:
    """People who have never bought look at a lamp, and one of them gets a mail; the message's row on its queue."""
    before = wall.now
    known = [_named(each, fixture("project_profile/profile_updated")) for each in PEOPLE]
    starts = [_named(each, fixture("first_purchase_offer/start")) for each in PEOPLE]
    invoke("project_profile", batch(*known, *starts))
    invoke("consent", batch(*(_named(each, fixture("consent/granted_email")) for each in PEOPLE)))
    invoke("first_purchase_offer", batch(*starts))
    wall.turn(days=2)
    invoke("project_profile", beat_body(wall.now + timedelta(seconds=1)))
    wake_ups = [fixture("first_purchase_offer/wake_up") for _ in PEOPLE]
    for each, person in zip(wake_ups, PEOPLE, strict=True):
        each["wake_up"]["person"] = person
    invoke("first_purchase_offer", batch(*wake_ups, *wake_ups))
    queued = [json.loads(each["body"]) for each in deployment.take("DeliverEmailQueue")]
    wall.now = before
    found: dict[str, Any] = queued[0]["message"]
    return found


def _named(person: str, event: dict[str, Any]) -> dict[str, Any]:
    event["detail"] |= {"user_id": person, "message_id": f"{event['detail']['message_id']}-offers-{person}"}
    if "email" in event["detail"]["properties"]:
        event["detail"]["properties"] = {"name": "Ada", "email": f"{person}@example.com", "timezone": "Europe/London"}
    return event


def order_with_a_code(message: dict[str, Any], invoke: Invoke, coupon: str = "H7KM-3XQD-V9TC") -> None:
    """The person orders, and types in a code."""
    order = fixture("project_profile/order_completed")
    when = {"timestamp": "2026-11-02T12:00:30Z"}
    order["detail"] |= {"user_id": message["person"], "message_id": f"ordered-with-{coupon}", **when}
    order["detail"]["properties"]["coupon"] = coupon
    invoke("project_profile", batch(order))


def test_the_code_in_the_mail_is_one_that_the_checkout_knows_and_is_used_once(
    invoke: Invoke, deployment: Deployment, wall: Turnable, store: DynamoStore, capsys: pytest.CaptureFixture[str]
) -> None:
    message = welcomed(invoke, deployment, wall)
    ledger = Ref(Kind.LEDGER, message["person"])
    lease = store.read([ledger])[ledger].value.leases["first_purchase"]
    row = Ref(Kind.MESSAGE, message["person"], message["id"])
    code = lease.promise.code
    assert code in store.read([row])[row].value.content.body
    offer = load_book(Path("rules")).offers["first_purchase"]
    assert code in set(codes_of(offer, "first_purchase", SECRET.encode()))
    for _ in range(2):
        order_with_a_code(message, invoke, code.replace("-", "").lower())
    assert store.read([ledger])[ledger].value.leases["first_purchase"].used_at is not None
    drawers = [stored.value for stored in store.read(drawers_of("first_purchase")).values()]
    assert sum(each.used for each in drawers) == 1
    assert sum(each.given for each in drawers) == len(_leased(store))
    assert code not in capsys.readouterr().out, "a code stands in the log"


def _leased(store: DynamoStore) -> list[str]:
    found = store.read([Ref(Kind.LEDGER, each) for each in PEOPLE])
    return [ref.owner for ref, stored in found.items() if stored.value.leases]

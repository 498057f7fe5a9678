"""One event of the shop reaches everybody whom it concerns, through the deployed stack; here last, for it asks all."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from nudgekit.cli.formats.parts import event
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.model.message import UNSENT
from nudgekit.model.reasons import Reason
from tests.e2e.conftest import Await
from tests.e2e.shop import feed, introduce, knows, until

ZONES = {"sale-paris": "Europe/Paris", "sale-tokyo": "Asia/Tokyo", "sale-nowhere": None}
OTHER = "sale-other"


@pytest.fixture(scope="module")
def begun(stack: Stack) -> None:
    """A sale for a group of three begins; somebody else is known as well."""
    bus, now = client("events", stack.aws), stack.clock.to_virtual(datetime.now(UTC))
    people = [
        *(each for person, zone in ZONES.items() for each in _introduced(person, zone, now, segments=["e2e-sale"])),
        *_introduced(OTHER, "Europe/Paris", now),
    ]
    at_once(bus, stack.outputs[BUS], people, lambda _: None)
    properties = {
        "sale_id": "e2e", "name": "The Lantern Sale", "segment": "e2e-sale", "percent": 25,
        "ends_at": (now + timedelta(hours=40)).isoformat(),
    }  # fmt: skip
    sale = event("shop", "Flash Sale Started", {}, now, message_id="e2e-sale", properties=properties)
    _until_folded(stack)
    at_once(bus, stack.outputs[BUS], [sale, sale], lambda _: None)


def _introduced(person: str, zone: str | None, at: datetime, **traits: object) -> list[dict[str, object]]:
    return [*introduce(person, at, email=f"{person}+ignores@example.com", timezone=zone, **traits)]


def _until_folded(stack: Stack) -> None:
    """Everybody is known: who is introduced later than the sale is not asked."""
    for person in (*ZONES, OTHER):
        until(partial(knows, stack, person))


def reasons(found: Engagement, trigger: str) -> dict[str, Reason | None]:
    return {run.person: run.reason for run in found.runs if run.trigger == trigger}


@pytest.mark.usefixtures("begun")
def test_everybody_of_the_group_gets_one_mail_and_nobody_else(stack: Stack, decided: Await) -> None:
    found = decided(
        lambda found: (
            {each.person for each in found.messages if each.trigger == "flash_sale"} >= {*ZONES}
            and reasons(found, "flash_sale").get(OTHER) is Reason.NOT_IN_AUDIENCE
        )
    )
    own = (*ZONES, OTHER)  # the playbook has a sale of its own
    sent = [each for each in found.messages if each.trigger == "flash_sale" and each.person in own]
    assert sorted(each.person for each in sent) == sorted(ZONES)
    assert not {each.status for each in sent} & {*UNSENT}
    assert any("Lantern" in json.dumps(each["content"]) for each in feed(stack) if each["person"] in ZONES)

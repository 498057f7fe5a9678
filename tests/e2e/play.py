"""Puts the playbook on the bus of the deployed stack: people first, then weeks of visits, then all that they do."""

import json
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from nudgekit.cli.app import app
from nudgekit.cli.devices import Devices
from nudgekit.cli.formats.parts import Event, happened
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.cli.sink.engagement import read
from nudgekit.model.base import to_ms
from nudgekit.model.facts import Facts
from tests.e2e.playbook import PLAYBOOK, Row, others, shelves
from tests.e2e.shop import fetched, until
from tests.visit import of_visitor

DAILY = 2.0  # seconds of the wall's clock, while the weeks pass
STAY, VISITS = 30.0, 6  # so many seconds a visitor stays on the page, and so often they come


def begin(stack: Stack, folder: Path) -> dict[str, Any]:
    """Let everything happen that the rows say.

    Returns:
        What was fetched from the shop's page, by trigger.
    """
    noon = stack.clock.to_virtual(stack.clock.later[0].start)
    people = [each for row in PLAYBOOK for each in row.introduced(noon)]
    _put(stack, [*shelves(noon), *Devices(stack).registered(people)])
    _let_weeks_pass(stack, noon)
    _recommend(written(others(noon), folder / "others.jsonl"))
    _folded(stack, people)
    _wait(stack, noon)
    _put(stack, others(noon))
    stages = zip_longest(*(row.did(noon)[::-1] for row in PLAYBOOK if not row.visits), fillvalue=())
    for stage in [[*chain(*stage)] for stage in stages][::-1]:
        _put(stack, stage)
        _folded(stack, stage)
    claimed = {row.trigger: _visit(stack, row) for row in PLAYBOOK if row.visits}
    until(lambda: all(_followed(stack, row) for row in PLAYBOOK))
    _put(stack, [each for row in PLAYBOOK for each in row.said(noon)])
    return claimed


def _put(stack: Stack, events: Sequence[Event]) -> None:
    at_once(client("events", stack.aws), stack.outputs[BUS], events, lambda _: None)


def _let_weeks_pass(stack: Stack, noon: datetime) -> None:
    """Who comes every day does so up to the time from which on their rule waits, and then once more."""
    while here := [row for row in PLAYBOOK if row.daily and _now(stack) < row.started(noon)]:
        _put(stack, [each for row in here for each in row.did_today(_now(stack))])
        time.sleep(DAILY)
    _put(stack, [each for row in PLAYBOOK for each in row.did_today(row.started(noon))])


def _wait(stack: Stack, moment: datetime) -> None:
    time.sleep(max(0.0, (stack.clock.to_real(moment) - datetime.now(UTC)).total_seconds()))


def _now(stack: Stack) -> datetime:
    return stack.clock.to_virtual(datetime.now(UTC))


def _recommend(file: Path) -> None:
    """Count what goes with what, by the command that a shop runs every night."""
    result = CliRunner().invoke(app, ["recommend", "build", "--events", str(file), "--write"], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def written(events: Iterable[Event], file: Path) -> Path:
    """A file of the events, as a shop keeps them."""
    calls = [
        {
            "type": "track", "event": each["detail-type"], "messageId": each["detail"]["message_id"],
            "userId": each["detail"]["user_id"], "timestamp": each["detail"]["timestamp"],
            "properties": each["detail"]["properties"],
        }
        for each in events
    ]  # fmt: skip
    file.write_text("".join(f"{json.dumps(each)}\n" for each in calls), encoding="utf-8")
    return file


def _folded(stack: Stack, events: Iterable[Event]) -> None:
    """Everybody's facts know what they did."""
    wanted = [(_person(each), each["detail-type"], to_ms(happened(each))) for each in events]

    def known() -> bool:
        facts = read(stack, people=True).facts
        return all(facts.get(person, Facts()).last_ms(name) >= at for person, name, at in wanted)

    until(known)


def _person(each: Event) -> str:
    detail = each["detail"]
    return str(detail.get("user_id") or f"anonymous:{detail['anonymous_id']}")


def _followed(stack: Stack, row: Row) -> bool:
    """Whether the row's person is known to follow every product of which the shop is about to say something."""
    table, database = stack.outputs["CatalogueTableName"], client("dynamodb", stack.aws)
    keys = [
        {"pk": {"S": f"FOLLOWED#product_id={more['product_id']}"}, "sk": {"S": f"BY#{row.person}"}}
        for _, more in row.shop
        if "product_id" in more
    ]
    return all("Item" in database.get_item(TableName=table, Key=key) for key in keys)


def _visit(stack: Stack, row: Row) -> Any:
    """What the shop's page fetches for the visitor: who finds nothing comes again, for what waits is soon over."""
    for number in range(VISITS):
        _put(stack, [*chain(*row.did(_now(stack), word=f"visit-{number}"))])
        with suppress(AssertionError):
            return fetched(stack, of_visitor(row.id), STAY)[1]
    raise AssertionError("nothing waited for the visitor")

"""Every trigger of the shop leads to its message on the deployed stack: one table, put on the bus in one go."""

import json
from typing import Any

import pytest

from nudgekit.cli.local.stack import Stack
from nudgekit.cli.sink.engagement import read
from tests.e2e.playbook import PLAYBOOK, Row
from tests.e2e.shop import feed, until

PATIENCE = 240.0  # seconds: most of a day at the stack's pace


@pytest.mark.parametrize("row", PLAYBOOK, ids=lambda row: row.trigger)
def test_the_message_comes(row: Row, stack: Stack, played: dict[str, Any]) -> None:
    told = played.get(row.trigger) or _message(row, stack)
    assert row.says in json.dumps(told, ensure_ascii=False)


def _message(row: Row, stack: Stack) -> Any:
    """What the row's person was sent, first of this trigger, by its channel."""

    def sent() -> Any:
        mine = (each for each in feed(stack) if (each["person"], each["trigger"]) == (row.person, row.trigger))
        return next((each["content"] for each in mine if each["channel"] == row.channel), None)

    try:
        return until(sent, PATIENCE)
    except AssertionError:
        runs = [run for run in read(stack, people=False).runs if run.person == row.person]
        pytest.fail(f"no message; instead {[(run.trigger, str(run.outcome), str(run.reason)) for run in runs]}")

"""Giving out and erasing what is kept of somebody, through the deployed stack and by the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nudgekit.cli.app import app
from nudgekit.cli.formats.parts import event
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from nudgekit.errors import Problem
from tests.e2e.shop import KETTLE, did, feed, introduce, knows, until

GUEST, ACCOUNT = "leaving-guest", "leaving-account"


def nudgekit(*words: str) -> str:
    """Run `nudgekit person` in this folder."""
    result = CliRunner().invoke(app, ["person", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def told(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The export of somebody who left a cart as a guest, got a mail, and turned out to have an account."""
    bus, now = client("events", stack.aws), stack.clock.to_virtual(datetime.now(UTC))
    at_once(bus, stack.outputs[BUS], introduce(GUEST, now, email=f"{GUEST}+ignores@example.com"), lambda _: None)
    at_once(bus, stack.outputs[BUS], [did(GUEST, "Product Added", now, **KETTLE)], lambda _: None)
    until(lambda: next((each for each in feed(stack) if each["person"] == GUEST), None))
    at = stack.clock.to_virtual(datetime.now(UTC))
    said = event(
        "shop", "Identity Linked", {"user_id": ACCOUNT}, at, message_id="leaving", properties={"previous_id": GUEST}
    )
    at_once(bus, stack.outputs[BUS], [said], lambda _: None)
    file = tmp_path_factory.mktemp("person") / "person.json"
    found: dict[str, Any] = until(lambda: _exported(file))
    return found


def _exported(file: Path) -> dict[str, Any] | None:
    nudgekit("export", GUEST, "--out", str(file))
    found: dict[str, Any] = json.loads(file.read_text())
    return found if len(found["ids"]) == 2 else None


def test_the_export_has_what_stands_under_both_ids(told: dict[str, Any]) -> None:
    assert (told["person"], set(told["ids"])) == (ACCOUNT, {ACCOUNT, GUEST})
    assert {each["kind"] for each in told["documents"]} >= {
        "profile",
        "facts",
        "consent",
        "run",
        "message",
        "trace",
        "link",
    }
    assert f"{GUEST}+ignores@example.com" in json.dumps(told)


@pytest.mark.usefixtures("told")
def test_an_erasure_leaves_nothing_and_old_data_brings_nothing_back(stack: Stack) -> None:
    with pytest.raises(Problem, match="was not erased"):
        nudgekit("verify", ACCOUNT)
    assert "nothing is left" in nudgekit("erase", ACCOUNT, "--yes")
    bus, earlier = client("events", stack.aws), stack.clock.to_virtual(datetime.now(UTC)) - timedelta(days=1)
    old = introduce(GUEST, earlier, email=f"{GUEST}@example.com")
    other = introduce("came-after", earlier, email="came-after@example.com")
    at_once(bus, stack.outputs[BUS], [*old, *other], lambda _: None)
    until(lambda: knows(stack, "came-after"))
    for person in (ACCOUNT, GUEST):
        assert "nothing is left" in nudgekit("verify", person)

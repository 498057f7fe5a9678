"""A file of products goes in by the command line; a price that falls comes out as a message to whoever watches it."""

from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from nudgekit.cli.app import app
from nudgekit.cli.devices import Devices
from nudgekit.cli.formats.parts import event
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import BUS, Stack
from nudgekit.cli.replay import at_once
from tests.e2e.shop import feed, introduce, until

WATCHER = "watcher"
HEAD = "product_id,name,price,currency,url\n"


def imported(folder: Path, price: str) -> None:
    """Import the kettle at a price."""
    file = folder / f"products-{price}.csv"
    file.write_text(f"{HEAD}copper-kettle,Copper kettle,{price},EUR,https://shop.example/kettle\n")
    result = CliRunner().invoke(app, ["catalogue", "import", str(file)], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def followed(stack: Stack) -> bool:
    key = {"pk": {"S": "FOLLOWED#product_id=copper-kettle"}, "sk": {"S": f"BY#{WATCHER}"}}
    answer = client("dynamodb", stack.aws).get_item(TableName=stack.outputs["CatalogueTableName"], Key=key)
    return "Item" in answer


def _morning(now: datetime) -> str:
    """A zone in which it is about ten in the morning: what watches the price is awake."""
    ahead = (10 - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


def test_a_price_that_falls_reaches_whoever_watches_it(stack: Stack, tmp_path: Path) -> None:
    bus, now = client("events", stack.aws), stack.clock.to_virtual(datetime.now(UTC))
    known = introduce(WATCHER, now, timezone=_morning(now), push=[{"endpoint": "device:watcher", "platform": "ios"}])
    imported(tmp_path, "64.00")
    looked = event(
        "shop", "Product Viewed", {"user_id": WATCHER}, now, message_id="watcher-looked",
        properties={"product_id": "copper-kettle", "name": "Copper kettle", "category": "kitchen"},
    )  # fmt: skip
    at_once(bus, stack.outputs[BUS], [*Devices(stack).registered(known), looked], lambda _: None)
    until(lambda: followed(stack))
    imported(tmp_path, "49.00")
    mine = (WATCHER, "price_drop")
    told = until(lambda: next((each for each in feed(stack) if (each["person"], each["trigger"]) == mine), None))
    assert told["channel"] == "push"
    assert "€49.00 instead of €64.00" in str(told["content"])

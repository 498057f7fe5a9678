"""`nudgekit catalogue import`: tell the shop's products to the bus, of the local stack or of an account."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from nudgekit.cli.formats import Malformed, opened, products
from nudgekit.cli.formats.parts import Event
from nudgekit.cli.gather import set_aside
from nudgekit.cli.local import paths
from nudgekit.cli.local.clients import account_client, client
from nudgekit.cli.local.stack import BUS, running
from nudgekit.cli.replay import at_once
from nudgekit.cli.send import bus_of, with_progress
from nudgekit.errors import Problem


def run(
    act: Annotated[Literal["import"], typer.Argument(help="What to do.")],  # noqa: ARG001
    file: Annotated[Path, typer.Argument(help="Products: CSV with headings or JSON lines, plain or gzipped.")],
    profile: Annotated[str | None, typer.Option(help="AWS profile; without it, the local stack.")] = None,
    stack: Annotated[str, typer.Option(help="Stack name in the account of --profile.")] = "nudgekit",
    rejects: Annotated[Path | None, typer.Option(help="Where to set aside rows that cannot be read.")] = None,
) -> None:
    """Tell the products of a file to the bus; nothing is sent before every row has been read."""
    if profile is None:
        local = running(paths.project())
        target, bus, now = client("events", local.aws), local.outputs[BUS], local.clock.to_virtual(datetime.now(UTC))
    else:
        target, bus, now = account_client("events", profile), bus_of(profile, stack), datetime.now(UTC)
    updates = read_products(file, rejects, now)
    with_progress("products", updates, lambda each, sent: at_once(target, bus, each, sent))


def read_products(file: Path, rejects: Path | None, at: datetime) -> list[Event]:
    """Read a file of products.

    Args:
        file: CSV with headings or JSON lines.
        rejects: where to put rows that cannot be read; None: such a row is an error.
        at: when rows without a time of their own were updated.

    Raises:
        Problem: a row cannot be read and there is no rejects file, or the file has no product at all.
    """
    found: list[Event] = []
    bad: list[Malformed] = []
    with opened(file) as lines:
        for entry in products.events(lines, at):
            bad.append(entry) if isinstance(entry, Malformed) else found.append(entry)
    set_aside(file, bad, rejects)
    if not found:
        raise Problem(f"{file} has no product.")
    return found

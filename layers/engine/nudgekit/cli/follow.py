"""Show a replay as it goes: a table that renews itself on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.live import Live
from rich.table import Table

from nudgekit.cli.console import out
from nudgekit.cli.local.stack import Stack
from nudgekit.cli.logs import Logs
from nudgekit.cli.sink.engagement import Engagement, read
from nudgekit.cli.summary import CHANNELS, Summary, summarise

LOOK = 5.0  # seconds between looks: each reads whole tables of a local AWS that has two cores for everything
LINE = 15.0  # seconds between lines where there is no terminal


@dataclass
class Progress:
    """What is shown: how far the replay is and what came of it so far."""

    total: int
    sent: int = 0
    engagement: Engagement | None = None

    def add(self, count: int) -> None:
        """Count events that went out."""
        self.sent += count


def follow(stack: Stack, logs: Logs, progress: Progress, done: Callable[[Engagement, datetime], bool]) -> Engagement:
    """Watch until the replay is done, and return what was decided.

    Args:
        stack: the stack.
        logs: the functions' log lines.
        progress: what the replay has sent; kept up to date by the sender.
        done: says whether it is over, from what was decided and the stage's clock.
    """
    live = Live(console=out, auto_refresh=False, transient=True) if out.is_terminal else None
    said = 0.0
    with live or nullcontext():
        while True:
            logs.look()
            engagement, now = read(stack, people=False), stack.clock.to_virtual(datetime.now(UTC))
            summary = summarise(engagement)
            if live:
                live.update(_table(progress, logs, summary, now), refresh=True)
            elif time.monotonic() - said > LINE:
                said = time.monotonic()
                out.print(_line(progress, logs, summary, now), markup=False)
            if progress.sent >= progress.total and not logs.behind and done(engagement, now):
                logs.look()
                return read(stack, people=True)
            time.sleep(LOOK)


def _line(progress: Progress, logs: Logs, summary: Summary, now: datetime) -> str:
    messages = " ".join(f"{channel} {summary.messages[channel]}" for channel in CHANNELS)
    silent = sum(summary.silences.values())
    facts = f"folded {logs.count('folded')} (waiting {logs.behind}), runs armed {logs.count('armed')}"
    return (
        f"  {now:%d %b %H:%M}  events {progress.sent}/{progress.total}, {facts}, messages {messages}, silences {silent}"
    )


def _table(progress: Progress, logs: Logs, summary: Summary, now: datetime) -> Table:
    table = Table(title=f"{now:%A %d %B %H:%M} UTC", title_justify="left", box=None, padding=(0, 3, 0, 0))
    for heading in ("events", "runs", "messages", "silences"):
        table.add_column(heading, vertical="top", min_width=20)
    events = {"sent": f"{progress.sent} of {progress.total}"}
    events |= {name: str(logs.count(name)) for name in ("folded", "duplicate", "rejected")}
    events |= {"waiting to be folded": str(logs.behind)}
    runs = {name: str(logs.count(name)) for name in ("armed", "repeated", "waited", "claimed", "ended")}
    messages = {channel: str(summary.messages[channel]) for channel in CHANNELS}
    silences = {name: str(count) for name, count in summary.silences.most_common()}
    table.add_row(*(_grid(each) for each in (events, runs, messages, silences)))
    return table


def _grid(rows: dict[str, Any]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, value in rows.items():
        grid.add_row(name, value)
    return grid

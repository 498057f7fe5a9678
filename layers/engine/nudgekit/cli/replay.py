"""Move events in time and send them when the stage's clock says so."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nudgekit.adapters.clock import Clock
from nudgekit.cli import bus
from nudgekit.cli.formats.parts import Event, arrived, happened, iso
from nudgekit.language.moments import as_moment

SENDERS = 4
DAY = timedelta(days=1)


def moved(events: Sequence[Event], by: timedelta) -> list[Event]:
    """Return the events with all timestamps moved alike, and with them the times that their properties name."""
    return [_moved(each, by) for each in events]


def _moved(each: Event, by: timedelta) -> Event:
    detail = {**each["detail"], "timestamp": iso(happened(each) + by)}
    if detail.get("properties"):
        detail["properties"] = {name: _later(value, by) for name, value in detail["properties"].items()}
    late = {"arrived": iso(arrived(each) + by)} if "arrived" in each else {}
    return {**each, "detail": detail, **late}


def _later(value: Any, by: timedelta) -> Any:
    """A moment or a day in ISO 8601, moved; anything else as it is."""
    if not isinstance(value, str) or not value[:4].isdigit():
        return value
    moment = as_moment(value)
    if moment is not None:
        return iso(moment + by)
    try:
        return (date.fromisoformat(value) + by).isoformat() if len(value) == len("2026-03-01") else value
    except ValueError:
        return value


def whole_days(first: datetime, today: datetime) -> timedelta:
    """Say by how many whole days a first moment moves so that it falls on the day of another; its time of day stays."""
    return DAY * (today.date() - first.astimezone(UTC).date()).days


def whole_weeks(first: datetime, today: datetime) -> timedelta:
    """The same by whole weeks: the day of the week stays too, and the moment falls at most six days before."""
    return whole_days(first, today) // (7 * DAY) * 7 * DAY


def density(events: Sequence[Event], span: timedelta) -> list[int]:
    """Count the events of each span of a file, from its first event to its last."""
    first = min(arrived(each) for each in events)
    counts = Counter((arrived(each) - first) // span for each in events)
    return [counts[number] for number in range(max(counts) + 1)]


def due(events: Sequence[Event], clock: Clock) -> Iterator[tuple[datetime, list[Event]]]:
    """Group events, in order of time, by the tenth of a second of the wall's clock by which they have arrived."""
    group: list[Event] = []
    slot = None
    for each in sorted(events, key=arrived):
        at = _tenth(clock.to_real(arrived(each)))
        if slot is not None and at != slot:
            yield slot, group
            group = []
        slot, group = at, [*group, each]
    if slot is not None:
        yield slot, group


def play(client: Any, name: str, groups: Iterator[tuple[datetime, list[Event]]], sent: Callable[[int], None]) -> None:
    """Put each group on the bus at its moment; one that is late goes at once.

    Args:
        client: a boto3 client of EventBridge.
        name: the bus's name.
        groups: moments of the wall's clock and their events.
        sent: hears how many events went, as they go.
    """
    for at, events in groups:
        time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))
        at_once(client, name, events, sent)


def at_once(client: Any, name: str, events: Sequence[Event], sent: Callable[[int], None]) -> None:
    """Put events on the bus as fast as it takes them."""
    with ThreadPoolExecutor(max_workers=SENDERS) as pool:
        batches = list(bus.batches(events))
        for batch, _ in zip(batches, pool.map(lambda batch: bus.put(client, name, batch), batches), strict=True):
            sent(len(batch))


def _tenth(moment: datetime) -> datetime:
    """The next full one: an event that is early, be it by a moment of a fast clock, lies in the future."""
    return moment + timedelta(microseconds=-moment.microsecond % 100_000)

"""Put events on the bus, ten at a time, and try again exactly those that were not taken."""

import json
import time
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from nudgekit.cli.formats.parts import Event
from nudgekit.errors import Problem

BATCH = 10  # the most PutEvents takes
ATTEMPTS = 6
PAUSE = 0.2  # seconds before the second attempt; doubled each time


def put(events: Any, bus: str, batch: Sequence[Event]) -> int:
    """Put a batch of up to ten events on a bus.

    Args:
        events: a boto3 client of EventBridge.
        bus: the bus's name.
        batch: the events.

    Returns:
        How many entries had to be sent again.

    Raises:
        Problem: Some events were not taken after several attempts; with EventBridge's error code.
    """
    waiting, again = [_entry(bus, each) for each in batch], 0
    for attempt in range(ATTEMPTS):
        answer = events.put_events(Entries=waiting)
        if not answer["FailedEntryCount"]:
            return again
        results = zip(waiting, answer["Entries"], strict=True)
        refused = [(entry, result["ErrorCode"]) for entry, result in results if "ErrorCode" in result]
        waiting, again = [entry for entry, _ in refused], again + len(refused)
        time.sleep(PAUSE * 2**attempt)
    raise Problem(
        f"{len(waiting)} events were not taken by the bus {bus}: {refused[0][1]}. Nothing after them was sent."
    )


def batches(events: Sequence[Event]) -> Iterator[tuple[Event, ...]]:
    """Cut events into batches that PutEvents takes."""
    return batched(events, BATCH)


def _entry(bus: str, event: Event) -> dict[str, Any]:
    detail = json.dumps(event["detail"], ensure_ascii=False, separators=(",", ":"))
    return {"EventBusName": bus, "Source": event["source"], "DetailType": event["detail-type"], "Detail": detail}

"""The event bus on EventBridge."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.backoff import Sleep, attempts
from nudgekit.adapters.faults import asking_to_come_back
from nudgekit.errors import Throttled

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

PUT_AT_ONCE: Final = 10
"""Events that one PutEvents takes."""


class EventBus:
    """The port `Bus`.

    Args:
        client: an EventBridge client.
        name: the bus's name.
        sleep: pauses, in seconds.
    """

    def __init__(self, client: "EventBridgeClient", name: str, sleep: Sleep = time.sleep) -> None:
        self.client, self.name, self.sleep = client, name, sleep

    def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        """See `ports.Bus`. PutEvents may take some and refuse others: only those are put again.

        Raises:
            Throttled: the bus did not take all of them, however often asked.
        """
        entries = [self._entry(event) for event in events]
        for start in range(0, len(entries), PUT_AT_ONCE):
            self._put(entries[start : start + PUT_AT_ONCE])

    def _put(self, entries: list[Any]) -> None:
        codes: set[str] = set()
        for _ in attempts(self.sleep):
            with asking_to_come_back("EventBridge"):
                answer = self.client.put_events(Entries=entries)
            if not answer["FailedEntryCount"]:
                return
            taken = answer["Entries"]
            codes = {result["ErrorCode"] for result in taken if result.get("ErrorCode")}
            entries = [entry for entry, result in zip(entries, taken, strict=True) if result.get("ErrorCode")]
        raise Throttled(f"EventBridge did not take {len(entries)} events ({', '.join(sorted(codes))})")

    def _entry(self, event: Mapping[str, Any]) -> dict[str, str]:
        return {
            "EventBusName": self.name,
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"], separators=(",", ":")),
        }

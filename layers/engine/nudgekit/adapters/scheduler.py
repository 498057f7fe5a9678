"""Wake-ups as one-time schedules of EventBridge Scheduler."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.faults import asking_to_come_back, code_of
from nudgekit.errors import BadInput
from nudgekit.model.base import fingerprint
from nudgekit.runs.ports import WakeUp
from nudgekit.runs.signals import wake_up_body

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

LONGEST_NAME: Final = 64
AHEAD: Final = timedelta(seconds=2)
"""A schedule in the past is refused or never fires; one that is already due is set this far ahead."""

RETRY_FOR: Final = timedelta(days=1)
"""How long the scheduler tries to put a wake-up on its queue before it gives it to the dead-letter queue."""


class Target(NamedTuple):
    """Where wake-ups go: queue, the role that may write to it, the dead-letter queue, and the schedules' group.

    `key_arn` names the key that encrypts a schedule's content; empty, a key of AWS does.
    """

    queue_arn: str
    role_arn: str
    dead_letter_arn: str
    group: str
    key_arn: str = ""


class SchedulerTimer:
    """The port `Timer` on EventBridge Scheduler.

    Args:
        client: a Scheduler client.
        target: where wake-ups go.
        clock: translates due times into the wall's time.
    """

    def __init__(self, client: "EventBridgeSchedulerClient", target: Target, clock: Clock) -> None:
        self.client, self.target, self.clock = client, target, clock

    def wake(self, wake_up: WakeUp, at: datetime) -> None:
        """See `ports.Timer`.

        Raises:
            BadInput: the wake-up names no trigger or person, or `at` has no zone.
            Throttled: the service asks to come back later.
        """
        _check(wake_up, at)
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            with asking_to_come_back("EventBridge Scheduler"):
                self.client.create_schedule(**self._schedule(wake_up, at))
        except ClientError as error:
            if code_of(error) != "ConflictException":  # it exists: somebody asked before us
                raise

    def waits(self, wake_up: WakeUp, at: datetime) -> bool:
        """See `ports.Alarms`."""
        return self._named(self.client.get_schedule, wake_up, at)

    def forget(self, wake_up: WakeUp, at: datetime) -> None:
        """See `ports.Alarms`."""
        self._named(self.client.delete_schedule, wake_up, at)

    def _named(self, call: Callable[..., Any], wake_up: WakeUp, at: datetime) -> bool:
        """Calls with the schedule's name; says whether there is one of that name."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            with asking_to_come_back("EventBridge Scheduler"):
                call(Name=schedule_name(wake_up, at), GroupName=self.target.group)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return False
        return True

    def _schedule(self, wake_up: WakeUp, at: datetime) -> dict[str, Any]:
        encrypted = {"KmsKeyArn": self.target.key_arn} if self.target.key_arn else {}
        return encrypted | {
            "Name": schedule_name(wake_up, at),
            "GroupName": self.target.group,
            "ScheduleExpression": f"at({self._fires_at(at):%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self.target.queue_arn,
                "RoleArn": self.target.role_arn,
                "Input": json.dumps(wake_up_body(wake_up), separators=(",", ":")),
                "DeadLetterConfig": {"Arn": self.target.dead_letter_arn},
                "RetryPolicy": {"MaximumEventAgeInSeconds": int(RETRY_FOR.total_seconds())},
            },
        }

    def _fires_at(self, at: datetime) -> datetime:
        """The wall's whole second at or after `at`, never in the past: woken early, a run is not due yet."""
        real = max(self.clock.to_real(at), self.clock.wall() + AHEAD).astimezone(UTC)
        return real.replace(microsecond=0) + timedelta(seconds=1 if real.microsecond else 0)


def schedule_name(wake_up: WakeUp, at: datetime) -> str:
    """The schedule's name: the trigger for people, then a mark that only the same wake-up at the same second has."""
    due = str(int(at.timestamp()))
    mark = fingerprint(wake_up.trigger, wake_up.person, wake_up.key, str(wake_up.occurrence), str(wake_up.step), due)
    readable = re.sub(r"[^0-9A-Za-z_.-]", "-", wake_up.trigger)
    return f"{readable[: LONGEST_NAME - len(mark) - 1]}-{mark}"


def _check(wake_up: WakeUp, at: datetime) -> None:
    if not wake_up.trigger or not wake_up.person:
        raise BadInput("a wake-up needs a trigger and a person", "wake_up", "pass both")
    if at.tzinfo is None:
        raise BadInput("the due time has no zone", "wake_up", "pass an aware datetime")

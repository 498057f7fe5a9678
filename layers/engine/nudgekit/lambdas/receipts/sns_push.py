"""Pushes: events of an SNS platform application, which name a device's endpoint and no message.

Source: https://docs.aws.amazon.com/sns/latest/dg/application-event-notifications.html (read 2026-11-22).
"""

from collections.abc import Mapping
from typing import Any, Final

from nudgekit.lambdas.receipts.times import moment
from nudgekit.model.base import Channel
from nudgekit.runs.feedback import AddressNotice, Notice

DEAD_ENDPOINT: Final = frozenset({"EndpointDisabled", "EndpointNotFound", "InvalidPlatformToken"})
"""Failure types that condemn the endpoint. Others, such as refused credentials, are the application's own trouble."""


def is_of(body: Mapping[str, Any]) -> bool:
    """Whether an SNS platform application sent it."""
    return "EndpointArn" in body and "EventType" in body


def notices(body: Mapping[str, Any]) -> tuple[Notice, ...]:
    """What it says: that an endpoint is gone, or nothing."""
    if not _is_dead(body):
        return ()
    endpoint = body["EndpointArn"]
    if not isinstance(endpoint, str):
        raise TypeError("an endpoint that is no text")
    return (AddressNotice(Channel.PUSH, endpoint, moment(body["Time"])),)


def _is_dead(body: Mapping[str, Any]) -> bool:
    if body["EventType"] == "DeliveryFailure":
        return body.get("FailureType") in DEAD_ENDPOINT
    return bool(body["EventType"] == "EndpointDeleted")

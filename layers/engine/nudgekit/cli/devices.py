"""Registers phones for push with the local SNS, as a shop's backend does when the app hands it a token.

In event files an endpoint `device:<token>` stands for a phone; here it becomes the endpoint that SNS gives for it. A
token that starts with `off-` is a phone that has been switched off since, which the shop does not know.
"""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

from nudgekit.cli.formats.parts import Event
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack

PREFIX = "device:"
APPLICATION = "nudgekit-local"


class Devices:
    """The local SNS' platform application and its endpoints."""

    def __init__(self, stack: Stack) -> None:
        self._sns = client("sns", stack.aws)
        given = {"PlatformCredential": "local", "EventDeliveryFailure": stack.outputs.get("PushFeedbackTopicArn", "")}
        answer = self._sns.create_platform_application(Name=APPLICATION, Platform="GCM", Attributes=given)
        self._application = answer["PlatformApplicationArn"]

    def registered(self, events: list[Event]) -> list[Event]:
        """Return the events with an SNS endpoint in place of every `device:<token>`."""
        tokens = sorted({device["endpoint"] for each in events for device in _devices(each)})
        with ThreadPoolExecutor(max_workers=4) as pool:
            endpoints = dict(zip(tokens, pool.map(self._register, tokens), strict=True))
        return [_with_endpoints(each, endpoints) if _devices(each) else each for each in events]

    def _register(self, token: str) -> str:
        if not token.startswith(PREFIX):
            return token
        name = token.removeprefix(PREFIX)
        answer = self._sns.create_platform_endpoint(PlatformApplicationArn=self._application, Token=name)
        endpoint = str(answer["EndpointArn"])
        if name.startswith("off-"):
            self._sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})
        return endpoint


def _devices(event: Event) -> list[dict[str, Any]]:
    if event["detail-type"] != "Profile Updated":
        return []
    devices = event["detail"]["properties"].get("push") or []
    return [device for device in devices if isinstance(device, dict) and "endpoint" in device]


def _with_endpoints(event: Event, endpoints: dict[str, str]) -> Event:
    fresh = deepcopy(event)
    for device in _devices(fresh):
        device["endpoint"] = endpoints[device["endpoint"]]
    return fresh

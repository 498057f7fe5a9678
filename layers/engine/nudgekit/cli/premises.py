"""The local stack as the place where incidents happen: see `nudgekit.cli.incidents`."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nudgekit.cli.incidents import FACTS
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.lifecycle import beat
from nudgekit.cli.local.stack import STACK_NAME, Stack
from nudgekit.cli.person import ask
from nudgekit.cli.place import Place
from nudgekit.cli.reach import reach
from nudgekit.cli.sink.outages import PATH
from nudgekit.language.policy import Policy
from nudgekit.runs.operation import change
from nudgekit.runs.ports import Store

LONG: Final = timedelta(hours=2)
"""So long facts seem to stand still already when they are halted."""


class LocalPremises:
    """See `nudgekit.cli.incidents.Premises`.

    Args:
        stack: the stack that runs.
        policy: the shop's numbers.
    """

    def __init__(self, stack: Stack, policy: Policy) -> None:
        self._stack, self._store = stack, reach(None, "").store
        self._freshness = stack.clock.hurry(policy.freshness or timedelta())

    @property
    def store(self) -> Store:
        """Its documents."""
        return self._store

    def provide(self, channel: str, *, works: bool) -> None:
        """Tell the sink, which stands where the providers do, to answer with faults, or not any more."""
        body = json.dumps({"channel": channel, "works": works}).encode()
        call = urllib.request.Request(  # noqa: S310 - our own loopback address
            self._stack.sink + PATH, data=body, headers={"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(call, timeout=60) as answer:  # noqa: S310
            answer.read()

    def read(self, queue: str, *, goes_on: bool) -> None:
        """Switch off what feeds the queue to its functions, or on again.

        When facts stand still, it shows at once: the stage's clock takes days for the minutes that a beat may be late.
        """
        functions = client("lambda", self._stack.aws)
        for mapping in self._mappings(functions, queue):
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=goes_on)
        if queue == FACTS and not goes_on:
            stale = self._stack.clock.to_virtual(datetime.now(UTC)) - self._freshness - LONG
            change(self.store, lambda before: before.model_copy(update={"folded_to": stale}))
        elif queue == FACTS:
            beat(self._stack)

    def erase(self, person: str) -> None:
        """Ask the function that erases people."""
        ask(Place(lambda service: client(service, self._stack.aws), self._stack.outputs), "erase", person)

    def _mappings(self, functions: Any, queue: str) -> list[dict[str, Any]]:
        """What feeds the queue's functions: a channel has one for what is urgent, and one for what goes to many."""
        name = f"{STACK_NAME}-{'ProjectProfile' if queue == FACTS else f'Deliver{queue.title()}'}"
        pages = functions.get_paginator("list_event_source_mappings").paginate()
        found = (each for page in pages for each in page["EventSourceMappings"])
        return [each for each in found if each["FunctionArn"].partition(":function:")[2].startswith(name)]

"""A provider that does not work is left alone for a while, and its messages go another way."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from nudgekit.model.base import Channel
from nudgekit.model.operation import Breaker, Operation
from nudgekit.runs.documents import OPERATION
from nudgekit.runs.operation import change
from nudgekit.runs.ports import Store
from nudgekit.runs.snapshot import Snapshot

FAULTS: Final = 5
"""So many faults in a row, as one process sees them, mean that the provider does not work."""


class ProviderBreaker:
    """Watches one channel's provider.

    Throttles, answers that leave it open whether the message was taken, and errors nobody expected are faults; a
    refusal is an answer. The breaker itself stands in the one document that everybody reads, so that all decide alike.

    Args:
        store: where that document is kept.
        channel: the channel.
    """

    def __init__(self, store: Store, channel: Channel) -> None:
        self.store, self.channel, self.faults = store, channel, 0

    def may_try(self, snapshot: Snapshot, now: datetime) -> bool:
        """Whether the provider may be called now. While it is down, one call at a time tries it, after each rest."""
        if self._known(snapshot) is None:
            return True
        answers: list[bool] = []

        def claim_trial(before: Operation) -> Operation:
            breaker = before.breakers.get(self.channel)
            answers.append(breaker is None or not breaker.rests(now))
            return before.with_breaker(self.channel, breaker.tripped(now)) if breaker and answers[-1] else before

        self._change(claim_trial, snapshot)
        return answers[-1]

    def worked(self, snapshot: Snapshot) -> None:
        """The provider answered: the breaker closes."""
        self.faults = 0
        if self._known(snapshot) is not None:
            self._change(lambda before: before.with_breaker(self.channel, None), snapshot)

    def failed(self, snapshot: Snapshot, now: datetime) -> None:
        """The provider did not answer as it should: after several such times in a row the breaker opens."""
        self.faults += 1
        if self.faults < FAULTS or self._known(snapshot) is not None:
            return
        self.faults = 0
        self._change(lambda before: _opened(before, self.channel, now), snapshot)

    def _known(self, snapshot: Snapshot) -> Breaker | None:
        known: Operation = snapshot.get(OPERATION).value or Operation()
        return known.breakers.get(self.channel)

    def _change(self, step: Callable[[Operation], Operation], snapshot: Snapshot) -> None:
        change(self.store, step)
        snapshot.refresh((OPERATION,))


def _opened(before: Operation, channel: Channel, now: datetime) -> Operation:
    return before if channel in before.breakers else before.with_breaker(channel, Breaker.opened(now))

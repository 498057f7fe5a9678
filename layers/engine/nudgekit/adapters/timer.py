"""Wake-ups: soon ones by the trigger's own queue, which keeps them back, all others by EventBridge Scheduler.

A schedule costs a call of a quota and up to a minute; a message that a queue keeps back costs neither. It cannot be
taken back, as a schedule can: whoever is erased meanwhile has no run any more that it could wake, and within a quarter
of an hour it is gone.
"""

from datetime import datetime, timedelta
from typing import Final

from nudgekit.adapters.clock import Clock
from nudgekit.runs.ports import OwnQueue, Timer, WakeUp
from nudgekit.runs.signals import wake_up_body

SOON: Final = timedelta(minutes=15)
"""What a queue keeps back, as the engine's clock counts it: a faster clock changes nothing about who wakes what."""

AHEAD: Final = timedelta(seconds=2)
"""On the wall: the run is to be written before it is woken."""


class NearAndFar:
    """The port `Timer` by two ways.

    Args:
        near: the trigger's own queue.
        far: for everything later.
        clock: what time it is.
    """

    def __init__(self, near: OwnQueue, far: Timer, clock: Clock) -> None:
        self.near, self.far, self.clock = near, far, clock

    def wake(self, wake_up: WakeUp, at: datetime) -> None:
        """See `ports.Timer`. A queue may bring it twice: the run takes each step once."""
        if at > self.clock.now() + SOON:
            self.far.wake(wake_up, at)
        else:
            soon = self.clock.to_virtual(self.clock.wall() + AHEAD)
            self.near.put([wake_up_body(wake_up)], max(at, soon))

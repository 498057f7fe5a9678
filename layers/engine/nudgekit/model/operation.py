"""What holds for everybody at the moment: what somebody stopped, which providers are down, how far folding has come."""

from typing import Literal

from nudgekit.model.base import Channel, Model, Timestamp

Scope = Literal["all", "trigger", "channel"]


class Stop(Model):
    """Somebody stopped something.

    Attributes:
        by: who, as operators name themselves.
        why: the sentence they gave.
        at: when.
    """

    by: str
    why: str
    at: Timestamp


class Breaker(Model):
    """A provider that did not work: its channel rests until `until`, then one message tries it.

    Attributes:
        opened_at: when it was first found not to work.
        until: when it is tried again.
        trips: how often in a row it was found not to work.
    """

    opened_at: Timestamp
    until: Timestamp
    trips: int = 1


class Operation(Model):
    """One document that every decision and every hand-off reads.

    Attributes:
        stops: what is stopped: `all`, `trigger:<id>` or `channel:<channel>`, and by whom.
        breakers: channels whose provider does not work.
        folded_to: up to when the facts are known to have heard of everything; None: nobody has said.
    """

    stops: dict[str, Stop] = {}
    breakers: dict[Channel, Breaker] = {}
    folded_to: Timestamp | None = None

    def stopped(self, trigger: str) -> Stop | None:
        """What keeps the trigger from sending anything, or None."""
        return self.stops.get("all") or self.stops.get(f"trigger:{trigger}")

    def channel_stopped(self, channel: Channel) -> Stop | None:
        """What keeps the channel from being used, or None."""
        return self.stops.get(f"channel:{channel}")

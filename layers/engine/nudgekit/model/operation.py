"""What holds for everybody at the moment: what somebody stopped, which providers are down, how far folding has come."""

from datetime import datetime, timedelta
from typing import Final, Literal

from nudgekit.model.base import Channel, Model, Timestamp

Scope = Literal["all", "trigger", "channel"]

FIRST_REST: Final = timedelta(minutes=1)
"""How long a channel rests when its provider is first found not to work."""

LONGEST_REST: Final = timedelta(minutes=30)


SAFETY: Final = "safety limit"
"""Who stopped a trigger that reached too many people."""


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

    @classmethod
    def opened(cls, now: datetime) -> "Breaker":
        """A breaker that opens now."""
        return cls(opened_at=now, until=now + FIRST_REST)

    def tripped(self, now: datetime) -> "Breaker":
        """The breaker once one more trial is under way: nobody else tries before twice the time is over."""
        rest = min(FIRST_REST * 2 ** min(self.trips, 16), LONGEST_REST)
        return self.model_copy(update={"until": now + rest, "trips": self.trips + 1})

    def rests(self, now: datetime) -> bool:
        """Whether nobody may try the provider yet."""
        return now < self.until


def scope_of(kind: Scope, name: str = "") -> str:
    """The name under which a stop of `kind` is kept: `all`, `trigger:<id>` or `channel:<channel>`."""
    return kind if kind == "all" else f"{kind}:{name}"


class Operation(Model):
    """One document that every decision and every hand-off reads.

    Attributes:
        stops: what is stopped: `all`, `trigger:<id>` or `channel:<channel>`, and by whom.
        breakers: channels whose provider does not work.
        counted_from: since when the people are counted that a trigger reaches; it was stopped for too many then.
        folded_to: up to when the facts are known to have heard of everything; None: nobody has said.
    """

    stops: dict[str, Stop] = {}
    breakers: dict[Channel, Breaker] = {}
    folded_to: Timestamp | None = None
    counted_from: dict[str, Timestamp] = {}

    def stopped(self, trigger: str) -> Stop | None:
        """What keeps the trigger from sending anything, or None."""
        return self.stops.get("all") or self.stops.get(f"trigger:{trigger}")

    def lags(self, freshness: timedelta | None, now: datetime) -> bool:
        """Whether the facts were last known to be complete longer ago than `freshness`, or never."""
        return freshness is not None and (self.folded_to is None or now > self.folded_to + freshness)

    def channel_stopped(self, channel: Channel) -> Stop | None:
        """What keeps the channel from being used, or None."""
        return self.stops.get(f"channel:{channel}")

    def with_stop(self, scope: str, stop: Stop) -> "Operation":
        """The operation with `scope` stopped; who stopped it first stays named."""
        return self if scope in self.stops else self.model_copy(update={"stops": {**self.stops, scope: stop}})

    def without_stop(self, scope: str) -> "Operation":
        """The operation with `scope` going on."""
        stops = {name: stop for name, stop in self.stops.items() if name != scope}
        return self if stops == self.stops else self.model_copy(update={"stops": stops})

    def anew(self, trigger: str, at: datetime) -> "Operation":
        """The operation with the people that `trigger` reaches counted anew from `at` on."""
        return self.model_copy(update={"counted_from": {**self.counted_from, trigger: at}})

    def with_breaker(self, channel: Channel, breaker: Breaker | None) -> "Operation":
        """The operation with the channel's breaker as given; None: it is closed, and the channel works."""
        breakers = {name: each for name, each in self.breakers.items() if name != channel}
        if breaker is not None:
            breakers[channel] = breaker
        return self if breakers == self.breakers else self.model_copy(update={"breakers": breakers})

    def folded(self, to: datetime) -> "Operation":
        """The operation once folding has come as far as `to`; it never goes back."""
        if self.folded_to is not None and self.folded_to >= to:
            return self
        return self.model_copy(update={"folded_to": to})

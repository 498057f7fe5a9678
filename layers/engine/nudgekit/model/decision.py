"""The outcome of all gates in order, with its trace."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from nudgekit.model.base import Channel
from nudgekit.model.message import Content
from nudgekit.model.reasons import Reason

_new = tuple.__new__

Answer = Literal["pass", "skip", "wait", "end"]


class Verdict(NamedTuple):
    """What one gate says.

    Attributes:
        answer: pass; skip (the rung, or the run when asked for the person); wait; end (the run, whatever rungs remain).
        reason: why not, from the closed list; None with a pass.
        until: when to ask again, with a wait; with a skip, when the rung may be open again.
        seen: the inputs the gate looked at, by name.
    """

    answer: Answer = "pass"
    reason: Reason | None = None
    until: datetime | None = None
    seen: tuple[tuple[str, Any], ...] = ()


PASS: Final = Verdict()
"""A pass with nothing to tell; made once, as most gates say it most of the time."""


def passed(*seen: tuple[str, Any]) -> Verdict:
    """A pass, with what was looked at. A decision makes a dozen of them, so it goes past the check of the class."""
    return _new(Verdict, ("pass", None, None, seen))


class Step(NamedTuple):
    """One line of a trace: which gate, asked for which channel (None: for the person), and its verdict."""

    gate: str
    channel: Channel | None
    verdict: Verdict


Do = Literal["send", "wait", "end"]


@dataclass(slots=True)
class Decision:
    """What to do with a run now, and why. Nobody changes one; it is not frozen, as that takes three times as long.

    Attributes:
        do: send a message, wait until `until`, or end the run.
        at: the moment it was made for.
        trigger, version, digest: the rule that made it.
        run: the run's key.
        occurrence: which life of the run.
        rung: the rung of the message to send, or the one that made the run wait or end; -1: it was no rung's doing.
        channel: that rung's channel.
        reason: why it waits or ends; None with a message.
        until: when to decide again, with a wait.
        variant: the wording that was chosen for the message; empty: there is but one.
        content: the rendered message, sent or held back; written to the message's own row, not to the trace.
        trace: every gate that was asked, in order.
        message: the id of the message it sends or holds back.
    """

    do: Do
    at: datetime
    trigger: str
    version: int
    digest: str
    run: str
    occurrence: int
    rung: int = -1
    channel: Channel | None = None
    reason: Reason | None = None
    until: datetime | None = None
    content: Content | None = None
    trace: tuple[Step, ...] = ()
    message: str | None = None
    variant: str = ""

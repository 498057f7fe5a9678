"""What a gate is."""

from collections.abc import Callable
from typing import Final, NamedTuple

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel
from nudgekit.model.decision import Verdict

EVERY: Final = tuple(Channel)


class Gate(NamedTuple):
    """One check on the way to a send.

    Attributes:
        name: its word in traces.
        check: the case, and the rung it is asked for, to a verdict. Gates for the person ignore the rung.
        at_hand_off: whether it is asked again right before the provider is called.
        channels: those it has anything to say about; it passes all others.
    """

    name: str
    check: Callable[[Case, Rung], Verdict]
    at_hand_off: bool
    channels: tuple[Channel, ...] = EVERY

"""What a gate is, and how gates are asked."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.base import Channel
from nudgekit.model.decision import PASS, Step, Verdict

EVERY: Final = tuple(Channel)

_new = tuple.__new__


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


class Row(NamedTuple):
    """A gate as it is asked for one channel, laid out once: most of a decision is walking through these.

    Attributes:
        check: the gate's; None where it has nothing to say about the channel.
        gate, channel: as its step in the trace has them.
        passed: that step for a pass with nothing to tell, which is what most gates answer.
    """

    check: Callable[[Case, Rung], Verdict] | None
    gate: str
    channel: Channel | None
    passed: Step


def rows(gates: Iterable[Gate], channel: Channel | None) -> tuple[Row, ...]:
    """The gates in order, as they are asked for `channel` (None: for the person)."""
    return tuple(
        Row(
            gate.check if channel is None or channel in gate.channels else None,
            gate.name,
            channel,
            Step(gate.name, channel, PASS),
        )
        for gate in gates
    )


def first_refusal(case: Case, rung: Rung, asked: tuple[Row, ...], trace: list[Step]) -> Verdict | None:
    """Asks one gate after the other until one does not pass; each one asked is added to `trace`."""
    for check, gate, channel, passed in asked:
        verdict = PASS if check is None else check(case, rung)
        if verdict is PASS:
            trace.append(passed)
            continue
        trace.append(_new(Step, (gate, channel, verdict)))  # half the time that the class takes
        if verdict.answer != "pass":
            return verdict
    return None

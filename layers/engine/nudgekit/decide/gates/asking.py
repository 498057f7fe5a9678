"""How gates are asked: one after the other, each with a line in the trace."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from nudgekit.decide.case import Case
from nudgekit.decide.gates.gate import Gate
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel
from nudgekit.model.decision import PASS, Step, Verdict

_new = tuple.__new__


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


class Asked(NamedTuple):
    """The gates as they are asked: for the person, for a rung, once its message is written, and at hand-off."""

    person: tuple[Row, ...]
    rung: Mapping[Channel, tuple[Row, ...]]
    message: Mapping[Channel, tuple[Row, ...]]
    hand_off: Mapping[Channel, tuple[Row, ...]]


def lay_out(person: tuple[Gate, ...], rung: tuple[Gate, ...], message: tuple[Gate, ...]) -> Asked:
    """The gates, laid out for every channel."""
    again = [gate for gate in (*person, *rung, *message) if gate.at_hand_off]
    return Asked(
        rows(person, None), *({each: rows(gates, each) for each in Channel} for gates in (rung, message, again))
    )

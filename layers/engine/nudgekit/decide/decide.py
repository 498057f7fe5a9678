"""The decision: every gate in order, and what follows from their answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from nudgekit.decide.case import Case
from nudgekit.decide.gates import MESSAGE_GATES, PERSON_GATES, RUNG_GATES, Gate
from nudgekit.decide.release import release
from nudgekit.decide.variants import variant_of
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import Decision, Step, Verdict
from nudgekit.model.message import Content
from nudgekit.model.reasons import Reason

Render = Callable[[Case, Rung], Content | str]
"""Writes the rung's message; a text instead names the fault."""


def decide(case: Case, render: Render) -> Decision:
    """What to do with the run now.

    The person's gates come first: the first refusal ends the run, the first wait makes it wait. Then the rungs above
    the one the run stands on, each with its own gates and, once its message is written, the message's: the first rung
    that passes all is sent; a rung refused is passed over in the same decision. When none is open, but one may be
    later, the run waits for it. A wait that would outlast the run ends it with the wait's reason.
    """
    trace: list[Step] = []
    ladder = case.trigger.ladder
    for gate in PERSON_GATES:
        verdict = gate.check(case, ladder[0])
        trace.append(Step(gate.name, None, verdict))
        if verdict.answer != "pass":
            return _stop(case, verdict, trace)
    refusals: list[Verdict] = []
    for index in range(case.run.rung + 1, len(ladder)):
        rung = ladder[index]
        refusal = _first_refusal(case, rung, RUNG_GATES, trace) or _write(case, rung, render, trace)
        refusal = refusal or _first_refusal(case, rung, MESSAGE_GATES, trace)
        if refusal is None:
            return _decision(case, trace, do="send", rung=index, channel=rung.channel, content=case.content)
        if refusal.answer != "skip":
            return _stop(case, refusal, trace, rung=index, channel=rung.channel)
        refusals.append(refusal)
    passing = min((each for each in refusals if each.until is not None), key=_until, default=None)
    if passing is not None:
        return _stop(case, passing, trace)
    return _decision(case, trace, do="end", reason=_closing_reason(case, refusals))


def may_hand_off(case: Case, rung: Rung) -> tuple[Verdict, tuple[Step, ...]]:
    """The gates once more, right before the provider is called: the first that does not pass, or a pass."""
    trace: list[Step] = []
    for gate in (*PERSON_GATES, *RUNG_GATES, *MESSAGE_GATES):
        if gate.at_hand_off:
            verdict = gate.check(case, rung)
            trace.append(Step(gate.name, rung.channel, verdict))
            if verdict.answer != "pass":
                return verdict, tuple(trace)
    return Verdict(), tuple(trace)


def _first_refusal(case: Case, rung: Rung, gates: tuple[Gate, ...], trace: list[Step]) -> Verdict | None:
    for gate in gates:
        verdict = gate.check(case, rung)
        trace.append(Step(gate.name, rung.channel, verdict))
        if verdict.answer != "pass":
            return verdict
    return None


def _write(case: Case, rung: Rung, render: Render, trace: list[Step]) -> Verdict | None:
    """Writes the rung's message into the case; a refusal when that cannot be done."""
    case.variant = variant_of(case)
    content = render(case, rung)
    fault = isinstance(content, str)
    verdict = Verdict("skip", Reason.RENDER_FAILED, None, (("fault", content),)) if fault else Verdict()
    trace.append(Step("renders", rung.channel, verdict))
    case.content = None if isinstance(content, str) else content
    return verdict if fault else None


def _until(verdict: Verdict) -> datetime:
    return verdict.until or datetime.max.replace(tzinfo=UTC)


def _closing_reason(case: Case, refusals: list[Verdict]) -> Reason:
    """Why the ladder ends: a run that has sent is finished; else the one cause, or that there were several."""
    if case.run.handed_off:
        return Reason.LADDER_FINISHED
    if case.run.attempts and not refusals:
        return Reason.ALL_FAILED
    reasons = {each.reason or Reason.NO_CHANNEL for each in refusals}
    return reasons.pop() if len(reasons) == 1 else Reason.NO_CHANNEL


def _stop(case: Case, verdict: Verdict, trace: list[Step], **rung: Any) -> Decision:
    until = release(case, verdict)
    if until is not None and until < case.run.expires_at:
        return _decision(case, trace, do="wait", reason=verdict.reason, until=until, **rung)
    content = case.content if verdict.reason is Reason.HELD_OUT else None
    return _decision(case, trace, do="end", reason=verdict.reason, content=content, **rung)


def _decision(case: Case, trace: list[Step], **fields: Any) -> Decision:
    return Decision(
        at=case.now,
        trigger=case.trigger.id,
        version=case.trigger.version,
        digest=case.trigger.digest,
        run=case.run.key,
        occurrence=case.run.occurrence,
        trace=tuple(trace),
        variant=case.variant,
        **fields,
    )

"""The decision: every gate in order, and what follows from their answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from nudgekit.decide.case import Case
from nudgekit.decide.gates import ASKED
from nudgekit.decide.gates.asking import first_refusal
from nudgekit.decide.offers import hidden, offered
from nudgekit.decide.release import release
from nudgekit.decide.variants import variant_of
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Decision, Step, Verdict
from nudgekit.model.message import Aborted, Content
from nudgekit.model.reasons import Reason

Render = Callable[[Case, Rung], Content | str]
"""Writes the rung's message; a text instead names the fault, or tells why it calls itself off."""


def decide(case: Case, render: Render) -> Decision:
    """What to do with the run now.

    The person's gates come first: the first refusal ends the run, the first wait makes it wait. Then the rungs above
    the one the run stands on, each with its own gates and, once its message is written, the message's: the first rung
    that passes all is sent; a rung refused is passed over in the same decision. When none is open, but one may be
    later, the run waits for it. A wait that would outlast the run ends it with the wait's reason; but a run that has
    reached nobody waits for the person to be done, however often they begin anew.
    """
    trace: list[Step] = []
    ladder = case.trigger.ladder
    refusal = first_refusal(case, ladder[0], ASKED.person, trace)
    if refusal is not None:
        return _stop(case, refusal, trace)
    refusals: list[Verdict] = []
    for index in range(case.run.rung + 1, len(ladder)):
        rung = ladder[index]
        refusal = first_refusal(case, rung, ASKED.rung[rung.channel], trace) or _write(case, rung, render, trace)
        refusal = refusal or first_refusal(case, rung, ASKED.message[rung.channel], trace)
        if refusal is None:
            return _decision(case, trace, do="send", rung=index, channel=rung.channel, content=case.content)
        if refusal.reason is Reason.HELD_OUT:
            _hide_code(case, rung, render)
        if refusal.answer != "skip":
            return _stop(case, refusal, trace, rung=index, channel=rung.channel)
        refusals.append(refusal)
    passing = min((each for each in refusals if each.until is not None), key=_until, default=None)
    if passing is not None:
        return _stop(case, passing, trace)
    return _decision(case, trace, do="end", reason=_closing_reason(case, refusals))


def may_hand_off(case: Case, rung: Rung) -> tuple[Verdict, tuple[Step, ...]]:
    """The gates once more, right before a provider or page gets the message: the first not to pass, or a pass."""
    trace: list[Step] = []
    refusal = first_refusal(case, rung, ASKED.hand_off[rung.channel], trace)
    return refusal or PASS, tuple(trace)


def _write(case: Case, rung: Rung, render: Render, trace: list[Step]) -> Verdict | None:
    """Writes the rung's message into the case; a refusal when that cannot be done."""
    case.variant = variant_of(case)
    if case.trigger.offer is not None:
        case.promise, case.draw, why = offered(case)
        trace.append(Step("offer", rung.channel, why))
    content = render(case, rung)
    if not isinstance(content, str):
        _keep_what_is_unsaid(case, content)
        case.content = content
        trace.append(Step("renders", rung.channel, PASS))
        return None
    case.content = None
    verdict = _unwritten(content)
    trace.append(Step("renders", rung.channel, verdict))
    return verdict


def _keep_what_is_unsaid(case: Case, content: Content) -> None:
    """A code that the message does not show is promised to nobody by it, and leased to nobody for it."""
    if case.promise is not None and not content.says(case.promise.code):
        case.promise = case.draw = None


def _hide_code(case: Case, rung: Rung, render: Render) -> None:
    """Nobody in the holdout is given a code: what their message would have been is written without."""
    if case.promise is None:
        return
    case.promise, case.draw = hidden(case.promise), None
    content = render(case, rung)
    case.content = None if isinstance(content, str) else content


def _unwritten(fault: str) -> Verdict:
    if isinstance(fault, Aborted):
        return Verdict("skip", Reason.ABORTED, None, (("words", str(fault)),))
    return Verdict("skip", Reason.RENDER_FAILED, None, (("fault", fault),))


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
    until = release(case, verdict, rung.get("channel"))
    if until is not None and until < _end_of(case, verdict):
        return _decision(case, trace, do="wait", reason=verdict.reason, until=until, **rung)
    content = case.content if verdict.reason is Reason.HELD_OUT else None
    return _decision(case, trace, do="end", reason=verdict.reason, content=content, **rung)


def _end_of(case: Case, verdict: Verdict) -> datetime:
    """When the run is of no use any more; one that waits for the person to be done goes by their latest start event."""
    renewed = case.renewed_until if verdict.reason is Reason.STILL_ACTIVE else None
    return max(case.run.expires_at, renewed) if renewed is not None else case.run.expires_at


def _decision(case: Case, trace: list[Step], **fields: Any) -> Decision:
    trigger, run = case.trigger, case.run
    return Decision(
        at=case.now,
        trigger=trigger.id,
        version=trigger.version,
        digest=trigger.digest,
        run=run.key,
        occurrence=run.occurrence,
        trace=tuple(trace),
        variant=case.variant,
        **fields,
    )

"""One step of a run: from a decision to everything that follows from it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.decide.decide import Render, decide
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.decision import Decision
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import Content, Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Attempt, Outcome, Run
from nudgekit.runs.documents import Kind, Put, Ref, Stored, run_ref
from nudgekit.runs.keys import message_id
from nudgekit.runs.offers import put_draw
from nudgekit.runs.places import after_claim, entry_of, in_line, put_ledger, with_ledger
from nudgekit.runs.plan import Plan
from nudgekit.runs.ports import MessageRef, WakeUp
from nudgekit.runs.reports import Report, run_mark

KEPT: Final = timedelta(days=90)
"""How long runs, messages and traces can be looked up after they mattered."""


MOST_ITEMS: Final = 100
"""Products that a message names on a queue at most."""

LOOK_AFTER: Final = timedelta(hours=1)
"""When a run asks what became of its last message, should nobody have said so."""


def forget_run_at(run: Run) -> datetime:
    """When a run's row may go: long after no redelivered event could arm it again."""
    return run.expires_at + KEPT


def plan_step(case: Case, render: Render, run_version: int, ledger: Stored) -> Plan:
    """Decide, and plan what follows: wait, end, or claim a message and give it its time."""
    decision = decide(case, render)
    kept: Ledger = ledger.value or Ledger()
    if decision.do == "wait" and decision.until is not None:
        plan = wait(_lasting(case, decision.until), decision.reason, decision.until, run_version)
        plan = plan._replace(puts=(*plan.puts, _put_trace(case.run, decision)))
        return with_ledger(plan, case.run.person, ledger, in_line(kept, case, decision), case.now)
    if decision.do == "send":
        return _claim(case, decision, run_version, ledger)
    if decision.content is not None:
        return _hold_out(case, decision, run_version, ledger)
    plan = end(case.run, run_version, *_ending(case, decision), decision.at)
    plan = plan._replace(puts=(*plan.puts, _put_trace(case.run, decision)))
    return with_ledger(plan, case.run.person, ledger, kept.over(case.run.id), case.now)


def _lasting(case: Case, until: datetime) -> Run:
    """The run, which lasts as long again from the latest start event when that is what it waits beyond its time for."""
    if until < case.run.expires_at:
        return case.run
    return case.run.model_copy(update={"expires_at": case.renewed_until or case.run.expires_at})


def end(run: Run, run_version: int, outcome: Outcome, reason: Reason, at: datetime) -> Plan:
    """The run is over, with its one stated outcome."""
    over = run.model_copy(update={"outcome": outcome, "reason": reason, "ended_at": at, "waiting": None})
    put = put_run(over, run_version, str(outcome))
    return Plan(_report("ended", run, reason=reason, run_outcome=outcome), puts=(put,))


def end_without_rule(run: Run, run_version: int, at: datetime) -> Plan:
    """The run is over because the version of the rule that began it is not deployed: no other may decide for it."""
    return end(run, run_version, _outcome(run), Reason.RULE_GONE, at)


def _ending(case: Case, decision: Decision) -> tuple[Outcome, Reason]:
    reason = decision.reason or Reason.NO_CHANNEL
    outcome = _outcome(case.run)
    if reason is Reason.EXPIRED and case.run.attempts and case.run.attempts[-1].reason is Reason.NO_VISIT:
        reason = Reason.NO_VISIT
    return outcome, Reason.GOAL_REACHED if outcome is Outcome.SENT and _goal_reached(case) else reason


def _outcome(run: Run) -> Outcome:
    """What its messages so far make of a run that ends now. That nobody came to see one is no failure."""
    if run.handed_off:
        return Outcome.SENT
    lost = (each for each in run.attempts if each.status is MessageStatus.FAILED)
    return Outcome.FAILED if any(each.reason is not Reason.NO_VISIT for each in lost) else Outcome.SKIPPED


def _goal_reached(case: Case) -> bool:
    """Whether the person did what the rule hopes for after its first message; what started the run is not that."""
    if case.trigger.goal is None:
        return False
    mine = {attempt.message for attempt in case.run.attempts}
    claimed_at = (entry.at for entry in case.ledger.entries if entry.message in mine)
    reached_at = case.last_time(case.trigger.goal.events)
    return reached_at is not None and to_ms(reached_at) > min(claimed_at, default=to_ms(case.active_at))


def _claim(case: Case, decision: Decision, run_version: int, ledger: Stored) -> Plan:
    message = _message(case, decision)
    due_at = due_after(case.trigger, decision.rung, case.now, case.run.expires_at)
    run = case.run.model_copy(
        update={
            "step": case.run.step + 1,
            "rung": decision.rung,
            "due_at": due_at,
            "waiting": Reason.AWAITING_ENGAGEMENT,
            "offer": case.promise or case.run.offer,
            "attempts": (
                *case.run.attempts,
                Attempt(decision.rung, message.channel, message.id, MessageStatus.CLAIMED),
            ),
        }
    )
    after = _with_promise(after_claim(ledger.value or Ledger(), case, entry_of(message)), case)
    return Plan(
        _report("claimed", run, channel=message.channel),
        ((wake_up_of(run), due_at),),
        (
            put_ledger(run.person, after, ledger.version, case.now),
            *put_draw(case.draw),
            put_run(run, run_version, "climbing"),
            put_message(message, 0),
            _put_trace(case.run, replace(decision, message=message.id)),
        ),
        (queued(message),),
    )


def due_after(trigger: Trigger, rung: int, claimed_at: datetime, expires_at: datetime) -> datetime:
    """When a run is woken again that has claimed the message of `rung`.

    What waits on the shop's page has until then; after any other last message the run asks what became of it.
    """
    pause = trigger.ladder[rung].wait
    if pause is not None and rung < len(trigger.ladder) - 1:
        return claimed_at + pause
    return expires_at if trigger.ladder[rung].channel is Channel.ONSITE else min(expires_at, claimed_at + LOOK_AFTER)


def _with_promise(ledger: Ledger, case: Case) -> Ledger:
    """The ledger with the code that the run's messages show from now on."""
    if case.promise is None or case.promise == case.run.offer:
        return ledger
    return ledger.leased(case.promise, case.run.id, case.draw.drawer if case.draw else 0, case.now)


def _hold_out(case: Case, decision: Decision, run_version: int, ledger: Stored) -> Plan:
    """The run ends where its message would have gone out, and the message's row says what that was.

    The channel's function tells the bus of it and calls no provider. In the ledger it stands like a message, so that
    whatever comes later finds people in the holdout and others alike.
    """
    held = _message(case, decision).model_copy(update={"status": MessageStatus.HELD_OUT, "reason": Reason.HELD_OUT})
    attempt = Attempt(decision.rung, held.channel, held.id, MessageStatus.HELD_OUT, Reason.HELD_OUT)
    run = case.run.model_copy(update={"attempts": (*case.run.attempts, attempt)})
    after = after_claim(ledger.value or Ledger(), case, entry_of(held, held=True))
    plan = end(run, run_version, *_ending(case, decision), decision.at)
    puts = (
        put_ledger(run.person, after, ledger.version, case.now),
        *plan.puts,
        put_message(held, 0),
        _put_trace(case.run, replace(decision, message=held.id)),
    )
    return plan._replace(puts=puts, messages=(queued(held),))


def _message(case: Case, decision: Decision) -> Message:
    if decision.content is None:
        raise AssertionError("a decision to send carries its content")
    return Message(
        id=message_id(case.run, decision.rung),
        person=case.run.person,
        trigger=case.run.trigger,
        version=case.run.version,
        run=case.run.key,
        occurrence=case.run.occurrence,
        rung=decision.rung,
        attempt=len(case.run.attempts),
        channel=decision.content.channel,
        purpose=case.trigger.purpose,
        content=decision.content,
        variant=decision.variant,
        offered=case.promise is not None,
        items=_seen_at_hand_off(case, decision.content),
        about=case.item_id,
        claimed_at=case.now,
        deliver_by=_waits_until(case, decision),
    )


def _waits_until(case: Case, decision: Decision) -> datetime | None:
    if decision.content is None or decision.content.channel is not Channel.ONSITE:
        return None
    return due_after(case.trigger, decision.rung, case.now, case.run.expires_at)


def _seen_at_hand_off(case: Case, content: Content) -> tuple[str, ...]:
    """The products whose rows the hand-off reads: what the run is about, what was picked, what the message shows."""
    picked = (product.product_id for product in case.picks)
    shown = (each.product for each in content.shown)
    about = (case.item_id,) if case.item_id else ()
    return tuple(dict.fromkeys((*about, *case.run.items, *picked, *shown)))[:MOST_ITEMS]


def put_message(message: Message, version: int) -> Put:
    """The write of a message that was read at `version`; 0: there was none."""
    ref = Ref(Kind.MESSAGE, message.person, message.id)
    return Put(ref, message, version, message.status, message.claimed_at + KEPT)


def queued(message: Message) -> MessageRef:
    """What goes on the channel's queue for `message`."""
    return MessageRef(message.id, message.person, message.trigger, message.run, message.channel, message.items)


def wake_up_of(run: Run) -> WakeUp:
    """The wake-up for the run's present step."""
    asked = run.attempts[-1].message if run.attempts else ""
    return WakeUp(run.trigger, run.person, run.key, run.occurrence, run.step, run.items, asked)


def wait(run: Run, reason: Reason | None, until: datetime, run_version: int) -> Plan:
    """The run asks again at `until`."""
    later = run.model_copy(update={"step": run.step + 1, "due_at": until, "waiting": reason})
    return Plan(
        _report("waited", run, reason=reason or ""),
        ((wake_up_of(later), until),),
        (put_run(later, run_version, "waiting"),),
    )


def put_run(run: Run, version: int, status: str) -> Put:
    """The write of a run that was read at `version`."""
    return Put(run_ref(run.person, run.trigger, run.key), run, version, status, forget_run_at(run))


def _put_trace(run: Run, decision: Decision) -> Put:
    name = f"{decision.at.isoformat()}#{run_mark(run.person, run.trigger, run.key, run.occurrence)}-{run.step}"
    return Put(Ref(Kind.TRACE, run.person, name), replace(decision, content=None), 0, decision.do, decision.at + KEPT)


def _report(outcome: str, run: Run, reason: str = "", channel: str = "", run_outcome: str = "") -> Report:
    mark = run_mark(run.person, run.trigger, run.key, run.occurrence)
    return Report(outcome, run.trigger, mark, reason, channel, run_outcome)  # type: ignore[arg-type]

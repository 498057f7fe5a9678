"""What a decision changes in the person's ledger: who waits, who went out, who is held out, who got which wording."""

from datetime import datetime, timedelta
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.decide.gates.holdout import memberships
from nudgekit.decide.release import IN_LINE, OPENINGS
from nudgekit.decide.rivals import own_rank
from nudgekit.decide.variants import experiment_name
from nudgekit.model.base import Channel, to_ms, to_ms_up
from nudgekit.model.decision import Decision
from nudgekit.model.ledger import Assigned, Entry, Ledger, Waiting
from nudgekit.model.message import Message
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind, Put, Ref, Stored
from nudgekit.runs.plan import Plan

LEDGER_KEPT: Final = timedelta(days=400)
"""How long a person's ledger outlives its last message: longer than any `again_after` a rule may ask for."""

LATE: Final = timedelta(minutes=5)
"""A message handed off later than this after its claim counts against caps from its hand-off on."""


def in_line(ledger: Ledger, case: Case, decision: Decision) -> Ledger:
    """The ledger once the run waits as `decision` says.

    What is not a wait for a moment to send ends its turn. One that waited for an opening stays in line all the same, as
    nobody's rival, so that a night's backlog collapses also when facts lag or something is stopped in the morning;
    unless the person has begun anew since.
    """
    run, before = case.run, ledger.waiting.get(case.run.id)
    if before is not None and before.collapsed:
        return ledger
    stays = before is not None and before.opening and decision.reason is not Reason.STILL_ACTIVE
    if decision.until is None or (decision.reason not in IN_LINE and not stays):
        return ledger.over(run.id)
    waiting = Waiting(
        trigger=run.trigger,
        key=run.key,
        occurrence=run.occurrence,
        priority=case.trigger.priority,
        purpose=case.trigger.purpose,
        channels=tuple(rung.channel for rung in case.trigger.ladder[run.rung + 1 :]),
        until=to_ms(decision.until),
        expires=to_ms(run.expires_at),
        reason=decision.reason or Reason.OUTRANKED,
        opening=_opening(decision, before),
    )
    return ledger.waits(run.id, waiting, case.now)


def _opening(decision: Decision, before: Waiting | None) -> int:
    until = decision.trace[-1].verdict.until
    if decision.reason in OPENINGS and until is not None:
        return to_ms(until)
    return before.opening if before is not None else 0


def after_claim(ledger: Ledger, case: Case, entry: Entry) -> Ledger:
    """The ledger once the run's message is claimed, or stands there in place of one that was held back."""
    mine = ledger.waiting.get(case.run.id)
    after = ledger.claimed(entry, case.run.id)
    if mine is not None and mine.opening and case.policy.after_quiet_hours == "best":
        after = after.collapsed(mine.opening, entry.purpose, own_rank(case))
    for period, membership in memberships(case).items():
        after = after.judged(period, membership)
    return after.assigned(experiment_name(case.trigger), Assigned(entry.at, case.variant)) if case.variant else after


def entry_of(message: Message, *, held: bool = False) -> Entry:
    """The message's line in the ledger."""
    at, unseen = to_ms_up(message.claimed_at), message.channel is Channel.ONSITE
    return Entry(at, message.id, message.trigger, message.channel, message.purpose, held, unseen)


def put_ledger(person: str, ledger: Ledger, version: int, now: datetime) -> Put:
    """The write of a ledger that was read at `version`."""
    return Put(Ref(Kind.LEDGER, person), ledger, version, None, now + LEDGER_KEPT)


def with_ledger(plan: Plan, person: str, stored: Stored, after: Ledger, now: datetime) -> Plan:
    """The plan that writes the ledger as well, when it has changed."""
    if after == (stored.value or Ledger()):
        return plan
    return plan._replace(puts=(put_ledger(person, after, stored.version, now), *plan.puts))


def moved_by_delay(message: Message, stored: Stored, now: datetime) -> tuple[Put, ...]:
    """The write that lets a message count from its hand-off on, when it comes to that long after its claim."""
    ledger: Ledger | None = stored.value
    if ledger is None or now < message.claimed_at + LATE:
        return ()
    return (put_ledger(message.person, ledger.moved(message.id, to_ms_up(now)), stored.version, now),)

"""News of a run's messages: it ends, climbs to the next rung at once, or takes note."""

from datetime import datetime

from nudgekit.decide.case import Case
from nudgekit.decide.decide import Render
from nudgekit.language.trigger import Trigger
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import LOST, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome, Run
from nudgekit.runs.documents import Kind, Stored
from nudgekit.runs.places import put_ledger, with_ledger
from nudgekit.runs.plan import Plan
from nudgekit.runs.reports import Report, run_mark
from nudgekit.runs.signals import News
from nudgekit.runs.step import end, plan_step, put_run


def is_loss(news: News) -> bool:
    """Whether the message did not reach the person. A complaint did: whoever complains has read it."""
    return news.status in LOST and news.reason is not Reason.COMPLAINED


def concerns(news: News, run: Run | None) -> bool:
    """Whether the news is about a message of this life of the run, which is not over."""
    if run is None or run.outcome is not None or run.occurrence != news.occurrence:
        return False
    return any(attempt.message == news.message for attempt in run.attempts)


def plan_arrival(  # noqa: PLR0913, PLR0917  the news, and everything it meets
    news: News, run: Run, trigger: Trigger, run_version: int, ledger: Stored, now: datetime
) -> Plan:
    """What it brings about that a message was handed off, arrived, or was read, gladly or not."""
    ending = _ending(news, trigger)
    if ending is None:
        return Plan(noted(news))
    kept: Ledger = ledger.value or Ledger()
    return with_ledger(end(run, run_version, Outcome.SENT, ending, now), run.person, ledger, kept.over(run.id), now)


def is_ending(news: News, trigger: Trigger) -> bool:
    """Whether nothing is left to do for the run after this news."""
    return _ending(news, trigger) is not None


def _ending(news: News, trigger: Trigger) -> Reason | None:
    rung = trigger.ladder[news.rung]
    if news.reason is Reason.COMPLAINED:
        return Reason.COMPLAINED
    if news.status in (MessageStatus.OPENED, MessageStatus.CLICKED) and rung.until != "never":
        return Reason.ENGAGED
    if news.status is MessageStatus.DELIVERED and rung.until == "delivered":
        return Reason.DELIVERED
    if news.rung == len(trigger.ladder) - 1 and news.status in (MessageStatus.HANDED_OFF, MessageStatus.IN_DOUBT):
        return Reason.LADDER_FINISHED if news.status is MessageStatus.HANDED_OFF else Reason.IN_DOUBT
    return None


def after_loss(news: News, run: Run) -> Run:
    """The run once it knows that the message did not reach the person.

    A withheld message may be tried anew on the same rung, under a new id; a failed one never. News of a rung that the
    run has left behind is only written down.
    """
    attempts = tuple(
        attempt._replace(status=news.status, reason=news.reason) if attempt.message == news.message else attempt
        for attempt in run.attempts
    )
    noted_run = run.model_copy(update={"attempts": attempts})
    if news.status is MessageStatus.WITHHELD and news.rung == run.rung:
        return noted_run.model_copy(update={"rung": news.rung - 1})
    return noted_run


def plan_loss(news: News, case: Case, render: Render, run_version: int, ledger: Stored) -> Plan:
    """What a lost message brings about: its place under the caps is given back, and the run decides anew at once.

    A run that has gone on to a later rung in the meantime waits for that one's message and only writes the loss down.
    """
    kept: Ledger = ledger.value or Ledger()
    case.ledger = kept.returned(news.message, "" if case.run.handed_off else case.run.id)
    returned = Stored(case.ledger, ledger.version)
    if news.rung < case.run.rung:
        plan = Plan(noted(news), puts=(put_run(case.run, run_version, "climbing"),))
    else:
        plan = plan_step(case, render, run_version, returned)
    if any(put.ref.kind is Kind.LEDGER for put in plan.puts) or ledger.version == 0:
        return plan
    return plan._replace(puts=(put_ledger(news.person, case.ledger, ledger.version, case.now), *plan.puts))


def already_lost(news: News, run: Run) -> bool:
    """Whether the run has taken note of this loss before."""
    return any(attempt.message == news.message and attempt.status in LOST for attempt in run.attempts)


def noted(news: News, reason: str = "") -> Report:
    """The report of news that changes nothing."""
    mark = run_mark(news.person, news.trigger, news.key, news.occurrence)
    return Report("ignored" if reason else "received", news.trigger, mark, reason or str(news.status), news.channel)

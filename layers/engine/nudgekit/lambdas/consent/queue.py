"""What comes by the queue: events about consent, and messages that people wrote."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, work_through
from nudgekit.lambdas.consent.inbound import is_inbound, read_inbound
from nudgekit.lambdas.news import Done, one_by_one_with_news
from nudgekit.model.event import Event, parse_event
from nudgekit.runs.consent import hear
from nudgekit.runs.reports import Report
from nudgekit.runs.write_back import Inbound, WriteBack

PROMPTLY: Final = timedelta(minutes=5)
"""A confirmation of STOP is presumed welcome if it comes within five minutes, 47 CFR 64.1200(a)(12), in force since
2024-04-04. Source: compliancepoint.com, "FCC delays revoke-all again" (read 2026-11-22)."""

NO_NEWS: Final = Report("ignored", reason="no_news")
"""A notice that tells of our own messages, which delivery_feedback hears too."""

Item = Event | tuple[Inbound, ...]


def work(invocation: Invocation) -> Answer:
    """Work through a batch."""
    now = wiring.clock().now()

    def parse(body: dict[str, Any], size: int) -> Item:
        return read_inbound(body) if is_inbound(body) else parse_event(body, now, size)

    return work_through(invocation, parse, lambda items: _process(items, now))


def _process(items: Sequence[Item], now: datetime) -> Sequence[Outcome]:
    return one_by_one_with_news(items, lambda item: _hear(item, now) if isinstance(item, Event) else _answer(item, now))


def _hear(event: Event, now: datetime) -> Done:
    told = hear(event, wiring.store(), wiring.policy(), now, wiring.suppression())
    return Done((told.report,), told.events)


def _answer(written: tuple[Inbound, ...], now: datetime) -> Done:
    if not written:
        return Done((NO_NEWS,), ())
    patience = wiring.clock().hurry(PROMPTLY)
    desk = WriteBack(wiring.store(), wiring.policy(), wiring.provider, patience, wiring.suppression())
    taken = [desk.take(_in_our_time(each, now), now) for each in written]
    reports = tuple(report for each in taken for report in each.reports)
    return Done(reports, tuple(event for each in taken for event in each.events))


def _in_our_time(written: Inbound, now: datetime) -> Inbound:
    """Providers know the wall's time alone; a message that came without one counts as written now."""
    return written._replace(at=now if written.at is None else min(now, wiring.clock().to_virtual(written.at)))

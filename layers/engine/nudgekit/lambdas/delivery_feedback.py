"""The handler that hears what providers say about messages and tells the bus, in one form."""

from collections.abc import Sequence

from nudgekit.lambdas import wiring
from nudgekit.lambdas.batch import Answer, Invocation, Outcome, work_through
from nudgekit.lambdas.news import Done, one_by_one_with_news
from nudgekit.lambdas.receipts import read_notices
from nudgekit.model.event import OLDEST
from nudgekit.runs.feedback import AddressNotice, Notice, read, receive
from nudgekit.runs.reports import Report

NO_NEWS = Report("ignored", reason="no_news")
"""A receipt that says nothing worth knowing, such as that a message is on its way, or one of a message not ours."""


def handler(invocation: Invocation, context: object) -> Answer:  # noqa: ARG001  # Lambda's own signature
    """Hear the receipts of a batch."""
    return work_through(invocation, lambda body, _: read_notices(body), _hear)


def _hear(heard: Sequence[tuple[Notice, ...]]) -> Sequence[Outcome]:
    notices = [tuple(_in_our_time(notice) for notice in each) for each in heard]
    snapshot = read((notice for each in notices for notice in each), wiring.store())

    def work(notices: tuple[Notice, ...]) -> Done:
        told = [receive(notice, snapshot) for notice in notices]
        events = tuple(event for each in told for event in each.events)
        return Done(tuple(each.report for each in told) or (NO_NEWS,), events)

    return one_by_one_with_news(notices, work)


def _in_our_time(notice: Notice) -> Notice:
    """Providers know the wall's time alone, and not all of them well: what they said was said by now, and not long ago.

    The bus takes nothing from the future and nothing ancient, and a message's news must not get lost over it.
    """
    now = wiring.clock().now()
    at = wiring.clock().to_virtual(notice.at)
    at = min(at, now) if at > now - OLDEST else now
    if isinstance(notice, AddressNotice):
        return notice._replace(at=at)
    return notice._replace(at=at)

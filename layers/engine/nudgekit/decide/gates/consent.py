"""Has the person allowed it?"""

from functools import cache

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, Purpose
from nudgekit.model.consent import Status
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def consent(case: Case, rung: Rung) -> Verdict:
    """Promotional messages need a grant that has not lapsed; transactional ones only the absence of a refusal.

    So do those on the shop's own page: nothing is sent to anybody, and nothing is needed for it but what the page is.
    """
    purpose = case.trigger.purpose
    status = case.consent.status(rung.channel, purpose, case.now, case.trigger.topic)
    return _verdict(status, purpose, needs_grant(rung.channel, purpose))


def needs_grant(channel: Channel, purpose: Purpose) -> bool:
    """Whether silence means no."""
    return purpose == "promotional" and channel is not Channel.ONSITE


@cache
def _verdict(status: Status, purpose: Purpose, grant_needed: bool) -> Verdict:
    seen = (("consent", status), ("purpose", purpose))
    allowed = status is Status.GRANTED or (not grant_needed and status is not Status.DENIED)
    return Verdict("pass", None, None, seen) if allowed else Verdict("skip", Reason.NO_CONSENT, None, seen)

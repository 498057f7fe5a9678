"""Has the person allowed it?"""

from functools import cache

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.base import Purpose
from nudgekit.model.consent import Status
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def consent(case: Case, rung: Rung) -> Verdict:
    """Promotional messages need a grant that has not lapsed; transactional ones only the absence of a refusal."""
    purpose = case.trigger.purpose
    status = case.consent.status(rung.channel, purpose, case.now, case.trigger.topic)
    return _verdict(status, purpose)


@cache
def _verdict(status: Status, purpose: Purpose) -> Verdict:
    seen = (("consent", status), ("purpose", purpose))
    allowed = status is Status.GRANTED or (purpose == "transactional" and status is not Status.DENIED)
    return Verdict("pass", None, None, seen) if allowed else Verdict("skip", Reason.NO_CONSENT, None, seen)

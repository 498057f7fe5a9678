"""Is it still of use?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import Verdict, passed
from nudgekit.model.reasons import Reason


def expiry(case: Case, _rung: Rung) -> Verdict:
    """The run has not outlived the rule's `expires_after`."""
    seen = (("expires_at", case.run.expires_at),)
    if case.now >= case.run.expires_at:
        return Verdict("skip", Reason.EXPIRED, None, seen)
    return passed(*seen)

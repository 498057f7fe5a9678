"""Is there an address that works?"""

from typing import Final

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason

WITH_ADDRESS: Final = Verdict("pass", None, None, (("address", True),))


def reachable(case: Case, rung: Rung) -> Verdict:
    """The profile has a working address for the rung's channel. The trace says whether, never which."""
    if case.profile.address(rung.channel) is None:
        return Verdict("skip", Reason.UNREACHABLE, None, (("address", False),))
    return WITH_ADDRESS

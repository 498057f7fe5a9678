"""Is there an address that works?"""

from typing import Final

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.reasons import Reason

WITH_ADDRESS: Final = Verdict("pass", None, None, (("address", True),))


def reachable(case: Case, rung: Rung) -> Verdict:
    """The profile has a working address for the rung's channel. The trace says whether, never which.

    On the shop's own page whoever comes is reached, and whoever stays away is not disturbed.
    """
    if rung.channel is Channel.ONSITE:
        return PASS
    if case.profile.address(rung.channel) is None:
        return Verdict("skip", Reason.UNREACHABLE, None, (("address", False),))
    return WITH_ADDRESS

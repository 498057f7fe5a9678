"""The gates, in the order they are asked.

A gate is one small pure function. To add one, write it in a module of its own and name it here; nothing else changes.
"""

from typing import Final

from nudgekit.decide.gates.again_after import again_after
from nudgekit.decide.gates.audience import audience
from nudgekit.decide.gates.caps import caps
from nudgekit.decide.gates.consent import consent
from nudgekit.decide.gates.expiry import expiry
from nudgekit.decide.gates.gate import Gate
from nudgekit.decide.gates.holdout import holdout
from nudgekit.decide.gates.quiet_hours import quiet_hours
from nudgekit.decide.gates.reachable import reachable
from nudgekit.decide.gates.still_true import still_true
from nudgekit.decide.gates.up_to_date import up_to_date

PERSON_GATES: Final = (
    Gate("up_to_date", up_to_date, at_hand_off=False),
    Gate("still_true", still_true, at_hand_off=True),
    Gate("expiry", expiry, at_hand_off=True),
    Gate("audience", audience, at_hand_off=False),
    Gate("again_after", again_after, at_hand_off=False),
)
"""Asked once a decision; what they refuse ends the run or makes it wait."""

RUNG_GATES: Final = (
    Gate("consent", consent, at_hand_off=True),
    Gate("reachable", reachable, at_hand_off=True),
    Gate("quiet_hours", quiet_hours, at_hand_off=True),
    Gate("caps", caps, at_hand_off=True),
)
"""Asked for each rung; a refusal passes on to the next rung, a wait makes the run wait on this one."""

MESSAGE_GATES: Final = (Gate("holdout", holdout, at_hand_off=True),)
"""Asked once the message is written, as `case.content`. The holdout is the last: whom it holds back would have been
messaged now, and nothing that could go out has a way around it."""

__all__ = ["MESSAGE_GATES", "PERSON_GATES", "RUNG_GATES", "Gate"]

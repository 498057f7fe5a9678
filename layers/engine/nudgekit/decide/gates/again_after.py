"""Was the person asked by this trigger not long ago?"""

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.base import from_ms
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def again_after(case: Case, _rung: Rung) -> Verdict:
    """The trigger has not asked this person within its `again_after`, for any key; the run itself does not count."""
    asked = case.ledger.asked.get(case.trigger.id)
    if case.trigger.again_after is None or asked is None or asked.run == case.run.id:
        return Verdict()
    asked_at = from_ms(asked.at)
    seen = (("asked_at", asked_at), ("again_after", case.trigger.again_after))
    if case.now < asked_at + case.trigger.again_after:
        return Verdict("skip", Reason.ASKED_RECENTLY, None, seen)
    return Verdict("pass", None, None, seen)

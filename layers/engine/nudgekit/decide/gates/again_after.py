"""Was the person asked by this trigger not long ago?"""

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.base import from_ms
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def again_after(case: Case, _rung: Rung) -> Verdict:
    """The trigger has not asked this person within its `again_after`, for any key; the run itself does not count."""
    trigger, run = case.trigger, case.run
    asked, again_after = case.ledger.asked_besides(trigger.id, run.id), trigger.again_after
    if again_after is None or not asked:
        return PASS
    asked_at = from_ms(asked)
    seen = (("asked_at", asked_at), ("again_after", again_after))
    if case.now < asked_at + again_after:
        return Verdict("skip", Reason.ASKED_RECENTLY, None, seen)
    return passed(*seen)

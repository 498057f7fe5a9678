"""Does the rule mean this person?"""

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def audience(case: Case, _rung: Rung) -> Verdict:
    """The rule's audience holds; the trace has every term with the value it saw.

    Once a message of the run is out, the run goes on: a ladder does not change its mind about whom it is for.
    """
    if case.trigger.audience is None or case.run.rung >= 0:
        return Verdict()
    scope = case.scope
    seen = tuple([(text, value) for text, value, _ in case.trigger.audience.explain(scope)])
    if case.trigger.audience.test(scope):
        return Verdict("pass", None, None, seen)
    return Verdict("skip", Reason.NOT_IN_AUDIENCE, None, seen)

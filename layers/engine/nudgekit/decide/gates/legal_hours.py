"""Does the law of the place where the person is allow it at this hour?"""

from nudgekit.decide.case import Case
from nudgekit.decide.hours import law_of, look, next_moment
from nudgekit.decide.overrides import with_overrides
from nudgekit.language.ladder import Rung
from nudgekit.law.tables import tables
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def legal_hours(case: Case, rung: Rung) -> Verdict:
    """Every row of the law that applies allows the moment, in every zone the person may be in.

    Otherwise it waits for the next moment that law and the shop's quiet hours allow. Where no moment of the weeks to
    come is legal, because nobody knows where the person is and no hour suits everywhere, the rung is passed over.
    """
    if rung.channel not in tables().channels_with_hours or case.trigger.purpose == "transactional":
        return PASS
    return with_overrides(case, lambda overridden: _ask(case, rung, overridden))


def _ask(case: Case, rung: Rung, overridden: frozenset[str]) -> Verdict:
    law = law_of(case, rung.channel, overridden)
    is_open, clock = look(case, law.schedule)
    seen = (("rows", law.text), *clock, ("law", tables().mark))
    if is_open:
        return passed(*seen)
    until = next_moment(case, rung.channel, overridden)
    return Verdict("skip" if until is None else "wait", Reason.LEGAL_HOURS, until, seen)

"""Does the law of the place where the person is allow it at this hour?"""

from nudgekit.decide.case import Case
from nudgekit.decide.hours import hours_of, is_open, local_times, next_moment
from nudgekit.decide.overrides import with_overrides
from nudgekit.language.trigger import Rung
from nudgekit.law.tables import tables
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def legal_hours(case: Case, rung: Rung) -> Verdict:
    """Every row of the law that applies allows the moment, in every zone the person may be in.

    Otherwise it waits for the next moment that law and the shop's quiet hours allow. Where no moment of the weeks to
    come is legal, because nobody knows where the person is and no hour suits everywhere, the rung is passed over.
    """
    if rung.channel not in tables().channels_with_hours or case.trigger.purpose == "transactional":
        return Verdict()
    return with_overrides(case, lambda overridden: _ask(case, rung, overridden))


def _ask(case: Case, rung: Rung, overridden: frozenset[str]) -> Verdict:
    hours = hours_of(case, rung.channel, overridden)
    seen = (("rows", ", ".join(hours.law.rows)), *local_times(case, hours.law.schedule), ("law", tables().digest[:12]))
    if is_open(case, hours.law.schedule):
        return Verdict("pass", None, None, seen)
    until = next_moment(case, hours)
    return Verdict("skip" if until is None else "wait", Reason.LEGAL_HOURS, until, seen)

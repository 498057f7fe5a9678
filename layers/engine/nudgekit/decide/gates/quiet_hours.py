"""Is it night where the person is?"""

from nudgekit.decide.case import Case
from nudgekit.decide.hours import look, next_moment
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def quiet_hours(case: Case, rung: Rung) -> Verdict:
    """Outside the policy's quiet hours for the channel, by every clock the person may have; transactional are exempt.

    Otherwise it waits for the next moment that the quiet hours and the law allow.
    """
    window = case.policy.quiet_window(rung.channel)
    if window is None or case.trigger.purpose == "transactional":
        return PASS
    is_open, clock = look(case, case.policy.quiet_schedule(rung.channel))
    seen = clock + window.seen
    if is_open:
        return passed(*seen)
    until = next_moment(case, rung.channel, case.policy.overridden)
    return Verdict("skip" if until is None else "wait", Reason.QUIET_HOURS, until, seen)

"""Is it night where the person is?"""

from nudgekit.decide.case import Case
from nudgekit.decide.hours import hours_of, is_open, local_times, next_moment
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def quiet_hours(case: Case, rung: Rung) -> Verdict:
    """Outside the policy's quiet hours for the channel, by every clock the person may have; transactional are exempt.

    Otherwise it waits for the next moment that the quiet hours and the law allow.
    """
    window = case.policy.quiet_window(rung.channel)
    if window is None or case.trigger.purpose == "transactional":
        return Verdict()
    hours = hours_of(case, rung.channel, case.policy.overridden)
    seen = (*local_times(case, hours.quiet), ("from", window.start), ("to", window.end))
    if is_open(case, hours.quiet):
        return Verdict("pass", None, None, seen)
    until = next_moment(case, hours)
    return Verdict("skip" if until is None else "wait", Reason.QUIET_HOURS, until, seen)

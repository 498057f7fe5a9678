"""Is it night where the person is?"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def quiet_hours(case: Case, rung: Rung) -> Verdict:
    """Outside the policy's quiet hours for the channel, by the person's own clock; transactional ones are exempt."""
    window = case.policy.quiet_window(rung.channel)
    if window is None or case.trigger.purpose == "transactional":
        return Verdict()
    local = case.now.astimezone(case.zone).time()
    seen = (
        ("local_time", local.isoformat("minutes")),
        ("zone", case.zone.key),
        ("from", window.start),
        ("to", window.end),
    )
    if not is_quiet(local, window.start, window.end):
        return Verdict("pass", None, None, seen)
    return Verdict("wait", Reason.QUIET_HOURS, end_of_quiet(case.now, case.zone, window.end), seen)


def is_quiet(local: time, start: time, end: time) -> bool:
    """Whether `local` lies from `start` (included) to `end` (excluded), over midnight when `start` is the later."""
    return start <= local < end if start <= end else local >= start or local < end


def end_of_quiet(now: datetime, zone: ZoneInfo, end: time) -> datetime:
    """The next moment after `now` at which the clock of `zone` shows `end`, in UTC.

    Where a change of the clock skips that time or shows it twice, the later reading counts: nobody is woken early.
    """
    local = now.astimezone(zone)
    for days_ahead in range(3):
        wanted = datetime.combine(local.date() + timedelta(days=days_ahead), end, zone)
        moment = max(wanted.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        if moment > now:
            return moment
    raise AssertionError("a clock time comes round within two days")

"""Has the person had enough lately?"""

from datetime import datetime, timedelta
from functools import lru_cache

from nudgekit.decide.case import Case
from nudgekit.language.durations import brief
from nudgekit.language.trigger import Rung
from nudgekit.model.base import from_ms
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def caps(case: Case, rung: Rung) -> Verdict:
    """Every cap of the policy has room for one more, over rolling windows, across triggers; else wait until it has."""
    rooms: list[datetime] = []
    seen: list[tuple[str, object]] = []
    for cap in case.policy.caps_on(case.trigger.purpose, rung.channel):
        times = case.ledger.times(case.trigger.purpose, cap.channels, case.now - cap.per)
        seen.append((_label(cap.limit, cap.per), len(times)))
        if len(times) >= cap.limit:
            rooms.append(from_ms(times[-cap.limit]) + cap.per)
    if rooms:
        return Verdict("wait", Reason.CAPPED, max(rooms), tuple(seen))
    return Verdict("pass", None, None, tuple(seen))


@lru_cache(maxsize=64)
def _label(limit: int, per: timedelta) -> str:
    return f"at most {limit} in {brief(per)}"

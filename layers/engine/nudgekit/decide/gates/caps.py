"""Has the person had enough lately?"""

from datetime import datetime

from nudgekit.decide.case import Case
from nudgekit.decide.release import spread_out
from nudgekit.decide.windows import room
from nudgekit.language.ladder import Rung
from nudgekit.model.decision import Verdict, passed
from nudgekit.model.reasons import Reason


def caps(case: Case, rung: Rung) -> Verdict:
    """Every cap of the policy has room for one more; else wait until all of them have."""
    rooms: list[datetime] = []
    seen: list[tuple[str, object]] = []
    for cap in case.policy.caps_on(case.trigger.purpose, rung.channel, case.trigger.id):
        used, room_at, _ = room(case, cap)
        seen.append((cap.text, used))
        if used >= cap.limit:
            rooms.append(room_at if cap.window == "rolling" else spread_out(case, room_at))
    if rooms:
        return Verdict("wait", Reason.CAPPED, max(rooms), tuple(seen))
    return passed(*seen)

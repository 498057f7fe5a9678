"""Does somebody more important want the place?"""

from datetime import datetime

from nudgekit.decide.case import Case
from nudgekit.decide.rivals import TURN, Rival, rivals
from nudgekit.decide.windows import room
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import Cap
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def priority(case: Case, rung: Rung) -> Verdict:
    """Under every cap there are more places than runs with a better claim to them.

    Else the run waits until shortly after the first of those has had its turn: by then it has taken its place, or has
    ended and left it free.
    """
    binding = case.policy.caps_on(case.trigger.purpose, rung.channel, case.trigger.id)
    if not binding:
        return PASS
    ahead = rivals(case)
    if not ahead:
        return PASS
    for cap in binding:
        verdict = _contest(case, cap, ahead)
        if verdict is not None:
            return verdict
    return passed(("rivals", len(ahead)))


def _contest(case: Case, cap: Cap, ahead: list[Rival]) -> Verdict | None:
    found = room(case, cap)
    contenders = [rival for rival in ahead if rival.wants(cap, found.frees_at)]
    places = cap.limit - found.used
    if places > len(contenders):
        return None
    first = min(contenders, key=_turn)
    seen = ((cap.text, found.used), ("rivals", len(contenders)), ("first", first.trigger))
    return Verdict("wait", Reason.OUTRANKED, max(first.turn, case.now) + TURN, seen)


def _turn(rival: Rival) -> datetime:
    return rival.turn

"""Is it the best of those that waited for the same hour?"""

from nudgekit.decide.case import Case
from nudgekit.decide.release import ABOUT_TO, OPENINGS
from nudgekit.decide.rivals import TURN
from nudgekit.language.ladder import Rung
from nudgekit.model.base import from_ms, to_ms
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.ledger import Waiting
from nudgekit.model.reasons import Reason


def backlog(case: Case, _rung: Rung) -> Verdict:
    """Of the runs that waited for the end of the same quiet or legal hours, the best goes out and ends the others.

    While a better one has not had its turn, the run waits for it: should that one end in silence, the next best goes.
    """
    mine = case.ledger.waiting.get(case.run.id)
    if case.policy.after_quiet_hours == "all":
        return PASS
    if mine is None and case.run.waiting in OPENINGS:  # the line was too long for it
        return Verdict("end", Reason.COLLAPSED, None, (("in_line", len(case.ledger.waiting)),))
    if mine is None or not mine.opening:
        return PASS
    if mine.collapsed:
        return Verdict("end", Reason.COLLAPSED, None, (("opening", from_ms(mine.opening)),))
    better = [each for each in case.ledger.waiting.values() if _is_better(each, mine, to_ms(case.now))]
    if not better or case.now < from_ms(mine.opening):
        return PASS
    first = min(better, key=lambda each: each.rank)
    seen = (("opening", from_ms(mine.opening)), ("better", first.trigger))
    return Verdict("wait", Reason.OUTRANKED, max(from_ms(first.until), case.now) + TURN, seen)


def _is_better(other: Waiting, mine: Waiting, now: int) -> bool:
    """Whether `other` waited for the same hour, comes first, and is about to have its turn."""
    same = other.opening == mine.opening and other.purpose == mine.purpose
    return same and other.rank < mine.rank and other.reason in ABOUT_TO and other.is_in_line(now)

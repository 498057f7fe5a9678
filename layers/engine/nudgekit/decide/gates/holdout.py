"""Is the person held out, so that the effect can be measured?"""

from functools import lru_cache

from nudgekit.decide.case import Case
from nudgekit.language.trigger import Rung
from nudgekit.model.base import fingerprint
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason


def holdout(case: Case, _rung: Rung) -> Verdict:
    """The person's place on a line from 0 to 1, fixed by trigger and person, lies beyond the rule's `holdout`."""
    share = case.trigger.holdout
    if not share:
        return Verdict()
    place = place_of(case.trigger.id, case.run.person)
    seen = (("place", round(place, 4)), ("holdout", share))
    return Verdict("end", Reason.HELD_OUT, None, seen) if place < share else Verdict("pass", None, None, seen)


@lru_cache(maxsize=4096)
def place_of(trigger: str, person: str) -> float:
    """A number from 0 (included) to 1 (excluded) that trigger and person alone decide."""
    return int(fingerprint("holdout", trigger, person, size=6), 16) / 2**48

"""How long a run waits for something nobody knows the end of."""

from datetime import datetime, timedelta
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.model.base import fingerprint

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)


def ask_again(case: Case, since: datetime) -> datetime:
    """When a run asks again for something that began to be in the way at `since`.

    It waits once to twice as long as that has lasted so far: a long stop costs a few wake-ups, a short one little time.
    Runs that were held together ask at different moments, so that they are not let go in one burst; those of one sale
    differ by the person alone.
    """
    pause = min(max(case.now - since, FIRST), LONGEST)
    place = int(fingerprint("pause", case.run.person, case.run.id, str(case.run.step), size=2), 16) / 65536
    return case.now + timedelta(seconds=round(pause.total_seconds() * (1 + place)))

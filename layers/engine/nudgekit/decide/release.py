"""Many people wait for the same moment: each is let go a little later than it, always by the same length."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.model.base import fingerprint
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason

OPENINGS: Final = frozenset({Reason.QUIET_HOURS, Reason.LEGAL_HOURS})
"""Waits for an hour at which messages may go out again."""


def release(case: Case, verdict: Verdict) -> datetime | None:
    """When a run that `verdict` makes wait is woken: for an opening, spread out from it; else when the gate says."""
    if verdict.until is None or verdict.reason not in OPENINGS:
        return verdict.until
    return spread_out(case, verdict.until)


def spread_out(case: Case, moment: datetime) -> datetime:
    """`moment` moved later by the person's own share of the policy's `spread`, never beyond the run's life.

    All runs of one person move by the same length, so that they meet and the best of them can be chosen.
    """
    return let_go(moment, case.policy.spread, case.run.expires_at, case.unit)


def let_go(moment: datetime, spread: timedelta, end: datetime, unit: str) -> datetime:
    """`moment` moved later by the share of `spread` that is `unit`'s for good: by whole seconds, and before `end`."""
    length = min(spread, end - moment)
    if length <= timedelta():
        return moment
    return moment + timedelta(seconds=int(length.total_seconds() * share_of("spread", unit)))


@lru_cache(maxsize=4096)
def share_of(*parts: str) -> float:
    """A number from 0 (included) to 1 (excluded) that the parts alone decide: what it is for, then who."""
    return int(fingerprint(*parts, size=6), 16) / 2**48

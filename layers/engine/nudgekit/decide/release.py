"""Many people wait for the same moment: each is let go a little later than it, always by the same length."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.decide.hours import closing_time
from nudgekit.model.base import Channel, fingerprint
from nudgekit.model.decision import Verdict
from nudgekit.model.reasons import Reason

OPENINGS: Final = frozenset({Reason.QUIET_HOURS, Reason.LEGAL_HOURS})
"""Waits for an hour at which messages may go out again."""

IN_LINE: Final = OPENINGS | {Reason.CAPPED, Reason.OUTRANKED}
"""Waits for a moment at which the run may send; other waits leave its place to others."""

ABOUT_TO: Final = (IN_LINE | {Reason.FACTS_BEHIND}) - {Reason.CAPPED}
"""Waits that end soon; nobody knows when there is room, or when what is stopped goes on."""


def release(case: Case, verdict: Verdict, channel: Channel | None) -> datetime | None:
    """When a run that `verdict` makes wait is woken: for an opening of `channel`, spread out; else when the gate says.

    It is woken before the hours close again, however short they are.
    """
    if verdict.until is None or verdict.reason not in OPENINGS or channel is None:
        return verdict.until
    return spread_out(case, verdict.until, closing_time(case, channel, verdict.until))


def spread_out(case: Case, moment: datetime, closes_at: datetime | None = None) -> datetime:
    """`moment` moved later by the person's own share of the policy's `spread`, within the run's life and `closes_at`.

    All runs of one person move by the same length, so that they meet and the best of them can be chosen.
    """
    end = min(case.run.expires_at, closes_at or case.run.expires_at)
    return let_go(moment, case.policy.spread, end, case.unit)


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

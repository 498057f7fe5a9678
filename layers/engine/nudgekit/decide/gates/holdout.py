"""Is the person held out, so that the effect can be measured?"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from nudgekit.decide.case import Case
from nudgekit.decide.release import share_of
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import Holdout
from nudgekit.model.base import to_ms
from nudgekit.model.decision import Verdict, passed
from nudgekit.model.ledger import Membership
from nudgekit.model.reasons import Reason


class Period(NamedTuple):
    """One holdout that the message falls under: how the ledger calls it, its salt, its share, its days."""

    name: str
    salt: str
    share: float
    starts: str = ""
    ends: str = ""


def holdout(case: Case, _rung: Rung) -> Verdict:
    """The person is in no holdout that the message falls under: the rule's own, and those of the shop.

    Where somebody stands was decided when they were first judged in the period, and written down with the next message
    or in its place; the record wins, so that a changed share moves nobody. Two who were judged apart before
    they came to share an address are both held out from then on, if one of them was.
    """
    seen: list[tuple[str, object]] = []
    for period in _periods(case):
        held = _is_held(case, period)
        seen.append((period.name, held))
        if held:
            return Verdict("end", Reason.HELD_OUT, None, tuple(seen))
    return passed(*seen)


def memberships(case: Case) -> Mapping[str, Membership]:
    """The person's place in every holdout that the message falls under, to be written down if it is not yet."""
    at = to_ms(case.now)
    return {
        each.name: Membership(at, _is_held(case, each), each.starts, each.ends)
        for each in _periods(case)
        if each.name not in case.ledger.holdouts
    }


def place_of(salt: str, unit: str) -> float:
    """A number from 0 (included) to 1 (excluded) that salt (a trigger's id or a period) and unit alone decide."""
    return share_of("holdout", salt, unit)


def _periods(case: Case) -> tuple[Period, ...]:
    trigger = case.trigger
    own = _own_period(trigger.id, trigger.holdout)
    if trigger.purpose != "promotional" or not case.policy.holdouts:
        return own
    return (*own, *map(_period, case.policy.holdouts_on(case.now, trigger.id)))


@lru_cache(maxsize=256)
def _own_period(trigger: str, share: float) -> tuple[Period, ...]:
    return (Period(f"trigger {trigger}", trigger, share),) if share else ()


@lru_cache(maxsize=256)
def _period(holdout: Holdout) -> Period:
    ends = holdout.until.isoformat() if holdout.until else ""
    return Period(holdout.period, holdout.period, holdout.share, holdout.since.isoformat(), ends)


def _is_held(case: Case, period: Period) -> bool:
    """By the record: the person's own, or of those who share an address; else by lot. One who is held out holds all."""
    ledgers = (case.ledger, *(ledger for each in case.neighbours.values() for ledger in each.ledgers))
    known = [ledger.holdouts[period.name] for ledger in ledgers if period.name in ledger.holdouts]
    if known:
        return any(each.held for each in known)
    return place_of(period.salt, case.unit) < period.share

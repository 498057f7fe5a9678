"""What a gate answers when the shop has set rows of the law aside, and what it would have answered without that."""

from collections.abc import Callable

from nudgekit.decide.case import Case
from nudgekit.model.decision import Verdict


def with_overrides(case: Case, ask: Callable[[frozenset[str]], Verdict]) -> Verdict:
    """The verdict with the policy's overrides; its trace names those that changed it.

    Args:
        case: whose policy it is.
        ask: the gate's verdict, given the rows that do not count.
    """
    overridden = case.policy.overridden
    verdict = ask(overridden)
    if not overridden or _same(verdict, ask(frozenset())):
        return verdict
    changed = [row for row in sorted(overridden) if not _same(verdict, ask(overridden - {row}))]
    told = "; ".join(str(case.policy.override(row)) for row in changed or sorted(overridden))
    return verdict._replace(seen=(*verdict.seen, ("overridden", told)))


def _same(one: Verdict, other: Verdict) -> bool:
    return (one.answer, one.until) == (other.answer, other.until)

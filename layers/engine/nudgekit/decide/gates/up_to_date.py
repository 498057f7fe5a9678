"""Do the facts know yet what they must know?"""

from datetime import timedelta
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.decide.pauses import ask_again
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.reasons import Reason

PAUSE: Final = timedelta(minutes=1)
"""How long folding is given at first to catch up before the run asks again."""

MOST_DOUBLINGS: Final = 10


def up_to_date(case: Case, _rung: Rung) -> Verdict:
    """The facts have folded the event that armed the run, or a later one like it, and do not lag behind as a whole.

    The trigger and the facts hear of events by queues of their own. When folding lags by more than the rule's time, the
    facts know neither the cart nor the order, and any decision on them would be a guess. Each step of the run
    waits twice as long as the one before, so that an event that is never folded costs a dozen wake-ups, not thousands.
    What the shop or the calendar armed stands in nobody's facts. What is posted on the shop's page is posted at once: a
    visitor who is about to leave does not wait, and the gate is asked again when the page fetches it.
    """
    if _is_only_posted(case):
        return PASS
    behind = _lagging(case)
    if behind is not None:
        return behind
    if case.run.of_shop:
        return PASS
    active_at = to_ms(case.run.active_at)
    for name in case.trigger.start_events:
        if case.facts.last_ms(name) >= active_at:
            return PASS
    until = case.now + PAUSE * 2 ** min(case.run.step - 1, MOST_DOUBLINGS)
    return Verdict("wait", Reason.FACTS_BEHIND, until, (("active_at", case.run.active_at),))


def _is_only_posted(case: Case) -> bool:
    """Whether the decision can lead to nothing but a message that waits on the shop's page."""
    rungs = case.trigger.ladder[case.run.rung + 1 :]
    return case.message is None and bool(rungs) and all(rung.channel is Channel.ONSITE for rung in rungs)


def _lagging(case: Case) -> Verdict | None:
    """A wait while the facts were last known to be complete longer ago than the policy allows, or never."""
    allowed, folded_to = case.policy.freshness, case.operation.folded_to
    if allowed is None or not case.operation.lags(allowed, case.now):
        return None
    since = case.run.due_at if folded_to is None else folded_to + allowed
    seen = (("folded_to", folded_to), ("freshness", allowed))
    return Verdict("wait", Reason.FACTS_BEHIND, ask_again(case, since), seen)

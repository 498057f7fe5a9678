"""Was the person, or the last owner of the address, erased?"""

from nudgekit.decide.case import Case
from nudgekit.decide.gates.consent import needs_grant
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, from_ms, to_ms
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.profile import address_mark
from nudgekit.model.reasons import Reason


def erased(case: Case, rung: Rung) -> Verdict:
    """A grant counts only if it was given after the erasure of the person, or of whoever had the address before.

    Transactional messages and those on the shop's own page need no grant: who orders again after an erasure hears of
    the order, and who visits again is a visitor like any other.
    """
    bar = _barred_to(case, rung.channel)
    if not bar and not case.facts.erasing:
        return PASS
    granted_at = case.consent.granted_at(rung.channel, case.trigger.purpose, case.trigger.topic)
    anew = not needs_grant(rung.channel, case.trigger.purpose) or (granted_at is not None and to_ms(granted_at) > bar)
    seen = (("erased_at", from_ms(bar)), ("granted_at", granted_at))
    if anew and not case.facts.erasing:
        return passed(*seen)
    return Verdict("skip", Reason.ERASED, None, seen)


def _barred_to(case: Case, channel: Channel) -> int:
    if not case.profile.barred:
        return case.facts.erased_at
    address = case.profile.address(channel)
    return max(case.facts.erased_at, case.profile.barred.get(address_mark(address), 0) if address else 0)

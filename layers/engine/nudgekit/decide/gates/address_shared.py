"""Was the address messaged about this already, for somebody who shares it?"""

from datetime import timedelta
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.ledger import Entry
from nudgekit.model.reasons import Reason

TOGETHER: Final[dict[Channel, tuple[str, ...]]] = {
    Channel.SMS: ("sms", "whatsapp"),
    Channel.WHATSAPP: ("sms", "whatsapp"),
}
"""Channels that share an address: a number takes texts and WhatsApp messages."""


def address_shared(case: Case, rung: Rung) -> Verdict:
    """No message of the trigger went to the address for somebody else lately, and its caps have room for one more.

    Lately is within the rule's `again_after`, or without one its `expires_after`; the caps count what all who share
    the address were sent there.

    Of two that were claimed at the same time the earlier goes out. An address that a crowd shares is nobody's.
    """
    neighbours = case.neighbours.get(rung.channel)
    if neighbours is None or case.trigger.purpose == "transactional":
        return PASS
    if neighbours.crowd:
        return Verdict("skip", Reason.ADDRESS_SHARED, None, (("shared_by", "a crowd"),))
    channels = TOGETHER.get(rung.channel, (rung.channel.value,))
    window = case.trigger.again_after or case.trigger.expires_after
    own = _own(case, rung)
    earlier = [each for each in neighbours.entries(channels) if own is None or each < own]
    asked = [each for each in earlier if each.trigger == case.trigger.id and each.at > _ms(case, window)]
    seen = (("shared_by", len(neighbours.ledgers) + 1), ("asked_for_others", len(asked)))
    if asked or _full(case, rung, earlier, own):
        return Verdict("skip", Reason.ADDRESS_SHARED, None, seen)
    return passed(*seen)


def _own(case: Case, rung: Rung) -> Entry | None:
    """The ledger's entry of the very message that is about to be handed off; none while it is only decided."""
    if case.run.rung < 0 or not case.run.attempts or case.trigger.ladder[case.run.rung] is not rung:
        return None
    message = case.run.attempts[-1].message
    return next((entry for entry in case.ledger.entries if entry.message == message), None)


def _full(case: Case, rung: Rung, earlier: list[Entry], own: Entry | None) -> bool:
    """Whether a cap has no room once the others' messages count; a calendar window counts as one of its length."""
    besides = own.message if own is not None else None
    for cap in case.policy.caps_on(case.trigger.purpose, rung.channel, case.trigger.id):
        since = case.now - cap.per
        theirs = [each for each in earlier if each.at > to_ms(since) and each.purpose == cap.purpose]
        theirs = [each for each in theirs if cap.trigger in {None, each.trigger}]
        mine = case.ledger.times(cap.purpose, cap.channels, since, cap.trigger, besides)
        if theirs and len(theirs) + len(mine) >= cap.limit:
            return True
    return False


def _ms(case: Case, span: timedelta) -> int:
    return to_ms(case.now - span)

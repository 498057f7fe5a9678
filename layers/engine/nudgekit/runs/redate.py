"""A message that lay in its queue for long counts from its hand-off on, not from its decision."""

from datetime import datetime, timedelta
from typing import Final

from nudgekit.model.base import to_ms
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import Message
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import LEDGER_KEPT

ON_TIME: Final = timedelta(minutes=5)
"""How long after its decision a hand-off may come without the ledger hearing of it: what caps may be off by."""


def redated(message: Message, snapshot: Snapshot, now: datetime) -> tuple[Put, ...]:
    """The write that dates a late message's entry in the ledger anew; none for one on time, or one that no cap counts.

    Caps and `again_after` are judged by the ledger. Were it to say when the message was decided on, a message that
    waited for hours and the next one could reach the person within minutes.
    """
    if message.purpose == "transactional" or now <= message.claimed_at + ON_TIME:
        return ()
    ref = Ref(Kind.LEDGER, message.person)
    stored = snapshot.get(ref)
    before: Ledger = stored.value or Ledger()
    after = before.moved(message.id, to_ms(now))
    return () if after == before else (Put(ref, after, stored.version, None, now + LEDGER_KEPT),)

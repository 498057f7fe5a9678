"""What waits on the shop's page for an id that was merged away: its visitor has logged in and asks under another."""

from collections.abc import Iterator
from datetime import datetime

from nudgekit.model.inbox import Inbox
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.inbox import inbox_ref
from nudgekit.runs.kin import merged_into
from nudgekit.runs.ports import Store
from nudgekit.runs.signals import Events, news_event
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import put_message


def called_back(person: str, store: Store, now: datetime) -> Events:
    """Withhold what waits for `person`, who was merged into somebody else; nothing when they were not.

    Each run hears of its message and goes on under the survivor, whose page finds what it posts there. Whoever is held
    out has come, as far as they ever will under this id: that is told now. What was withheld before is told again, as
    the process that withheld it may have died before it could; so the inbox stays as it is.

    Raises:
        Conflict: a page is asking for one of the messages this very moment; it should be called back again.
    """
    snapshot = Snapshot(store, (Ref(Kind.FACTS, person),))
    events: list[Events] = []
    while survivor := merged_into(person, snapshot):
        events += _withheld(person, snapshot, now)
        person = survivor
    return tuple(event for each in events for event in each)


def _withheld(person: str, snapshot: Snapshot, now: datetime) -> Iterator[Events]:
    inbox: Inbox = snapshot.get(inbox_ref(person)).value or Inbox()
    refs = [Ref(Kind.MESSAGE, person, each.message) for each in inbox.waiting(now)]
    snapshot.refresh(refs)
    for ref in refs:
        stored = snapshot.get(ref)
        message: Message | None = stored.value
        if message is not None and message.status is MessageStatus.CLAIMED:
            message = message.model_copy(update={"status": MessageStatus.WITHHELD, "reason": Reason.MERGED})
            snapshot.commit((put_message(message, stored.version),))
        if message is not None and message.status is MessageStatus.HELD_OUT:
            yield (news_event(message, message.status, message.claimed_at, message.reason),)
        elif message is not None and message.reason is Reason.MERGED:
            yield (news_event(message, message.status, now, message.reason),)

"""Messages for the shop's own page: posted in the person's inbox by the claim itself, instead of put on a queue."""

from collections.abc import Callable
from datetime import datetime

from nudgekit.model.base import Channel, to_ms
from nudgekit.model.inbox import Inbox, Posted
from nudgekit.model.message import Message
from nudgekit.runs.documents import Kind, Put, Ref, Stored
from nudgekit.runs.plan import Plan
from nudgekit.runs.snapshot import Snapshot


def inbox_ref(person: str) -> Ref:
    """What waits for the person on the shop's page."""
    return Ref(Kind.ONSITE, person)


def put_inbox(person: str, inbox: Inbox, version: int) -> Put:
    """The write of an inbox that was read at `version`; it may be forgotten when nothing waits any more."""
    return Put(inbox_ref(person), inbox, version, None, inbox.ends_at)


def with_posted(plan: Plan, priority_of: Callable[[int], int], snapshot: Snapshot, now: datetime) -> Plan:
    """The plan, with its message for the shop's page posted in the same transaction.

    So nothing can be lost between the two, and a repeat that queues other messages again has nothing to do.

    Args:
        plan: what a signal brings about.
        priority_of: the priority of the trigger in a version.
        snapshot: where the inbox is read.
        now: the moment.
    """
    queued = tuple(each for each in plan.messages if each.channel is not Channel.ONSITE)
    if len(queued) == len(plan.messages):
        return plan
    claimed = (put.value for put in plan.puts if isinstance(put, Put) and put.ref.kind is Kind.MESSAGE)
    puts = (_post(each, priority_of(each.version), snapshot, now) for each in claimed if _is_new(each, plan))
    return plan._replace(puts=(*plan.puts, *puts), messages=queued)


def _is_new(message: Message, plan: Plan) -> bool:
    """Whether the plan claims it; the row of an earlier message may be closed in the same plan."""
    return message.channel is Channel.ONSITE and message.id in {each.id for each in plan.messages}


def _post(message: Message, priority: int, snapshot: Snapshot, now: datetime) -> Put:
    stored: Stored = snapshot.get(inbox_ref(message.person))
    inbox: Inbox = stored.value or Inbox()
    posted = Posted(
        message=message.id,
        trigger=message.trigger,
        key=message.run,
        items=message.items,
        priority=priority,
        at=to_ms(message.claimed_at),
        until=to_ms(message.deliver_by or message.claimed_at),
    )
    return put_inbox(message.person, inbox.receive(posted, now), stored.version)

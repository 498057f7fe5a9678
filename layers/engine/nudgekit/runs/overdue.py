"""What became of a run's last message, asked of its row when the run is woken and nobody has said so."""

from datetime import datetime, timedelta
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.decide.pauses import ask_again
from nudgekit.model.base import Channel
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.signals import News

PATIENCE: Final = timedelta(hours=1)
"""How long on the wall a channel may take to get round to a message: longer than its queue goes on delivering it."""

_UNDER_WAY: Final = (MessageStatus.CLAIMED, MessageStatus.HANDING_OFF)


def asked_message(run: Run) -> Ref | None:
    """The row of the run's last message, if the run has not heard that it was lost."""
    if not run.attempts or run.attempts[-1].status is not MessageStatus.CLAIMED:
        return None
    message = run.attempts[-1].message
    return Ref(Kind.MESSAGE, run.under.get(message, run.person), message)


def look_again_at(message: Message, case: Case, patience: timedelta) -> datetime | None:
    """When to ask again for a message that its channel may still be busy with; None when it is given up."""
    if message.status is MessageStatus.CLAIMED and message.channel is Channel.ONSITE:
        until = message.deliver_by or case.run.expires_at
        return until if case.now < until else None
    since = message.handing_off_at or message.claimed_at
    if message.status not in _UNDER_WAY or case.now >= min(since + patience, case.run.expires_at):
        return None
    return min(ask_again(case, since), case.run.expires_at)


def closed(message: Message, run: Run) -> Message:
    """The message with a stated fate.

    One that its channel never began is withheld, and the second time counts as failed, so that the next rung has its
    turn. One that was begun and not finished is in doubt; a transactional one is tried anew. One that waited on the
    shop's page for somebody who did not come has failed.
    """
    if message.status not in _UNDER_WAY:
        return message
    if message.channel is Channel.ONSITE:
        return message.model_copy(update={"status": MessageStatus.FAILED, "reason": Reason.NO_VISIT})
    if message.status is MessageStatus.HANDING_OFF and message.purpose == "promotional":
        return message.model_copy(update={"status": MessageStatus.IN_DOUBT, "reason": Reason.IN_DOUBT})
    again = any(each.rung == message.rung and each.reason is Reason.NOT_PICKED_UP for each in run.attempts)
    status = MessageStatus.FAILED if again else MessageStatus.WITHHELD
    return message.model_copy(update={"status": status, "reason": Reason.NOT_PICKED_UP})


def news_of(message: Message) -> News:
    """The news that the message's row amounts to."""
    return News(
        status=message.status,
        person=message.person,
        message=message.id,
        trigger=message.trigger,
        key=message.run,
        occurrence=message.occurrence,
        rung=message.rung,
        channel=message.channel,
        reason=message.reason,
        items=message.items,
    )

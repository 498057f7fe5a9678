"""Carries the person's reactions back to the stage, each at its time on the stage's clock."""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack
from nudgekit.cli.sink.outbox import Outbox, Sent
from nudgekit.cli.sink.person import Reaction, reactions
from nudgekit.cli.sink.receipts import ses_event, sms_event, whatsapp_notification
from nudgekit.model.base import Channel

TICK = 0.2  # seconds between looks at the outbox
SOONEST = timedelta(milliseconds=300)  # so that a hand-off is written before its receipt arrives

_log = logging.getLogger(__name__)


class Postman(threading.Thread):
    """Watches the outbox and sends receipts when they are due."""

    def __init__(self, outbox: Outbox, stack: Callable[[], Stack | None]) -> None:
        super().__init__(name="postman", daemon=True)
        self._outbox, self._stack, self._seen = outbox, stack, 0
        self._due: list[tuple[datetime, int, Sent, Reaction]] = []
        self._number = itertools.count()
        self._ended = threading.Event()

    def run(self) -> None:
        """Look, send, sleep, until told to end."""
        while not self._ended.wait(TICK):
            stack = self._stack()
            if stack and stack.outputs:
                self.look(stack)
                self.deliver(stack, datetime.now(UTC))

    def end(self) -> None:
        """Stop at the next look."""
        self._ended.set()

    def look(self, stack: Stack) -> None:
        """Plan the reactions to what was sent since the last look."""
        fresh = self._outbox.all()[self._seen :]
        self._seen += len(fresh)
        for sent in fresh:
            for reaction in reactions(sent):
                at = stack.clock.to_real(stack.clock.to_virtual(sent.at) + reaction.after)
                heapq.heappush(self._due, (max(at, sent.at + SOONEST), next(self._number), sent, reaction))

    def deliver(self, stack: Stack, now: datetime) -> None:
        """Send every receipt whose time has come; one that fails is tried again at the next look."""
        while self._due and self._due[0][0] <= now:
            _, _, sent, reaction = self._due[0]
            try:
                _send(stack, sent, reaction, now)  # providers know the wall's clock alone
            except (BotoCoreError, ClientError):
                _log.exception("a receipt could not be sent and will be tried again")
                return
            heapq.heappop(self._due)


def _send(stack: Stack, sent: Sent, reaction: Reaction, at: datetime) -> None:
    if sent.channel is Channel.WHATSAPP:
        topic, text = stack.outputs["WhatsappFeedbackTopicArn"], whatsapp_notification(sent, reaction, at)
        client("sns", stack.aws).publish(TopicArn=topic, Message=text)
        return
    entry = (ses_event if sent.channel is Channel.EMAIL else sms_event)(sent, reaction, at)
    client("events", stack.aws).put_events(Entries=[entry])

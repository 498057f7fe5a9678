"""What becomes of a message that somebody wrote back: heard at once, told to the bus, answered once or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nudgekit.errors import Conflict, Throttled
from nudgekit.language.policy import Policy
from nudgekit.law.wording import Intent
from nudgekit.model.base import EPOCH, Channel, fingerprint
from nudgekit.model.consent import Consent, Status
from nudgekit.model.message import Content, Message
from nudgekit.model.profile import address_mark
from nudgekit.model.reasons import Reason
from nudgekit.runs.consent import Words, consent_of, opt_in, opt_out, remember, said_from, sharers, state, state_from
from nudgekit.runs.documents import ABSENT, Kind, Put, Ref
from nudgekit.runs.ports import Accepted, Provider, Store
from nudgekit.runs.reports import Report
from nudgekit.runs.signals import Events, consent_event, message_received_event
from nudgekit.runs.suppression import Suppression

KEPT: Final = timedelta(days=2)
"""How long it is remembered that an answer was given: longer than anything is delivered again."""

TAKEN: Final = "taken"
FREE: Final = "free"


class Inbound(NamedTuple):
    """One message that somebody wrote; what it said was read once and is not kept.

    Attributes:
        channel: text or WhatsApp.
        number: who wrote, E.164.
        id: the provider's id of the message.
        intent: what it plainly meant.
        at: when it came; None where the provider does not say.
        from_ad: whether a click on an advertisement led there.
        written: whether somebody wrote at all; False: they turned the provider's own switch, which nobody answers.
    """

    channel: Channel
    number: str
    id: str
    intent: Intent
    at: datetime | None
    from_ad: bool = False
    written: bool = True


class Taken(NamedTuple):
    """What was done, and the events the bus must hear."""

    reports: tuple[Report, ...]
    events: Events


class WriteBack:
    """Takes in what people write.

    STOP counts before anything is answered, for everybody who has the number. The answer is claimed before it is sent,
    so that it goes out once or, when the process dies in between, not at all.

    Args:
        store: where consent and answers are kept.
        policy: the shop's.
        provider: sends the answers, by channel.
        promptly: how long after the message an answer still makes sense.
        suppression: knows erased people again.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        provider: Callable[[Channel], Provider],
        promptly: timedelta,
        suppression: Suppression | None = None,
    ) -> None:
        self.store, self.policy, self.provider, self.promptly = store, policy, provider, promptly
        self.suppression = suppression

    def take(self, inbound: Inbound, now: datetime) -> Taken:
        """Take in one message.

        Raises:
            Conflict: others keep changing the same consent; it should come again.
            Throttled: the provider asks to come back later with the answer.
        """
        at, mark = inbound.at or now, address_mark(inbound.number)
        if not inbound.written:
            return self._switched_off(inbound, mark, at, now)
        intent = self._meant(inbound, mark)
        events = self._heard(inbound._replace(intent=intent), mark, at, now)
        people = sharers(self.store, inbound.channel, mark)
        heard = (inbound.channel, intent, inbound.id, at)
        told = tuple(message_received_event(each, *heard, from_ad=inbound.from_ad) for each in people)
        report = Report("received" if people else "unknown", reason=intent or "other", channel=inbound.channel)
        answer = self._answer(inbound._replace(intent=intent), mark, at, now)
        return Taken((report, *((answer,) if answer else ())), (*events, *told))

    def _switched_off(self, inbound: Inbound, mark: str, at: datetime, now: datetime) -> Taken:
        """A provider's switch is about advertising, and no message of theirs that free text might answer."""
        off = {"channel": inbound.channel, "status": "denied", "source": f"provider:{Reason.OPTED_OUT}"}
        words = Words("", (off,), _origin(inbound), at)
        events = state_from(mark, words, self.store, self.policy, now, self.suppression)
        return Taken((Report("received", reason="switched_off", channel=inbound.channel),), events)

    def _meant(self, inbound: Inbound, mark: str) -> Intent:
        """A yes of somebody who had written stop takes that back; any other answers we know not what."""
        if inbound.intent != "yes":
            return inbound.intent
        shelves = [said_from(self.store, inbound.channel, mark)]
        shelves += [consent_of(self.store, each) for each in sharers(self.store, inbound.channel, mark)]
        return "start" if any(_refused_by_keyword(each, inbound.channel) for each in shelves) else ""

    def _heard(self, inbound: Inbound, mark: str, at: datetime, now: datetime) -> Events:
        words = Words("", (), _origin(inbound), at)
        source = f"keyword:{inbound.channel}"
        if inbound.intent == "stop":
            said = opt_out(inbound.channel, self.policy, source)
            return state_from(mark, words._replace(said=said), self.store, self.policy, now, self.suppression)
        return self._welcomed(inbound, mark, words, source, now) if inbound.intent == "start" else ()

    def _welcomed(self, inbound: Inbound, mark: str, words: Words, source: str, now: datetime) -> Events:
        """Somebody comes back. On a number that several share, START undoes no more than STOP did."""
        shelf = said_from(self.store, inbound.channel, mark)
        remember(words._replace(said=opt_in(inbound.channel, shelf, source)), mark, self.store)
        people = sharers(self.store, inbound.channel, mark)
        events: Events = ()
        for person in people:
            standing = consent_of(self.store, person)
            if len(people) == 1 or _refused_by_keyword(standing, inbound.channel):
                own = words._replace(person=person, said=opt_in(inbound.channel, standing, source))
                events += state(own, self.store, self.policy, now, self.suppression)
        return events

    def _answer(self, inbound: Inbound, mark: str, at: datetime, now: datetime) -> Report | None:
        if inbound.intent not in {"stop", "help", "start"} or not self._is_news(inbound, mark):
            return None
        if now - at > self.promptly:
            return Report("ignored", reason="too_late", channel=inbound.channel)
        key = f"{mark}:{at:%Y-%m-%dT%H}" if inbound.intent == "help" else inbound.id
        ref = Ref(Kind.REPLY, fingerprint(inbound.channel, inbound.intent, key))
        return self._send(inbound, ref, now) if self._claim(ref, now) else None

    def _is_news(self, inbound: Inbound, mark: str) -> bool:
        """Whether this very message changed something: only the first STOP is confirmed. Help is always needed."""
        if inbound.intent == "help":
            return True
        word = said_from(self.store, inbound.channel, mark).said.get(f"{inbound.channel}|promotional|")
        said = consent_event("", {"channel": inbound.channel}, _origin(inbound), EPOCH)
        return word is not None and word.event_id == said["detail"]["message_id"]

    def _claim(self, ref: Ref, now: datetime) -> bool:
        stored = self.store.read((ref,)).get(ref, ABSENT)
        if stored.value == TAKEN:
            return False
        try:
            self.store.commit((Put(ref, TAKEN, stored.version, None, now + KEPT),))
        except Conflict:
            return False
        return True

    def _send(self, inbound: Inbound, ref: Ref, now: datetime) -> Report:
        try:
            answer = self.provider(inbound.channel).send(self._message(inbound, ref, now), inbound.number, "")
        except Throttled:
            self._release(ref, now)
            raise
        except Exception:  # nobody knows whether it went out, so it does not go out again
            return Report("in_doubt", reason=inbound.intent, channel=inbound.channel)
        if isinstance(answer, Accepted):
            return Report("answered", reason=inbound.intent, channel=inbound.channel)
        return Report("failed", reason=answer.reason, channel=inbound.channel)

    def _release(self, ref: Ref, now: datetime) -> None:
        """The provider has certainly not taken the answer: whoever comes next may send it."""
        version = self.store.read((ref,)).get(ref, ABSENT).version
        self.store.commit((Put(ref, FREE, version, None, now + KEPT),))

    def _message(self, inbound: Inbound, ref: Ref, now: datetime) -> Message:
        shop = self.policy.shop
        text: str = getattr(self.policy.replies, inbound.intent)
        body = text.format(shop=shop.name, contact=shop.contact or shop.url)
        return Message(
            id=f"r{ref.owner}",
            person="",
            trigger="",
            version=0,
            run="",
            occurrence=0,
            rung=0,
            channel=inbound.channel,
            purpose="transactional",
            content=Content(channel=inbound.channel, body=body),
            claimed_at=now,
        )


def _origin(inbound: Inbound) -> str:
    return f"{inbound.channel}:{inbound.id}"


def _refused_by_keyword(consent: Consent, channel: Channel) -> bool:
    word = consent.said.get(f"{channel}|promotional|")
    return word is not None and word.status is Status.DENIED and (word.source or "").startswith("keyword:")

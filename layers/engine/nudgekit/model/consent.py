"""What a person allowed: channel x purpose x topic, with its evidence."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final, Literal

from pydantic import Field

from nudgekit.model.base import Channel, Id, Model, Purpose, Timestamp, to_ms

Basis = Literal["express", "implied", "contract"]

IMPLIED_LASTS: Final = timedelta(days=730)
"""How long consent that follows from a purchase lasts at most: two years under Canada's anti-spam law, which is the
shortest that is written down (valid from 2014-07-01). Source: https://crtc.gc.ca/eng/com500/guide.htm."""

LONGEST_TOPIC: Final = 64
LONGEST_WORDING: Final = 1000
LONGEST_SOURCE: Final = 200


class Status(StrEnum):
    """What the person said."""

    GRANTED = "granted"
    DENIED = "denied"
    PENDING = "pending"
    UNKNOWN = "unknown"


class Evidence(Model):
    """One thing a person said about being messaged: what, how it was worded, where it was said, when.

    Attributes:
        channel, purpose, topic: what it is about; an empty topic stands for all of the channel.
        status: granted, denied, pending (asked for, and not confirmed yet) or unknown (whatever was said is void).
        basis: said in so many words, implied by a purchase, or part of a contract.
        wording: the version or text of what the person saw.
        source: where it was said: a page, `keyword:sms`, `provider:...`.
        at: when.
        expires_at: until when it holds; a refusal holds until it is taken back.
        event_id: the event that told.
        confirmed: the person has shown that the address is theirs, so that nothing is left to be confirmed.
    """

    channel: Channel
    purpose: Purpose = "promotional"
    topic: str = Field(default="", max_length=LONGEST_TOPIC)
    status: Status
    basis: Basis = "express"
    wording: str | None = Field(default=None, max_length=LONGEST_WORDING)
    source: str | None = Field(default=None, max_length=LONGEST_SOURCE)
    at: Timestamp
    expires_at: Timestamp | None = None
    event_id: Id
    confirmed: bool = False

    @property
    def shelf(self) -> Literal["said", "asked", "inferred"]:
        """Where the last of its kind is kept: what waits for a yes, what nobody said but a purchase tells, all else."""
        if self.status is Status.PENDING:
            return "asked"
        return "said" if self.basis == "express" or self.status is Status.DENIED else "inferred"

    @property
    def subject(self) -> str:
        """What it is about: channel, purpose and topic in one word."""
        return f"{self.channel}|{self.purpose}|{self.topic}"

    @property
    def rank(self) -> tuple[int, bool, str]:
        """The last word wins; said at the same moment, the refusal wins."""
        return to_ms(self.at), self.status is Status.DENIED, self.event_id

    @property
    def ends_at(self) -> datetime | None:
        """When it lapses; None: not by itself."""
        if self.status is not Status.GRANTED:
            return None
        if self.basis != "implied":
            return self.expires_at
        return min(filter(None, (self.expires_at, self.at + IMPLIED_LASTS)))

    def grants(self, now: datetime) -> bool:
        """Whether it allows something at `now`."""
        return self.status is Status.GRANTED and (self.ends_at is None or now < self.ends_at)


class Consent(Model):
    """The last word on every subject.

    Attributes:
        said: subject -> what was last said, and stands.
        asked: subject -> what was last asked for and waits to be confirmed.
        inferred: subject -> what a purchase or a contract last told. It takes no refusal back and stands in for nothing
            that was said: of somebody who has refused, a purchase allows nothing.
        merged_at: when this person was last found to be another one as well; what was said before that, and is heard
            only now, is heard strictly: a refusal wins over every grant of that time.
    """

    said: dict[str, Evidence] = {}
    asked: dict[str, Evidence] = {}
    inferred: dict[str, Evidence] = {}
    merged_at: Timestamp | None = None

    def heard(self, evidence: Evidence) -> "Consent":
        """The consent with one more piece of evidence; the order of hearing does not matter."""
        shelf = evidence.shelf
        if self.merged_at is not None and evidence.at <= self.merged_at and shelf == "said":
            return self._heard_late(evidence, self.merged_at)
        words: dict[str, Evidence] = getattr(self, shelf)
        before = words.get(evidence.subject)
        if before is not None and before.rank >= evidence.rank:
            return self
        return self.model_copy(update={shelf: {**words, evidence.subject: evidence}})

    def _heard_late(self, evidence: Evidence, merged_at: datetime) -> "Consent":
        before = self.said.get(evidence.subject)
        said = {} if before is not None and before.rank >= evidence.rank else {evidence.subject: evidence}
        if evidence.status is Status.DENIED:
            said |= {
                subject: evidence.model_copy(update={"topic": word.topic})
                for subject, word in self.said.items()
                if _covers(evidence, word) and word.status is not Status.DENIED and word.at <= merged_at
            }
        elif self.refusal(evidence.channel, evidence.purpose, evidence.topic) is not None:
            return self
        return self.model_copy(update={"said": {**self.said, **said}}) if said else self

    def merged(self, other: "Consent", at: datetime) -> "Consent":
        """The consent of a person who was taken for two, and found to be one `at`: the stricter word wins.

        A refusal of either wins over every grant of the other, whenever it was given; a grant after `at` counts again.
        """
        subjects = {**self.said, **other.said}
        said = {subject: _stricter(subject, word, self, other) for subject, word in subjects.items()}
        times = [each for each in (self.merged_at, other.merged_at, at) if each is not None]
        asked, inferred = _latest(self.asked, other.asked), _latest(self.inferred, other.inferred)
        return Consent(said=said, asked=asked, inferred=inferred, merged_at=max(times))

    def standing(self, word: Evidence) -> Evidence | None:
        """What was said before, if it says what `word` says, does not end, and nothing else was said since.

        A refusal of the channel does not stand where one of its topics was allowed after it, nor a grant of a topic
        where the channel was refused after it.
        """
        shelf: dict[str, Evidence] = getattr(self, word.shelf)
        before = shelf.get(word.subject)
        if before is None or (before.status, before.ends_at, before.confirmed) != (word.status, None, word.confirmed):
            return None
        every = (*self.said.values(), *self.asked.values(), *self.inferred.values())
        since = (each for each in every if each.rank > before.rank and each.status is not word.status)
        return None if any(_covers(each, word) or _covers(word, each) for each in since) else before

    def refusal(self, channel: Channel, purpose: Purpose, topic: str = "") -> Evidence | None:
        """The refusal that stands for the topic, or for the channel and purpose as a whole, if one does."""
        general = self.said.get(f"{channel}|{purpose}|")
        own = self.said.get(f"{channel}|{purpose}|{topic}") if topic else None
        refusals = [word for word in (own, general) if word is not None and word.status is Status.DENIED]
        if own is not None and own.status is Status.GRANTED and all(word.rank < own.rank for word in refusals):
            return None
        return max(refusals, key=_rank, default=None)

    def granted_at(self, channel: Channel, purpose: Purpose, topic: str = "") -> datetime | None:
        """When the latest of the grants was given that may stand for the topic; None: there is none."""
        subjects = [f"{channel}|{purpose}|{each}" for each in {topic, ""}]
        words = [shelf[each] for shelf in (self.said, self.inferred) for each in subjects if each in shelf]
        return max((word.at for word in words if word.status is Status.GRANTED), default=None)

    def last_word(self, channel: Channel, purpose: Purpose, topic: str = "") -> Evidence | None:
        """What was last said about the topic, or about the channel and purpose as a whole."""
        return self.said.get(f"{channel}|{purpose}|{topic}") or self.said.get(f"{channel}|{purpose}|")

    def status(self, channel: Channel, purpose: Purpose, now: datetime, topic: str = "") -> Status:
        """What the person allows now.

        What is said of the channel ends whatever was allowed for its topics before; a topic that was refused stays
        refused when the channel is allowed. What was asked for counts for nothing until it is confirmed, and takes no
        refusal back; nor does what is inferred, which counts where nothing was said since.
        """
        general = self.said.get(_general(channel, purpose))
        if not topic and general is not None and general.grants(now):
            return Status.GRANTED  # as most are, and asked of every rung of every decision
        own = self.said.get(f"{channel}|{purpose}|{topic}") if topic else None
        if own is not None and general is not None and own.rank < general.rank and own.status is not Status.DENIED:
            own = None
        if own is not None and own.grants(now):
            return Status.GRANTED
        words = [word for word in (own, general) if word is not None]
        if any(word.status is Status.DENIED for word in words):
            return Status.DENIED
        if any(word.grants(now) for word in words) or self._is_inferred(channel, purpose, topic, now):
            return Status.GRANTED
        return Status.PENDING if self._is_asked(channel, purpose, topic) else Status.UNKNOWN

    def _is_inferred(self, channel: Channel, purpose: Purpose, topic: str, now: datetime) -> bool:
        if not self.inferred:
            return False
        general, own = _general(channel, purpose), f"{channel}|{purpose}|{topic}"
        said = [self.said[each].rank for each in (general, own) if each in self.said]
        words = (self.inferred[each] for each in (general, own) if each in self.inferred)
        return any(word.grants(now) and all(rank < word.rank for rank in said) for word in words)

    def _is_asked(self, channel: Channel, purpose: Purpose, topic: str) -> bool:
        for subject in {f"{channel}|{purpose}|{topic}", f"{channel}|{purpose}|"}:
            asked, said = self.asked.get(subject), self.said.get(subject)
            if asked is not None and (said is None or said.rank < asked.rank):
                return True
        return False

    def waiting(self, channel: Channel) -> tuple[Evidence, ...]:
        """What was asked for on `channel` and waits to be confirmed, by subject."""
        asked = (word for _, word in sorted(self.asked.items()) if word.channel is channel)
        return tuple(word for word in asked if self._outranks(word))

    def _outranks(self, word: Evidence) -> bool:
        said = self.said.get(word.subject)
        return said is None or said.rank < word.rank


@cache
def _general(channel: Channel, purpose: Purpose) -> str:
    """The subject of all that is said about a channel and purpose as a whole."""
    return f"{channel}|{purpose}|"


def _covers(refusal: Evidence, word: Evidence) -> bool:
    """Whether the refusal is about the word's subject, or about its channel and purpose as a whole."""
    whole = (refusal.channel, refusal.purpose) == (word.channel, word.purpose)
    return whole and refusal.topic in {"", word.topic}


def _stricter(subject: str, word: Evidence, *sides: Consent) -> Evidence:
    refusals = [each for side in sides if (each := side.refusal(word.channel, word.purpose, word.topic)) is not None]
    if refusals:
        return max(refusals, key=_rank).model_copy(update={"topic": word.topic})
    return max((side.said[subject] for side in sides if subject in side.said), key=_rank)


def _latest(one: dict[str, Evidence], other: dict[str, Evidence]) -> dict[str, Evidence]:
    """The later word of both shelves on every subject."""
    return {
        subject: max((shelf[subject] for shelf in (one, other) if subject in shelf), key=_rank)
        for subject in {**one, **other}
    }


def _rank(evidence: Evidence) -> tuple[int, bool, str]:
    return evidence.rank

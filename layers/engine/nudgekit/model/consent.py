"""What a person allowed: channel x purpose x topic, with its evidence."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from nudgekit.model.base import Channel, Id, Model, Purpose, Timestamp, to_ms

Basis = Literal["express", "implied", "contract"]


class Status(StrEnum):
    """What the person said."""

    GRANTED = "granted"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Evidence(Model):
    """One thing a person said about being messaged: what, how it was worded, where it was said, when."""

    channel: Channel
    purpose: Purpose = "promotional"
    topic: str = ""
    status: Status
    basis: Basis = "express"
    wording: str | None = None
    source: str | None = None
    at: Timestamp
    expires_at: Timestamp | None = None
    event_id: Id

    @property
    def subject(self) -> str:
        """What it is about: channel, purpose and topic in one word."""
        return f"{self.channel}|{self.purpose}|{self.topic}"

    @property
    def rank(self) -> tuple[int, bool, str]:
        """The last word wins; said at the same moment, the refusal wins."""
        return to_ms(self.at), self.status is Status.DENIED, self.event_id


class Consent(Model):
    """The last word on every subject.

    Attributes:
        said: each subject's last word.
        merged_at: when this person was last found to be another one as well; what was said before that, and is heard
            only now, is heard strictly: a refusal wins over every grant of that time.
    """

    said: dict[str, Evidence] = {}
    merged_at: Timestamp | None = None

    def heard(self, evidence: Evidence) -> "Consent":
        """The consent with one more piece of evidence; the order of hearing does not matter."""
        if self.merged_at is not None and evidence.at <= self.merged_at:
            return self._heard_late(evidence, self.merged_at)
        before = self.said.get(evidence.subject)
        if before is not None and before.rank >= evidence.rank:
            return self
        return self._with({evidence.subject: evidence})

    def _with(self, said: Mapping[str, Evidence]) -> "Consent":
        return self.model_copy(update={"said": {**self.said, **said}})

    def _heard_late(self, evidence: Evidence, merged_at: datetime) -> "Consent":
        if evidence.status is Status.DENIED:
            held = {
                subject: evidence.model_copy(update={"topic": word.topic})
                for subject, word in self.said.items()
                if _covers(evidence, word) and word.status is not Status.DENIED and word.at <= merged_at
            }
            return self._with({evidence.subject: evidence, **held} if evidence.subject not in self.said else held)
        before = self.last_word(evidence.channel, evidence.purpose, evidence.topic)
        if before is not None and (before.status is Status.DENIED or before.rank >= evidence.rank):
            return self
        return self._with({evidence.subject: evidence})

    def merged(self, other: "Consent", at: datetime) -> "Consent":
        """The consent of a person who was taken for two, and found to be one `at`: the stricter word wins.

        A refusal of either wins over every grant of the other, whenever it was given; a grant after `at` counts again.
        """
        subjects = {**self.said, **other.said}
        said = {subject: _stricter(subject, word, self, other) for subject, word in subjects.items()}
        times = [each for each in (self.merged_at, other.merged_at, at) if each is not None]
        return Consent(said=said, merged_at=max(times))

    def last_word(self, channel: Channel, purpose: Purpose, topic: str = "") -> Evidence | None:
        """What was last said about the topic, or about the channel and purpose as a whole."""
        return self.said.get(f"{channel}|{purpose}|{topic}") or self.said.get(f"{channel}|{purpose}|")

    def status(self, channel: Channel, purpose: Purpose, now: datetime, topic: str = "") -> Status:
        """Granted, denied, or unknown when nothing was said or what was said has lapsed."""
        word = self.last_word(channel, purpose, topic)
        if word is None or (word.expires_at is not None and word.expires_at <= now):
            return Status.UNKNOWN
        return word.status


def _covers(refusal: Evidence, word: Evidence) -> bool:
    """Whether the refusal is about the word's subject, or about its channel and purpose as a whole."""
    whole = (refusal.channel, refusal.purpose) == (word.channel, word.purpose)
    return whole and refusal.topic in {"", word.topic}


def _stricter(subject: str, word: Evidence, *sides: Consent) -> Evidence:
    words = [each for side in sides if (each := side.last_word(word.channel, word.purpose, word.topic)) is not None]
    refusals = [each for each in words if each.status is Status.DENIED]
    if refusals:
        return max(refusals, key=_rank).model_copy(update={"topic": word.topic})
    return max((side.said[subject] for side in sides if subject in side.said), key=_rank)


def _rank(evidence: Evidence) -> tuple[int, bool, str]:
    return evidence.rank

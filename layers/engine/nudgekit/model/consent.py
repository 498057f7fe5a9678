"""What a person allowed: channel x purpose x topic, with its evidence."""

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
    """The last word on every subject."""

    said: dict[str, Evidence] = {}

    def heard(self, evidence: Evidence) -> "Consent":
        """The consent with one more piece of evidence; the order of hearing does not matter."""
        before = self.said.get(evidence.subject)
        if before is not None and before.rank >= evidence.rank:
            return self
        return Consent(said={**self.said, evidence.subject: evidence})

    def last_word(self, channel: Channel, purpose: Purpose, topic: str = "") -> Evidence | None:
        """What was last said about the topic, or about the channel and purpose as a whole."""
        return self.said.get(f"{channel}|{purpose}|{topic}") or self.said.get(f"{channel}|{purpose}|")

    def status(self, channel: Channel, purpose: Purpose, now: datetime, topic: str = "") -> Status:
        """Granted, denied, or unknown when nothing was said or what was said has lapsed."""
        word = self.last_word(channel, purpose, topic)
        if word is None or (word.expires_at is not None and word.expires_at <= now):
            return Status.UNKNOWN
        return word.status

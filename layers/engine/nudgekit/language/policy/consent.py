"""What people can choose, what must be confirmed, and what they are answered."""

import re
from dataclasses import dataclass, fields
from typing import Final

from nudgekit.language.policy.checks import mistake
from nudgekit.model.base import Channel
from nudgekit.model.consent import LONGEST_TOPIC

CONFIRMABLE: Final = (Channel.EMAIL,)
"""Channels on which a grant can be asked to be confirmed by a link: the trigger confirm_subscription writes to them."""

MOST_TOPICS: Final = 40
"""Topics of a shop: more is no choice, and the preference page has each five times."""

LONGEST_REPLY: Final = 160
"""Characters of a text message that is one, in the alphabet that every carrier takes."""


@dataclass(frozen=True)
class Topic:
    """Something people allow or refuse by itself: the `topic` of triggers, and what the preference page calls it."""

    id: str
    label: str

    def __post_init__(self) -> None:
        if not re.fullmatch(rf"[\w.:-]{{1,{LONGEST_TOPIC}}}", str(self.id), re.ASCII):
            remedy = f"use at most {LONGEST_TOPIC} plain letters, digits and _ - . :"
            mistake("id", f"{self.id!r} is not a topic", remedy)
        if not str(self.label).strip():
            mistake("label", f"the topic {self.id!r} has no label", "say what people read on the preference page")


@dataclass(frozen=True, kw_only=True)
class Replies:
    """What people are answered who write STOP, HELP or START. `{shop}` and `{contact}` stand for the shop's own.

    A confirmation of STOP must not advertise: no links, one text message.
    """

    stop: str = "{shop}: you are unsubscribed and will get no more messages from us here. Reply START to come back."
    help: str = "{shop}: for help, contact {contact}. Reply STOP to get no more messages."
    start: str = "{shop}: you are subscribed again. Reply STOP to end this, HELP for help."

    def __post_init__(self) -> None:
        for field in fields(self):
            text = getattr(self, field.name)
            try:
                sample = str(text).format(shop="", contact="")
            except (KeyError, IndexError, ValueError):
                mistake(field.name, "the reply has a blank that nothing fills", "use {shop} and {contact} alone")
                continue
            if not sample.strip() or len(sample) > LONGEST_REPLY:
                mistake(field.name, "the reply is empty or too long", f"write at most {LONGEST_REPLY} characters")
        if "://" in str(self.stop) or "www." in str(self.stop):
            mistake("stop", "the confirmation has a link", "leave it out: a confirmation must not advertise")


REPLIES: Final = Replies()

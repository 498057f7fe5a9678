"""Who turned out to be whom, and whom nobody may know any more."""

from nudgekit.model.base import Model, PersonId, Timestamp


class Link(Model):
    """One person turned out to be another: the trace that the merge left with the survivor.

    Attributes:
        person: who was merged away.
        at: when it was said.
        event_id: by which event.
    """

    person: PersonId
    at: Timestamp
    event_id: str


class Suppressed(Model):
    """What is left of an erased person or address, under a keyed hash: up to when nothing counts."""

    at: Timestamp

"""How far the asking of many people has come: waves, the pace they keep, and how far the calendar was looked at."""

from typing import Literal

from nudgekit.model.base import Model, Timestamp
from nudgekit.model.event import Event

Of = Literal["profile", "follower"]
"""Whose place the people of a wave are found by: everybody's own, or that of somebody who follows something."""


class Wave(Model):
    """One share of the people whom one event of the shop or the calendar concerns, asked page after page.

    Attributes:
        event: what each of them is asked about.
        of: by what they are found.
        places: the parts of the cohort that are not through yet, each with the rank that its last page ended at.
        step: how many pages have been asked.
        asked: how many people.
        room: how many more are asked before the next pause; None: there is no pause.
        due_at: before when the next page is not asked.
    """

    event: Event
    of: Of
    places: dict[str, str]
    step: int = 0
    asked: int = 0
    room: int | None = None
    due_at: Timestamp

    @property
    def over(self) -> bool:
        """Whether everybody was asked, or nobody is to be any more."""
        return not self.places


class Pace(Model):
    """When the next page of a lane may be asked: all that one trigger does at a time keeps to it together."""

    free_at: Timestamp


class Calendar(Model):
    """Up to when a trigger's hours of the calendar have been looked at."""

    until: Timestamp

"""How many people a trigger may reach before somebody must look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from nudgekit.language.names import is_trigger_id
from nudgekit.language.policy.checks import mistake

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=1)


@dataclass(frozen=True)
class SafetyLimit:
    """A trigger that would reach more than `people` within `per` stops and asks.

    Attributes:
        people: how many it may reach, messages of one batch to one person counting once.
        per: within which stretch of time; from a minute to a day.
        trigger: for this trigger alone, in place of the general limit; None: for every trigger without one of its own.
    """

    people: int
    per: timedelta
    trigger: str | None = None

    def __post_init__(self) -> None:
        if type(self.people) is not int or self.people < 1:
            mistake("people", f"{self.people!r} is not a number of people", "write a whole number above 0")
        if not isinstance(self.per, timedelta) or not SHORTEST <= self.per <= LONGEST:
            mistake("per", "the safety limit has no stretch of time", "write minutes(1) to days(1)")
        if self.trigger is not None and not is_trigger_id(self.trigger):
            mistake("trigger", f"{self.trigger!r} cannot be a trigger", "name its folder, or leave it out for all")


def safety_mistakes(limits: Sequence[SafetyLimit]) -> Iterator[tuple[str, str, str]]:
    """Triggers that have two limits: keyword, what, remedy."""
    names = [each.trigger for each in limits]
    for name in sorted({each or "every trigger" for each in names if names.count(each) > 1}):
        yield "safety", f"{name} has two safety limits", "keep one of them"

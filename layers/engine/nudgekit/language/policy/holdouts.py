"""Who is not messaged for a while, so that the effect of messages can be measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from nudgekit.language.names import is_trigger_id
from nudgekit.language.policy.checks import mistake

LARGEST: Final = 0.5
"""The largest share that a holdout of the shop may have."""


@dataclass(frozen=True)
class Holdout:
    """A share of people who get no promotional message of `triggers` (None: of any) during a period.

    Attributes:
        id: its name.
        share: of all people, above 0, at most `LARGEST`.
        since: the period's first day, in the shop's default zone.
        until: the first day after it; None: it goes on.
        triggers: whose messages are held back; None: all promotional ones.

    Who is in it depends on the person, `id` and `since`: another period draws anew, and a changed share or end never
    moves anybody who has been judged.
    """

    id: str
    share: float
    since: date
    until: date | None = None
    triggers: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not 1 <= len(self.id) <= 40 or "|" in self.id:
            mistake("id", f"{self.id!r} cannot be a holdout's id", "use up to 40 letters, digits and -, as in 2026-q4")
        if type(self.share) is not float or not 0 < self.share <= LARGEST:
            mistake("share", f"{self.share!r} is not a share", "write 0.05 to hold out 5 of 100 people, at most 0.5")
        if type(self.since) is not date:
            mistake("since", "the holdout has no first day", "write it as in since=date(2026, 10, 1)")
        elif self.until is not None and (type(self.until) is not date or self.until <= self.since):
            mistake("until", "the holdout ends before it begins", "write the first day after it")
        self._check_triggers()

    def _check_triggers(self) -> None:
        if self.triggers is None:
            return
        if not isinstance(self.triggers, tuple) or not self.triggers or not all(map(is_trigger_id, self.triggers)):
            mistake("triggers", "triggers= names no triggers", 'write a tuple, as in triggers=("cart_abandonment",)')

    @property
    def period(self) -> str:
        """Names this period of this holdout."""
        return f"{self.id}|{self.since.isoformat()}"

    def holds(self, day: date, trigger: str) -> bool:
        """Whether messages of `trigger` fall under it on `day`."""
        return (
            self.since <= day
            and (self.until is None or day < self.until)
            and (self.triggers is None or trigger in self.triggers)
        )


def holdout_mistakes(holdouts: Sequence[Holdout]) -> Iterator[tuple[str, str, str]]:
    """Two periods of one holdout that overlap: keyword, what, remedy."""
    for one, other in combinations(holdouts, 2):
        first, second = sorted((one, other), key=lambda each: each.since)
        if one.id == other.id and (first.until is None or second.since < first.until):
            yield "holdouts", f'two periods of "{one.id}" overlap', "end the first before the second begins"

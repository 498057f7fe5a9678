"""Messages in several wordings, each for a share of people, so that their effects can be compared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from typing import Any, Final

from nudgekit.language.mistakes import caller, keyword_place, report

CONTROL: Final = "control"
"""The variant whose messages stand in `messages/<channel>.liquid`."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?")


@dataclass(frozen=True)
class Experiment:
    """Which share of people gets which variant of a trigger's messages.

    Attributes:
        id: its name; another name draws people anew.
        shares: variant -> its share of people. `control` is one of them; every other one has its own wording for at
            least one channel, `messages/<channel>.<variant>.liquid`, and control's for the rest.
    """

    id: str
    shares: Mapping[str, float]

    def __post_init__(self) -> None:
        place = None
        for keyword, what, remedy in self._mistakes():
            place = place or caller()
            report(what, remedy, keyword_place(place, keyword))

    def __hash__(self) -> int:
        return hash((self.id, tuple(sorted(self.shares.items()))))

    def _mistakes(self) -> Iterator[tuple[str, str, str]]:
        if not isinstance(self.id, str) or not _NAME.fullmatch(self.id):
            yield "id", f"{self.id!r} cannot be an experiment's id", "use up to 40 lower-case letters, digits, - and _"
        if not isinstance(self.shares, Mapping) or CONTROL not in self.shares or len(self.shares) < 2:
            yield "shares", "the experiment compares nothing", 'write shares={"control": 0.5, "b": 0.5}'
            return
        for name, share in self.shares.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                yield "shares", f"{name!r} cannot be a variant", "use up to 40 lower-case letters, digits, - and _"
            if type(share) is not float or not 0 < share < 1:
                yield "shares", f"{share!r} is not a share", "write a number between 0 and 1, as in 0.5"
        sizes = [share for share in self.shares.values() if type(share) is float]
        if len(sizes) == len(self.shares) and not isclose(sum(sizes), 1):
            yield "shares", f"the shares add up to {sum(sizes):g}", "make them add up to 1"

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants that have messages of their own, sorted."""
        return tuple(sorted(name for name in self.shares if name != CONTROL))

    def variant_at(self, place: float) -> str:
        """The variant of somebody at `place` on a line from 0 (included) to 1 (excluded)."""
        upto = 0.0
        for name in sorted(self.shares):
            upto += self.shares[name]
            if place < upto:
                return name
        return max(self.shares)

    def to_data(self) -> dict[str, Any]:
        """The experiment as plain JSON values."""
        return {"id": self.id, "shares": {name: float(share) for name, share in self.shares.items()}}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Experiment":
        """The experiment that `to_data` wrote."""
        return cls(data["id"], data["shares"])

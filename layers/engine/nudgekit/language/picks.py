"""Products that a message recommends, as in `similar() | bestsellers(of="category", days=7)`: `|` joins fallbacks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from nudgekit.language.mistakes import nearest, report

Strategy = Literal["similar", "bestsellers", "popular", "complements", "for_you"]
"""Where products come from."""

Of = Literal["", "category", "brand", "all"]
"""Whose best sellers or favourites; empty where the strategy needs no word."""

LONGEST_DAYS: Final = 30
"""How many days of sales and interest are looked at."""

MOST: Final = 10
"""Products that one message shows."""


@dataclass(frozen=True)
class Pick:
    """One way to find products.

    Attributes:
        strategy: where they come from.
        of: for best sellers and favourites: of the category last looked at, of the favourite brand, or of all.
        days: for those, how many days count.
        at_least: fewer are none at all.
        at_most: more are not shown.
        unseen: whether products are left out that the person looked at lately.
    """

    strategy: Strategy
    of: Of = ""
    days: int = 0
    at_least: int = 1
    at_most: int = 4
    unseen: bool = True

    def __str__(self) -> str:
        usual = _USUAL[self.strategy]
        said = [
            f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
            for name, value in asdict(self).items()
            if value != getattr(usual, name)
        ]
        return f"{self.strategy}({', '.join(said)})"


@dataclass(frozen=True)
class Picks:
    """Ways to find products: the first that finds enough is taken. `|` joins them."""

    parts: tuple[Pick, ...]

    def __or__(self, other: "Picks") -> "Picks":
        if not isinstance(other, Picks):
            report(f"{other!r} picks no products", 'join picks, as in similar() | bestsellers(of="category")')
            return self
        return Picks((*self.parts, *other.parts))

    def __bool__(self) -> bool:
        report(f"{self} has no truth of its own", "use |, not or")
        return True

    def __str__(self) -> str:
        return " | ".join(map(str, self.parts))

    def to_data(self) -> list[dict[str, Any]]:
        """The picks as plain JSON values."""
        return [asdict(part) for part in self.parts]

    @classmethod
    def from_data(cls, data: Sequence[Mapping[str, Any]]) -> "Picks":
        """The picks that `to_data` wrote."""
        return cls(tuple(Pick(**part) for part in data))


def similar(*, at_least: int = 1, at_most: int = 4, unseen: bool = True) -> Picks:
    """What people look at together with the product that the run is about, or else the one last looked at."""
    return _picks(Pick("similar", "", 0, at_least, at_most, unseen))


def bestsellers(
    of: str = "category", days: int = 7, *, at_least: int = 1, at_most: int = 4, unseen: bool = True
) -> Picks:
    """What was bought most in the last `days`: in the `category` last looked at, of the favourite `brand`, of `all`."""
    return _picks(Pick("bestsellers", _of(of), days, at_least, at_most, unseen))


def popular(of: str = "brand", days: int = 10, *, at_least: int = 1, at_most: int = 4, unseen: bool = True) -> Picks:
    """What drew most interest in the last `days`, bought or not; `of` as for `bestsellers`."""
    return _picks(Pick("popular", _of(of), days, at_least, at_most, unseen))


def complements(*, at_least: int = 1, at_most: int = 4, unseen: bool = True) -> Picks:
    """Products of the categories that are bought together with what the person bought or liked."""
    return _picks(Pick("complements", "", 0, at_least, at_most, unseen))


def for_you(*, at_least: int = 1, at_most: int = 4, unseen: bool = True) -> Picks:
    """What goes with the person's latest likes and views; where that is too little, the shop's best sellers."""
    return _picks(Pick("for_you", "", 7, at_least, at_most, unseen))


_USUAL: Final[Mapping[Strategy, Pick]] = {
    "similar": Pick("similar"),
    "bestsellers": Pick("bestsellers", "category", 7),
    "popular": Pick("popular", "brand", 10),
    "complements": Pick("complements"),
    "for_you": Pick("for_you", "", 7),
}


def _of(of: str) -> Of:
    known = [each for each in get_args(Of) if each]
    if of not in known:
        report(f"of={of!r} is not known", nearest(str(of), known))
        return "category"
    return of  # type: ignore[return-value]  # one of them, as just seen


def _picks(pick: Pick) -> Picks:
    """`pick` by itself, once its numbers are seen to make sense."""
    timed = pick.strategy in {"bestsellers", "popular"}
    if timed and not _counts(pick.days, LONGEST_DAYS):
        report(f"days={pick.days!r} is not a number of days", f"give whole days, 1 to {LONGEST_DAYS}, as in days=7")
    for name in ("at_least", "at_most"):
        if not _counts(getattr(pick, name), MOST):
            report(f"{name}={getattr(pick, name)!r} cannot be shown", f"give a whole number from 1 to {MOST}")
            return Picks((_USUAL[pick.strategy],))
    if pick.at_least > pick.at_most:
        report(f"at_least={pick.at_least} is more than at_most={pick.at_most}", "raise at_most, or lower at_least")
    if type(pick.unseen) is not bool:
        report(f"unseen={pick.unseen!r} says neither yes nor no", "write unseen=True or unseen=False")
    return Picks((pick,))


def _counts(number: object, most: int) -> bool:
    return type(number) is int and 1 <= number <= most

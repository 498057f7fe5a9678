"""Conditions: what an audience is made of.

A condition is a tree of small frozen objects. Fields such as `cart.value` stand for a value; comparing them gives
a `Condition`, and conditions combine with `&`, `|` and `~`. A condition compiles once to plain Python.

A comparison with a missing value is false, `!=` included; `~` turns a false comparison into a true one as usual.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from nudgekit.language.durations import spell
from nudgekit.language.mistakes import report

if TYPE_CHECKING:
    from nudgekit.language.scope import Scope

type Literal = str | int | float | bool | Decimal
"""What a field may be compared with."""


class Term(NamedTuple):
    """One comparison of a condition, as one person met it.

    Attributes:
        text: the comparison as the rule writes it.
        value: the value it saw, or `missing`.
        held: whether it was true.
    """

    text: str
    value: str
    held: bool


type Told = tuple[bool, tuple[tuple[str, str], ...]]
"""Whether a condition holds, and the text of every comparison with the value it saw."""


class Condition:
    """Something that is true or false of a person; see `Scope` for what it can look at."""

    def __and__(self, other: "Condition") -> "Condition":
        return _join(All, self, other)

    def __or__(self, other: "Condition") -> "Condition":
        return _join(Any_, self, other)

    def __invert__(self) -> "Condition":
        return self.condition if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        report("a condition has no truth of its own", "use &, | and ~, not and, or, not, or chained comparisons")
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    @cached_property
    def test(self) -> "Callable[[Scope], bool]":
        """The condition as one compiled function: true or false of a scope."""
        from nudgekit.language.compiler import compile_test  # noqa: PLC0415  # the compiler knows the nodes of this module

        return compile_test(self)

    @cached_property
    def explain(self) -> "Callable[[Scope], tuple[Term, ...]]":
        """The condition as one compiled function that tells every comparison with the value it saw."""
        from nudgekit.language.compiler import compile_explain  # noqa: PLC0415

        return compile_explain(self)

    @cached_property
    def told(self) -> "Callable[[Scope], Told]":
        """The condition as one compiled function that tells what a decision's trace wants to know."""
        from nudgekit.language.compiler import compile_told  # noqa: PLC0415

        return compile_told(self)

    def to_data(self) -> dict[str, Any]:
        """The condition as plain JSON values."""
        from nudgekit.language.canonical import condition_data  # noqa: PLC0415

        return condition_data(self)

    def to_json(self) -> str:
        """The one JSON text of this condition: sorted keys, no spaces."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, eq=False)
class All(Condition):
    """True when every part is."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " & ".join(f"({each})" for each in self.parts)


@dataclass(frozen=True, eq=False)
class Any_(Condition):  # noqa: N801  # `Any` is taken
    """True when one part is."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " | ".join(f"({each})" for each in self.parts)


@dataclass(frozen=True, eq=False)
class Not(Condition):
    """True when the inner condition is false."""

    condition: Condition

    def __str__(self) -> str:
        return f"~({self.condition})"


@dataclass(frozen=True, eq=False)
class Named(Condition):
    """A condition that goes by a name: true when it is.

    Attributes:
        name: how a rule writes it, as in `segment("regulars")`.
        condition: what it means.
    """

    name: str
    condition: Condition

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Compare(Condition):
    """A value against a constant."""

    value: "Value"
    op: str
    to: Literal

    def __str__(self) -> str:
        return f"{self.value.text} {self.op} {constant_text(self.to)}"


@dataclass(frozen=True, eq=False)
class OneOf(Condition):
    """A value against several constants."""

    value: "Value"
    items: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.value.text}.one_of({', '.join(map(constant_text, self.items))})"


@dataclass(frozen=True, eq=False)
class Contains(Condition):
    """A collection that has an item."""

    field: str
    item: "str | Given"

    def __str__(self) -> str:
        owner = "cart" if self.field == "cart.lines" else self.field
        item = self.item.text if isinstance(self.item, Given) else constant_text(self.item)
        return f"{owner}.contains({item})"


@dataclass(frozen=True, eq=False)
class Happened(Condition):
    """One of the events took place within the window."""

    events: tuple[str, ...]
    window: timedelta

    def __str__(self) -> str:
        return f"{events_text(self.events)}.happened({spell(self.window)})"


@dataclass(frozen=True, eq=False)
class Same(Condition):
    """A value against another: texts that are the same or not, an amount against one that the start event names."""

    value: "Value"
    op: str
    other: "Value"

    def __str__(self) -> str:
        return f"{self.value.text} {self.op} {self.other.text}"


@dataclass(frozen=True, eq=False)
class Holds(Condition):
    """A fact that is true or false by itself."""

    fact: "Fact"

    def __str__(self) -> str:
        return self.fact.text


class Value(ABC):
    """Something that can be compared: a field, a trait, a count."""

    kind: str = "anything"

    @property
    @abstractmethod
    def text(self) -> str:
        """The value as a rule writes it."""

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return _compare(self, "==", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return _compare(self, "!=", other)

    def __lt__(self, other: object) -> Condition:
        return _compare(self, "<", other)

    def __le__(self, other: object) -> Condition:
        return _compare(self, "<=", other)

    def __gt__(self, other: object) -> Condition:
        return _compare(self, ">", other)

    def __ge__(self, other: object) -> Condition:
        return _compare(self, ">=", other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        report(f"{self.text} has no truth of its own", f"compare it, as in {self.text} == ...")
        return False

    def one_of(self, *items: str) -> Condition:
        """Whether the value is one of `items` (texts)."""
        if self.kind not in {"text", "anything"} or not items or not all(isinstance(each, str) for each in items):
            report(f"{self.text}.one_of(...) needs texts", 'write it as in user.country.one_of("AT", "DE")')
        return OneOf(self, tuple(sorted({str(each) for each in items})))


@dataclass(frozen=True, eq=False)
class Field(Value):
    """A field of the person or the cart."""

    name: str
    kind: str

    @property
    def text(self) -> str:
        """Its name, as in `cart.value`."""
        return self.name


@dataclass(frozen=True, eq=False)
class Trait(Value):
    """A trait that the shop keeps about the person: a text, a number, or yes or no."""

    name: str
    kind: str = "anything"

    @property
    def text(self) -> str:
        """Its name, as in `user.trait("tier")`."""
        return f"user.trait({constant_text(self.name)})"


@dataclass(frozen=True, eq=False)
class Given(Value):
    """A property of the event that started the run: a text, a number, or yes or no."""

    name: str
    kind: str = "anything"

    @property
    def text(self) -> str:
        """Its name, as in `start("percent")`."""
        return f"start({constant_text(self.name)})"


@dataclass(frozen=True, eq=False)
class Count(Value):
    """How often the events took place within the window."""

    events: tuple[str, ...]
    window: timedelta
    kind: str = "number"

    @property
    def text(self) -> str:
        """Its name, as in `event("Product Viewed").count(days(7))`."""
        return f"{events_text(self.events)}.count({spell(self.window)})"


type Argument = str | int | timedelta | tuple[str, ...] | Given
"""What a fact is asked about: a name, a number, a length of time, events, or what the start event says."""


@dataclass(frozen=True, eq=False)
class Fact(Value):
    """Something that the fact sheet answers; `known_facts` says what there is.

    Attributes:
        name: one of `known_facts.FACTS`.
        args: what it is asked about.
        back: how it stood so long ago; no time at all: as it stands.
    """

    name: str
    kind: str
    args: tuple[Argument, ...] = ()
    back: timedelta = timedelta()

    @property
    def text(self) -> str:
        """The fact as a rule writes it."""
        from nudgekit.language.known_facts import text_of  # noqa: PLC0415  # it knows the nodes of this module

        return text_of(self)


def constant_text(value: Literal) -> str:
    """A constant as rules write it: texts in double quotes."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def events_text(names: tuple[str, ...]) -> str:
    """Events as rules write them."""
    each = " | ".join(f"event({constant_text(name)})" for name in names)
    return each if len(names) == 1 else f"({each})"


def as_amount(number: float | Decimal) -> Decimal:
    """`number` as exactly the decimal that was written, without trailing zeros."""
    return Decimal(format(Decimal(str(number)).normalize(), "f"))


def _join(kind: type[All] | type[Any_], left: Condition, right: object) -> Condition:
    if not isinstance(right, Condition):
        report(f"{right!r} is not a condition", "put each comparison in brackets: (cart.value >= 20) & (...)")
        return left
    pairs = (each.parts if isinstance(each, kind) else (each,) for each in (left, right))
    return kind(tuple(part for parts in pairs for part in parts))


_EQUALITY = frozenset({"==", "!="})


def _compare(value: Value, op: str, to: object) -> Condition:  # noqa: PLR0911  # one way out for each kind
    kind = value.kind
    if isinstance(to, Value) and {kind, to.kind} <= {"text", "anything"} and op in _EQUALITY:
        return Same(value, op, to)
    if kind == "money" and isinstance(to, Value) and to.kind in {"money", "anything"}:
        return Same(value, op, to)
    if kind == "text" and isinstance(to, str) and op in _EQUALITY:
        return Compare(value, op, to)
    if kind == "money" and _is_number(to):
        return Compare(value, op, as_amount(to))  # type: ignore[arg-type]
    if kind in {"number", "quantity"} and _is_number(to) and not isinstance(to, Decimal):
        return Compare(value, op, to)  # type: ignore[arg-type]
    if kind == "anything" and (_is_number(to) or (isinstance(to, str | bool) and op in _EQUALITY)):
        return Compare(value, op, float(to) if isinstance(to, Decimal) else to)  # type: ignore[arg-type]
    report(f"{value.text} {op} {to!r} cannot be compared", _COMPARABLE[kind])
    return Compare(value, op, "")


_COMPARABLE = {
    "text": "compare it by == or != with a text, another text field or start(...), or use .one_of(...)",
    "money": "compare it with an amount, as in cart.value >= 20, another amount or start(...)",
    "number": "compare it with a number",
    "quantity": "compare it with a number",
    "yes or no": "write it by itself, without comparing it",
    "set": "ask it with .contains(...)",
    "anything": "compare it with a number, or by == or != with a text or True or False",
}


def _is_number(value: object) -> bool:
    """Whether `value` is a finite number; True and False are none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and isfinite(value)

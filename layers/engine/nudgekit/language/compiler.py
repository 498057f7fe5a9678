"""From a condition to plain Python: written once, executed at the speed of code somebody typed.

Every comparison becomes an expression over `profile`, `cart`, `facts` and `now`; constants that have no literal become
default arguments, which are locals. `test` stops early as Python does; `explain` looks at every comparison.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from nudgekit.language.amounts import AMOUNTS
from nudgekit.language.expressions import (
    All,
    Any_,
    Argument,
    Compare,
    Condition,
    Contains,
    Count,
    Fact,
    Field,
    Given,
    Happened,
    Holds,
    Named,
    Not,
    OneOf,
    Same,
    Term,
    Told,
    Trait,
    Value,
)
from nudgekit.language.known_facts import FACTS

if TYPE_CHECKING:
    from nudgekit.language.scope import Scope

_ROOTS = ("profile", "facts", "cart", "now", "about", "item", "item_id", "currency")
_CODE = {
    "user.country": "profile.country",
    "user.locale": "profile.locale",
    "user.timezone": "profile.timezone",
    "user.segments": "profile.segments",
    "cart.value": "cart.value",
    "cart.currency": "cart.currency",
    "cart.size": "len(cart.lines)",
    "item.price": "(item and item.price)",
    "item.category": "(item and item.category)",
    "item.brand": "(item and item.brand)",
    "item.seller": "(item and item.seller_id)",
    "cart.lines": "[line.product_id for line in cart.lines]",
}
_NUMBERS = frozenset({int, float})
HOLE = "\x00"
"""Where the value goes in a check; no literal that `repr` writes contains it."""


class _Leaf(NamedTuple):
    """One comparison: code for the value it looks at, and a check in which `HOLE` stands for that value."""

    value: str
    check: str


class _Writer:
    """Collects the constants of one function while its code is written."""

    def __init__(self) -> None:
        self.constants: dict[str, object] = {}

    def constant(self, value: object) -> str:
        """The code for `value`: itself when Python has a literal for it, else the name of a default argument."""
        if isinstance(value, str | int | float):
            return repr(value)
        for known, each in self.constants.items():
            if type(each) is type(value) and each == value:
                return known
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def leaf(self, condition: Condition) -> _Leaf:  # noqa: PLR0911  # one way out for each kind
        """The code of one comparison."""
        match condition:
            case Compare():
                return _Leaf(self.value(condition.value), self._compare(condition))
            case OneOf():
                return _Leaf(self.value(condition.value), f"{HOLE} in {self.constant(frozenset(condition.items))}")
            case Contains():
                return _Leaf(f"({self._item(condition.item)} in {_CODE[condition.field]})", HOLE)
            case Same() if condition.value.kind == "money":
                check = f"{self.constant(AMOUNTS[condition.op])}({HOLE}, {self.value(condition.other)})"
                return _Leaf(self.value(condition.value), check)
            case Same():
                check = f"{HOLE} is not None and {HOLE} {condition.op} {self.value(condition.other)}"
                return _Leaf(self.value(condition.value), check)
            case Holds():
                return _Leaf(self.value(condition.fact), HOLE)
            case Happened():
                since = f"now - {self.constant(condition.window)}"
                return _Leaf(self._last_time(condition.events), f"{HOLE} is not None and {HOLE} >= {since}")
        raise TypeError(type(condition))

    def _item(self, item: str | Given) -> str:
        return self.value(item) if isinstance(item, Given) else self.constant(item)

    def value(self, value: Value) -> str:
        """The code that looks a value up."""
        match value:
            case Given():
                return f"about.get({self.constant(value.name)})"
            case Trait():
                return f"profile.traits.get({self.constant(value.name)})"
            case Count():
                since = f"now - {self.constant(value.window)}"
                return " + ".join(f"facts.count({name!r}, {since})" for name in value.events)
            case Fact():
                now = f"now - {self.constant(value.back)}" if value.back else "now"
                return FACTS[value.name].code.format(*map(self._argument, value.args), now=now)
            case Field():
                return _CODE[value.name]
        raise TypeError(type(value))

    def _argument(self, given: Argument) -> str:
        return self.value(given) if isinstance(given, Given) else self.constant(given)

    def _compare(self, condition: Compare) -> str:
        check = f"{HOLE} {condition.op} {self.constant(condition.to)}"
        if isinstance(condition.value, Trait | Given):
            return self._trait_check(condition, check)
        never_missing = condition.value.kind == "number"
        return check if never_missing or condition.op == "==" else f"{HOLE} is not None and {check}"

    def _trait_check(self, condition: Compare, check: str) -> str:
        """A trait or a property may hold any type: only one of the constant's own type compares."""
        if isinstance(condition.to, bool):
            return f"{HOLE} is {condition.to is (condition.op == '==')}"
        if isinstance(condition.to, str):
            return check if condition.op == "==" else f"{HOLE}.__class__ is str and {check}"
        return f"{HOLE}.__class__ in {self.constant(_NUMBERS)} and {check}"

    def _last_time(self, events: tuple[str, ...]) -> str:
        each = [f"facts.last_time({name!r})" for name in events]
        if len(each) == 1:
            return each[0]
        return f"max(filter(None, ({', '.join(each)})), default=None)"


def compile_test(condition: Condition) -> "Callable[[Scope], bool]":
    """`condition` as one function of a scope: true or false."""
    writer = _Writer()
    repeated = _repeated(condition, writer)
    body = _expression(condition, writer, repeated, Counter())
    lines = [f"{name} = {code}" for code, name in repeated.items()]
    made: Callable[[Scope], bool] = _function("test", [*lines, f"return {body}"], writer)
    return made


def compile_explain(condition: Condition) -> "Callable[[Scope], tuple[Term, ...]]":
    """`condition` as one function of a scope: every comparison, the value it saw, whether it held."""
    writer = _Writer()
    lines, terms = [], []
    for number, (leaf, positive, text) in enumerate(_leaves(condition)):
        code = writer.leaf(leaf)
        name = f"v{number}"
        check = code.check.replace(HOLE, name)
        lines.append(f"{name} = {code.value}")
        terms.append(f"term(Term, ({text!r}, {_seen(writer, leaf, name)}, {check if positive else f'not ({check})'}))")
    made: Callable[[Scope], tuple[Term, ...]] = _function(
        "explain", [*lines, f"return ({', '.join(terms)},)"], writer, Term=Term, term=tuple.__new__, seen=seen
    )
    return made


def compile_told(condition: Condition) -> "Callable[[Scope], Told]":
    """`condition` as one function of a scope: whether it holds, and the value that every comparison saw.

    It is what decisions ask, so each value is looked up once, and what can be written beforehand is a constant.
    """
    writer = _Writer()
    names: dict[str, str] = {}
    pairs = []
    for leaf, _, text in _leaves(condition):
        name = names.setdefault(writer.leaf(leaf).value, f"v{len(names)}")
        pairs.append(_pair(writer, leaf, text, name))
    lines = [f"{name} = {code}" for code, name in names.items()]
    held = _expression(condition, writer, names, Counter())
    made: Callable[[Scope], Told] = _function(
        "told", [*lines, f"return {held}, ({', '.join(pairs)},)"], writer, seen=seen
    )
    return made


def _pair(writer: _Writer, leaf: Condition, text: str, name: str) -> str:
    """The code of one comparison in a trace: its text, and what it saw."""
    if isinstance(leaf, Contains | Holds):
        return f"{writer.constant((text, 'yes'))} if {name} else {writer.constant((text, 'no'))}"
    return f"({text!r}, {_seen(writer, leaf, name)})"


def _seen(writer: _Writer, leaf: Condition, name: str) -> str:
    """The code of what `seen` says about the value `name`, without the call where the type is known."""
    if isinstance(leaf, Contains | Holds):
        return f"'yes' if {name} else 'no'"
    if isinstance(leaf, Same):
        return f"seen({name}) + ' and ' + seen({writer.value(leaf.other)})"
    kind = leaf.value.kind if isinstance(leaf, Compare | OneOf) and isinstance(leaf.value, Field | Fact) else "anything"
    if kind == "text":
        return f"'missing' if {name} is None else {name}"
    if kind == "money":
        return f"'missing' if {name} is None else str({name})"
    return f"str({name})" if kind == "number" else f"seen({name})"


def seen(value: object) -> str:
    """A value as the trace shows it; `missing` for none."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def _expression(condition: Condition, writer: _Writer, repeated: dict[str, str], names: Counter[str]) -> str:
    match condition:
        case All():
            return " and ".join(f"({_expression(each, writer, repeated, names)})" for each in condition.parts)
        case Any_():
            return " or ".join(f"({_expression(each, writer, repeated, names)})" for each in condition.parts)
        case Not():
            return f"not ({_expression(condition.condition, writer, repeated, names)})"
        case Named():
            return _expression(condition.condition, writer, repeated, names)
    leaf = writer.leaf(condition)
    return _inline(leaf, repeated.get(leaf.value), names)


def _inline(leaf: _Leaf, name: str | None, names: Counter[str]) -> str:
    """The check with its value in place; a value that is needed twice is bound where it is first seen."""
    if name is not None:
        return leaf.check.replace(HOLE, name)
    if leaf.check.count(HOLE) == 1:
        return leaf.check.replace(HOLE, leaf.value)
    names["v"] += 1
    own = f"v{names['v']}"
    return leaf.check.replace(HOLE, f"({own} := {leaf.value})", 1).replace(HOLE, own)


def _repeated(condition: Condition, writer: _Writer) -> dict[str, str]:
    """Names for the field values that several comparisons look at."""
    fields = (leaf.value for leaf, *_ in _leaves(condition) if isinstance(leaf, Compare | OneOf | Same))
    times = Counter(writer.value(each) for each in fields if isinstance(each, Field | Trait | Given | Fact))
    return {code: f"f{number}" for number, code in enumerate(code for code, often in times.items() if often > 1)}


class _Told(NamedTuple):
    """One comparison of a condition: whether it is asked as it stands, and what the trace calls it."""

    leaf: Condition
    positive: bool
    text: str


def _leaves(condition: Condition, positive: bool = True, within: str = "") -> Iterator[_Told]:
    """Every comparison; one that belongs to a named condition says so."""
    match condition:
        case All() | Any_():
            for each in condition.parts:
                yield from _leaves(each, positive, within)
        case Not():
            yield from _leaves(condition.condition, not positive, within)
        case Named():
            yield from _leaves(condition.condition, positive, within or f"{condition.name}: ")
        case _:
            yield _Told(condition, positive, f"{within}{'' if positive else 'not '}{condition}")


def _function(name: str, lines: list[str], writer: _Writer, **extra: object) -> Any:
    """Compile a function of a scope whose body is `lines`."""
    body = "\n".join(lines)
    roots = [f"{root} = scope.{root}" for root in _ROOTS if root in body]
    defaults = "".join(f", {key}={key}" for key in (*writer.constants, *extra))
    source = f"def {name}(scope{defaults}):\n" + "".join(f"    {line}\n" for line in [*roots, *lines])
    namespace: dict[str, Any] = {**writer.constants, **extra}
    exec(compile(source, f"<{name} of a condition>", "exec"), namespace)  # noqa: S102  # our own code, literals by repr
    made = namespace[name]
    made.source = source
    return made

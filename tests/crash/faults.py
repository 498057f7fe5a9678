"""One fault at one call: before its work is done, after it was done and before anybody learnt of it, or halfway."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from nudgekit.errors import Throttled

Side = Literal["before", "half", "after"]


class Died(BaseException):
    """The process is gone: nothing in it may catch this."""


class Broke(Exception):
    """The call failed in a way nobody has thought of; after the work was done, that is a timeout after success."""


class Fault(NamedTuple):
    """Where it strikes: at which port call of the whole story, on which side of the work, and how hard."""

    at: int
    side: Side
    kind: type[BaseException]


STRIKES: tuple[tuple[Side, type[BaseException]], ...] = (
    ("before", Died),
    ("before", Broke),
    ("before", Throttled),
    ("half", Died),
    ("half", Throttled),
    ("after", Died),
    ("after", Broke),
)
"""What can happen at a call. Throttled means that nothing was done, so it never comes after; only calls that take many
things one by one can be left halfway."""

ONE_BY_ONE = {"publish", "put"}
"""Methods that may do part of what they are asked. A commit is one transaction, and a read changes nothing."""


def strikes_at(call: str) -> list[tuple[Side, type[BaseException]]]:
    """What can happen at a call of this name."""
    halves = call.rpartition(".")[2] in ONE_BY_ONE
    return [strike for strike in STRIKES if halves or strike[0] != "half"]


class Gremlin:
    """Counts every call that goes through it and lets its faults strike.

    Attributes:
        calls: each call as `<function>/<port>.<method>`.
        struck: each fault that struck, as its call, side and kind.
        function: which function is at work.
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = {fault.at: fault for fault in faults}
        self.calls: list[str] = []
        self.struck: list[str] = []
        self.function = ""

    def around(self, name: str, work: Callable[..., Any], given: Sequence[Any]) -> Any:
        self.calls.append(f"{self.function}/{name}")
        fault = self.faults.get(len(self.calls))
        if fault is None:
            return work(*given)
        self.struck.append(f"{self.calls[-1]} {fault.side} {fault.kind.__name__}")
        if fault.side == "half" and name.rpartition(".")[2] in ONE_BY_ONE:
            work(given[0][: len(given[0]) // 2])
        elif fault.side == "after":
            work(*given)
        raise fault.kind(name)


class Watched:
    """A port whose every call the gremlin sees."""

    def __init__(self, port: Any, gremlin: Gremlin) -> None:
        self._port, self._gremlin = port, gremlin

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        label = f"{type(self._port).__name__}.{name}"
        return lambda *given: self._gremlin.around(label, found, given)

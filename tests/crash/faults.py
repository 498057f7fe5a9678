"""One fault at one call: before its work is done, or after it was done and before anybody learnt of it."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple


class Died(BaseException):
    """The process is gone: nothing in it may catch this."""


class Broke(Exception):
    """The call failed in a way nobody has thought of."""


class Fault(NamedTuple):
    """Where it strikes: at which port call of the whole story, on which side of the work, and how hard."""

    at: int
    side: Literal["before", "after"]
    kind: type[BaseException]


class Gremlin:
    """Counts every call that goes through it and lets its faults strike."""

    def __init__(self, *faults: Fault) -> None:
        self.faults, self.calls = {fault.at: fault for fault in faults}, 0
        self.names: list[str] = []

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls += 1
        self.names.append(name)
        struck = self.faults.get(self.calls)
        if struck and struck.side == "before":
            raise struck.kind(name)
        answer = call()
        if struck:
            raise struck.kind(name)
        return answer


class Watched:
    """A port whose every call the gremlin sees."""

    def __init__(self, port: Any, gremlin: Gremlin) -> None:
        self._port, self._gremlin = port, gremlin

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        label = f"{type(self._port).__name__}.{name}"
        return lambda *given: self._gremlin.around(label, lambda: found(*given))

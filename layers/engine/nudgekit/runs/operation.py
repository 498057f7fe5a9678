"""What holds for everybody, changed: by operators, by limits that trip, by breakers, by the beat."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from nudgekit.errors import Conflict
from nudgekit.model.operation import Operation, Stop
from nudgekit.runs.documents import OPERATION, Put
from nudgekit.runs.ports import Store
from nudgekit.runs.snapshot import Snapshot

TRIES: Final = 10
"""How often a change that lost against another one is made anew."""


def read_operation(store: Store) -> Operation:
    """What holds at the moment."""
    return Snapshot(store).get(OPERATION).value or Operation()


def change(store: Store, step: Callable[[Operation], Operation]) -> Operation:
    """Change what holds for everybody; whoever changes it at the same time loses nothing.

    Args:
        store: where it is kept.
        step: from what holds to what shall hold; asked again when somebody else was faster. What it leaves as it is
            costs no write.

    Raises:
        Conflict: others were faster every time.
    """
    for _ in range(TRIES):
        snapshot = Snapshot(store)
        stored = snapshot.get(OPERATION)
        before: Operation = stored.value or Operation()
        after = step(before)
        if after == before:
            return before
        try:
            snapshot.commit((Put(OPERATION, after, stored.version),))
        except Conflict:
            continue
        return after
    raise Conflict("operation")


def stop(store: Store, scope: str, by: str, why: str, at: datetime) -> Operation:
    """Stop `scope` (`all`, `trigger:<id>` or `channel:<channel>`); what is stopped already stays as it is."""
    return change(store, lambda before: before.with_stop(scope, Stop(by=by, why=why, at=at)))


def resume(store: Store, scope: str) -> Operation:
    """Let `scope` go on; whatever waited for it is decided anew, each when it asks again."""
    return change(store, lambda before: before.without_stop(scope))


def fold_to(store: Store, at: datetime) -> Operation:
    """Say that the facts have heard of everything up to `at`; saying it late changes nothing."""
    return change(store, lambda before: before.folded(at))

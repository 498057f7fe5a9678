"""Attempts pause longer and longer, never before the first."""

from nudgekit.adapters.backoff import FIRST_SECONDS, attempts


def test_pauses_grow_and_stay_bounded() -> None:
    pauses: list[float] = []
    assert list(attempts(pauses.append, 4)) == [0, 1, 2, 3]
    assert len(pauses) == 3
    assert all(0 <= pause <= FIRST_SECONDS * 2**number for number, pause in enumerate(pauses, 1))


def test_who_succeeds_at_once_never_pauses() -> None:
    pauses: list[float] = []
    assert next(attempts(pauses.append)) == 0
    assert pauses == []

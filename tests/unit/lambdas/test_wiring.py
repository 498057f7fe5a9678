"""The functions' clock comes from their settings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from nudgekit.errors import SettingsError
from nudgekit.lambdas import wiring

SCALE = "2026-11-02T12:01:00Z@2026-11-22T10:00:00Zx60"


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    wiring.clock.cache_clear()
    yield
    wiring.clock.cache_clear()


def test_the_local_stage_may_run_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUDGEKIT_STAGE", "local")
    monkeypatch.setenv("NUDGEKIT_TIME_SCALE", SCALE)
    assert wiring.clock().to_real(datetime(2026, 11, 2, 13, 1, tzinfo=UTC)) == datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
    assert wiring.clock().hurry(wiring.LEASE) == timedelta(hours=1)


@pytest.mark.parametrize("stage", ["prod", None])
def test_no_other_stage_may(monkeypatch: pytest.MonkeyPatch, stage: str | None) -> None:
    monkeypatch.setenv("NUDGEKIT_TIME_SCALE", SCALE)
    if stage is None:
        monkeypatch.delenv("NUDGEKIT_STAGE", raising=False)
    else:
        monkeypatch.setenv("NUDGEKIT_STAGE", stage)
    with pytest.raises(SettingsError, match="NUDGEKIT_TIME_SCALE"):
        wiring.clock()


def test_the_rules_are_found_from_the_repository() -> None:
    assert wiring.rulebook("cart_abandonment").trigger.id == "cart_abandonment"

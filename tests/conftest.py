"""What every suite stands on: no suite but the end-to-end one reaches a socket, and no test meets a real account."""

import zoneinfo
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from nudgekit.law import schedule
from tests.examples import examples

zoneinfo.reset_tzpath(to=())  # what tests call a zone is what the engine does: the pinned release's, not the machine's

settings.register_profile("nudgekit", examples(100))
settings.load_profile("nudgekit")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say at the end what tests counted: whatever they recorded as the property `told`, and the crash suite's sums."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())]
    recorded = [recorded for each in reports for recorded in each.user_properties]
    for line in sorted(value for name, value in recorded if name == "told"):
        terminalreporter.write_line(line)
    if any(name == "crash_histories" for name, _ in recorded):
        terminalreporter.write_line(_crashes(recorded, failed=bool(terminalreporter.stats.get("failed"))))


def _crashes(recorded: list[tuple[str, Any]], *, failed: bool) -> str:
    def total(wanted: str) -> int:
        return sum(value for name, value in recorded if name == wanted)

    points = {point for name, value in recorded if name == "crash_points" for point in value}
    return (
        f"crash suite: {total('crash_histories')} histories, {len(points)} fault points; "
        f"{total('crash_handed_over')} messages handed over, {total('crash_in_doubt')} stated as in doubt"
        + ("" if failed else ", none twice, no run without an outcome")
    )


@pytest.fixture(autouse=True)
def _no_remembered_waits() -> Iterator[None]:
    """What a planted defect computed must serve no other test, nor the other way round."""
    schedule._from_hour.cache_clear()
    yield
    schedule._from_hour.cache_clear()


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)

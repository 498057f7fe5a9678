"""Says at the end how much was tried."""

from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports: list[Any] = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    told = [(name, value) for each in reports for name, value in getattr(each, "user_properties", ())]
    histories = sum(value for name, value in told if name == "crash_histories")
    if not histories:
        return
    points = {point for name, value in told if name == "crash_points" for point in value}
    taken = sum(value for name, value in told if name == "crash_handed_over")
    doubtful = sum(value for name, value in told if name == "crash_in_doubt")
    terminalreporter.write_line(
        f"crash suite: {histories} histories, {len(points)} fault points; {taken} messages handed over, "
        f"{doubtful} stated as in doubt, none twice, no run without an outcome"
    )

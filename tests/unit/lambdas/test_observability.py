"""One JSON line and one metric an outcome, with dimensions from closed lists."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from nudgekit.errors import Throttled
from nudgekit.lambdas import observability
from nudgekit.lambdas.observability import tell, tell_failure
from nudgekit.runs.reports import Report


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """A service of this test's own: a logger keeps the stream it was made with."""
    name = f"service-of-{request.node.name}"
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", name)
    observability.logger.cache_clear()
    yield name
    observability.logger.cache_clear()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_outcome_is_one_line_and_one_metric(capsys: pytest.CaptureFixture[str], service: str) -> None:
    tell([Report("ended", "cart_abandonment", "0a1b", "unless_met", "", "skipped")])
    line, metric = lines(capsys)
    assert line["message"] == line["outcome"] == "ended"
    assert (line["trigger"], line["run"], line["reason"], line["run_outcome"]) == (
        "cart_abandonment",
        "0a1b",
        "unless_met",
        "skipped",
    )
    assert line["service"] == service
    assert "channel" not in line
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "nudgekit"
    assert metric["ended"] == [1.0]
    assert (metric["trigger"], metric["reason"]) == ("cart_abandonment", "unless_met")
    assert "run" not in metric


def test_equal_outcomes_are_counted_together(capsys: pytest.CaptureFixture[str]) -> None:
    tell([Report("folded")] * 3 + [Report("duplicate")])
    metrics = [line for line in lines(capsys) if "_aws" in line]
    assert [metric.get("folded") or metric.get("duplicate") for metric in metrics] == [[3.0], [1.0]]


def test_how_late_wake_ups_were_is_a_metric_with_every_value(capsys: pytest.CaptureFixture[str]) -> None:
    tell([Report("waited", "cart_abandonment", "0a1b", "capped", late_ms=late) for late in (70, -3, 1500)])
    found = lines(capsys)
    assert [line["times"] for line in found if "times" in line] == [3]
    (metric,) = [line for line in found if "lateness" in line]
    assert metric["lateness"] == [70, 0, 1500]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service", "trigger"]]


def test_the_text_of_a_rejection_is_logged_and_never_a_dimension(capsys: pytest.CaptureFixture[str]) -> None:
    tell([Report("rejected", reason="detail.timestamp: " + "x" * 500)])
    line, metric = lines(capsys)
    assert len(line["reason"]) == 200
    assert "reason" not in metric


def test_a_failure_tells_its_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="ada") as caught:
        int("about ada@example.com")
    tell_failure(caught.value)
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert line["place"].startswith("test_observability.py:")
    assert "ada" not in json.dumps(line)


def test_our_own_errors_tell_their_text(capsys: pytest.CaptureFixture[str]) -> None:
    tell_failure(Throttled("SQS asks to come back later"))
    (line,) = lines(capsys)
    assert line["text"] == "SQS asks to come back later"


def test_nothing_done_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tell([])
    assert capsys.readouterr().out == ""

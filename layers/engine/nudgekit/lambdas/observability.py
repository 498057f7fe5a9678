"""One log line and one metric for each outcome: never a person, an address or content."""

import json
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nudgekit.adapters.faults import code_of
from nudgekit.errors import NudgekitError
from nudgekit.lambdas.settings import optional
from nudgekit.runs.reports import Report

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger

NAMESPACE: Final = "nudgekit"
LONGEST_REASON: Final = 200
MOST_VALUES: Final = 100
"""Values of one metric that the embedded metric format takes in one line."""


@cache
def logger() -> "Logger":
    """Writes JSON lines, named by POWERTOOLS_SERVICE_NAME."""
    from aws_lambda_powertools.logging import Logger  # noqa: PLC0415

    return Logger()


def tell(reports: Iterable[Report]) -> None:
    """Write down what was done: one line for each different report, with how often it was made in this batch.

    How late wake-ups were acted on is a metric of its own.
    """
    told: Counter[Report] = Counter()
    late: defaultdict[str, list[int]] = defaultdict(list)
    for report in reports:
        told[report._replace(late_ms=None)] += 1
        if report.late_ms is not None:
            late[report.trigger].append(max(report.late_ms, 0))
    for each, times in told.items():
        fields = {name: str(value)[:LONGEST_REASON] for name, value in each._asdict().items() if value}
        logger().info(each.outcome, extra={**fields, "times": times})
    _count(told)
    for trigger, values in late.items():
        _measure(trigger, values)


def tell_failure(error: Exception) -> None:
    """Write down that a record must come again, and why: the error's kind and place, its text only if it is ours."""
    text = str(error) if isinstance(error, NudgekitError) else ""
    logger().warning("comes_again", extra={"error": code_of(error), "text": text, "place": place(error)})


def place(error: BaseException) -> str:
    """Where in the code the error was raised, as `file:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _count(told: Mapping[Report, int]) -> None:
    """One metric an outcome. Its dimensions come from closed lists; the free text of a rejection is not among them."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415

    metrics: Counter[tuple[str, str, str, str]] = Counter()
    for report, times in told.items():
        metrics[_dimensions(report)] += times
    for (outcome, *dimensions), times in metrics.items():
        with single_metric(name=outcome, unit=MetricUnit.Count, value=times, namespace=NAMESPACE) as metric:
            metric.add_dimension("service", optional("POWERTOOLS_SERVICE_NAME") or NAMESPACE)
            for name, value in zip(("trigger", "channel", "reason"), dimensions, strict=True):
                if value:
                    metric.add_dimension(name, value)


def _measure(trigger: str, late_ms: Sequence[int]) -> None:
    """How late wake-ups were acted on: one line of CloudWatch's embedded metric format with every value."""
    dimensions = {"service": optional("POWERTOOLS_SERVICE_NAME") or NAMESPACE, "trigger": trigger}
    for some in batched(late_ms, MOST_VALUES):
        metric = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(dimensions)],
            "Metrics": [{"Name": "lateness", "Unit": "Milliseconds"}],
        }
        aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
        print(json.dumps({"_aws": aws, **dimensions, "lateness": list(some)}, separators=(",", ":")))  # noqa: T201  # the metric


def _dimensions(report: Report) -> tuple[str, str, str, str]:
    reason = "" if report.outcome == "rejected" else str(report.reason)
    return report.outcome, report.trigger, str(report.channel), reason

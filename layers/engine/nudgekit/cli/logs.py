"""The functions' own log lines, read from CloudWatch Logs: one line for each outcome, never with a person in it."""

import json
from collections import Counter
from typing import Any

from botocore.exceptions import ClientError

from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack

OVERLAP = 3_000  # ms; a look goes back so far, as lines of several functions arrive out of order


class Logs:
    """Counts outcomes as they are logged, and what waits to be folded."""

    def __init__(self, stack: Stack) -> None:
        self._logs = client("logs", stack.aws)
        self._sqs, self._queue = client("sqs", stack.aws), stack.outputs["ProjectProfileQueueUrl"]
        self._groups = stack.log_groups()
        self._since = dict.fromkeys(self._groups, 0)
        self._seen: set[str] = set()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.behind = self.most_behind = 0

    def look(self) -> None:
        """Read what was logged since the last look, and how far the facts are behind the events."""
        self.behind = self._waiting()
        self.most_behind = max(self.behind, self.most_behind)
        for group in self._groups:
            fresh = [line for line in self._lines(group) if line["logStreamName"] not in self._seen]
            # The local AWS writes one stream for one invocation, whole; so a stream seen is a stream read.
            self._seen |= {line["logStreamName"] for line in fresh}
            self._since[group] = max((line["timestamp"] - OVERLAP for line in fresh), default=self._since[group])
            self.outcomes.update(filter(None, (_outcome(group, line["message"]) for line in fresh)))

    def count(self, outcome: str) -> int:
        """Say how often an outcome was logged, by whatever function."""
        return sum(count for (_, name), count in self.outcomes.items() if name == outcome)

    def of(self, function: str) -> Counter[str]:
        """Count the outcomes of one function."""
        return Counter({name: count for (group, name), count in self.outcomes.items() if group == function})

    def _waiting(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def _lines(self, group: str) -> list[dict[str, Any]]:
        try:
            answer = self._logs.filter_log_events(
                logGroupName=group, startTime=self._since[group], filterPattern='"outcome"'
            )
        except ClientError:
            return []  # a function that has not run yet has no log group
        return list(answer["events"])


def _outcome(group: str, message: str) -> tuple[str, str] | None:
    try:
        line = json.loads(message)
    except json.JSONDecodeError:
        return None
    if not isinstance(line, dict) or "outcome" not in line:
        return None
    name = f"ignored: {line['reason']}" if line["outcome"] == "ignored" and "reason" in line else str(line["outcome"])
    return group.rpartition("/")[2], name

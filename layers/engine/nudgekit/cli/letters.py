"""Dead letters that name somebody: looked at, or deleted; all others stay where they are."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from nudgekit.cli.place import Place

HIDDEN = 60  # seconds that a letter stays out of sight while it is looked at
AT_ONCE = 10
MOST = 10_000  # letters looked at in one queue


class Letters:
    """The dead-letter queues of a stack.

    Args:
        place: the stack.
    """

    def __init__(self, place: Place) -> None:
        self.place, self.sqs = place, place.client("sqs")

    def naming(self, words: Iterable[str]) -> list[dict[str, Any]]:
        """Every dead letter in which one of the words stands."""
        return [{"queue": url.rpartition("/")[2], "body": each["Body"]} for url, each in self._found(words)]

    def forget(self, words: Iterable[str]) -> int:
        """Delete every dead letter in which one of the words stands; says how many there were."""
        found = list(self._found(words))
        for url, each in found:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return len(found)

    def queues(self) -> list[str]:
        """The URLs of the dead-letter queues, as the queues themselves name them."""
        urls = set()
        for url in self.place.queues:
            given = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
            arn = json.loads(given.get("RedrivePolicy", "{}")).get("deadLetterTargetArn")
            if arn:
                urls.add(self.sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])
        return sorted(urls | {each for name, each in self.place.outputs.items() if name.endswith("DlqUrl")})

    def _found(self, words: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        quoted = [json.dumps(word, ensure_ascii=False) for word in words]
        for url in self.queues():
            for each in self._look_through(url):
                # A body may hold JSON within JSON, with its quotes escaped.
                text = each["Body"].replace("\\", "")
                if any(word in text for word in quoted):
                    yield url, each

    def _look_through(self, url: str) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        while len(seen) < MOST:
            taken = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=AT_ONCE, VisibilityTimeout=HIDDEN)
            fresh = [each for each in taken.get("Messages", ()) if each["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {each["MessageId"] for each in fresh}
            yield from fresh

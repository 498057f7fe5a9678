"""Dead letters and messages on their way that name somebody: looked at, or deleted; all others stay where they are."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from nudgekit.cli.place import Place
from nudgekit.cli.scan import Words

HIDDEN = 60  # seconds that a letter stays out of sight while it is looked at
AT_ONCE = 10
MOST = 10_000  # letters looked at in one queue
MOST_UNDER_WAY = 200  # messages in a queue that is worked off: looking at one counts as one of its five deliveries
HIDDEN_UNDER_WAY = 5  # seconds
_WHOSE = re.compile(r'"(?:user_id|anonymous_id|person)": ?"')


class Letters:
    """The dead-letter queues of a stack.

    Args:
        place: the stack.
    """

    def __init__(self, place: Place) -> None:
        self.place, self.sqs = place, place.client("sqs")

    def naming(self, words: Words) -> list[dict[str, Any]]:
        """Every dead letter about whom the words name."""
        found: list[dict[str, Any]] = []
        for url in self.queues():
            letters = list(self._look_through(url))
            self._give_back(url, letters)
            found += [{"queue": url.rpartition("/")[2], "body": each["Body"]} for each in _about(words, letters)]
        return found

    def under_way(self, words: Words) -> tuple[list[dict[str, Any]], list[str]]:
        """Every message about somebody that waits to be worked off; and the queues that hold too many to be looked at.

        What a function has taken at this moment, or is not to see before its time, nobody else can see.
        """
        found: list[dict[str, Any]] = []
        crowded: list[str] = []
        for url in self.place.queues:
            name = url.rpartition("/")[2]
            if self._waiting(url) > MOST_UNDER_WAY:
                crowded.append(name)
                continue
            messages = list(self._look_through(url, HIDDEN_UNDER_WAY))
            self._give_back(url, messages)
            found += [{"queue": name, "body": each["Body"]} for each in _about(words, messages)]
        return found, crowded

    def _waiting(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        return int(self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])

    def forget(self, words: Words) -> int:
        """Delete every dead letter about whom the words name; says how many there were."""
        count = 0
        for url in self.queues():
            letters = list(self._look_through(url))
            gone = _about(words, letters)
            for each in gone:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            self._give_back(url, [each for each in letters if each not in gone])
            count += len(gone)
        return count

    def queues(self) -> list[str]:
        """The URLs of the dead-letter queues, as the queues themselves name them."""
        urls = set()
        for url in self.place.queues:
            given = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
            arn = json.loads(given.get("RedrivePolicy", "{}")).get("deadLetterTargetArn")
            if arn:
                urls.add(self.sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])
        return sorted(urls | {each for name, each in self.place.outputs.items() if name.endswith("DlqUrl")})

    def _give_back(self, url: str, letters: Iterable[dict[str, Any]]) -> None:
        """Whoever looks next, a moment later, sees them as well."""
        for part in batched(letters, AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"], "VisibilityTimeout": 0}
                for number, each in enumerate(part)
            ]
            self.sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)

    def _look_through(self, url: str, hidden: int = HIDDEN) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        while len(seen) < MOST:
            taken = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=AT_ONCE, VisibilityTimeout=hidden)
            fresh = [each for each in taken.get("Messages", ()) if each["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {each["MessageId"] for each in fresh}
            yield from fresh


def _about(words: Words, letters: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    # A body may hold JSON within JSON, with its quotes escaped.
    return [each for each in letters if _is_about(words, each["Body"].replace("\\", ""))]


def _is_about(words: Words, text: str) -> bool:
    """Whether an id stands in the text, or an address or the name in one that says of nobody else whose it is."""
    if _has(text, words.ids):
        return True
    return not _WHOSE.search(text) and _has(text, words.traits)


def _has(text: str, words: Iterable[str]) -> bool:
    return any(json.dumps(word, ensure_ascii=False) in text for word in words)

"""AWS answered at once, in this process: what is left of a call is what boto3 and the engine do for it.

Requests are stopped where they would go onto the wire, after boto3 has checked, written and signed them, and answers
are read by boto3 as if they had come from there. Calls and capacity units are counted on the way.
"""

import json
from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, Final

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from nudgekit.adapters.item_keys import Tables

TABLES: Final = Tables("Profiles", "Engagement", "Catalogue")
REGION: Final = "eu-west-1"
_no_headers: Callable[[], Any] = HTTPHeaders
_READ_BYTES, _WRITE_BYTES = 4096, 1024
_MESSAGE_ID = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"

Item = Mapping[str, Any]


class Wire:
    """Tables and queues behind boto3's clients.

    Attributes:
        calls: operations, as in `dynamodb:PutItem`.
        units: capacity units, `read` and `write`, and what is sent, `messages` and `events`.
        queues: what was put on each queue, by its URL.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.units: Counter[str] = Counter()
        self.queues: defaultdict[str, list[str]] = defaultdict(list)
        self.items: dict[tuple[str, str, str], Item] = {}
        self.parts: defaultdict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)

    def client(self, service: str) -> Any:
        """A client of boto3 whose requests end here."""
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        build: Callable[..., Any] = boto3.client
        made = build(service, region_name=REGION, config=Config(retries={"total_max_attempts": 1}), **keys)
        made.meta.events.register("before-send.*.*", self._answered)
        return made

    def _answered(self, request: Any, event_name: str, **_more: Any) -> Any:
        _, service, operation = event_name.split(".")
        self.calls[f"{service}:{operation}"] += 1
        status, text = self.answer(
            operation, request.body.decode() if isinstance(request.body, bytes) else request.body
        )
        respond: Callable[..., Any] = AWSResponse
        response = respond(request.url, status, _no_headers(), None)
        response._content = text.encode()  # read whole already
        return response

    def answer(self, operation: str, body: str) -> tuple[int, str]:
        """The status and the text of the answer to a request."""
        return 200, _MESSAGE_ID if operation == "Publish" else json.dumps(_ANSWERS[operation](self, json.loads(body)))

    def read(self, given: Any) -> dict[str, Any]:
        """BatchGetItem, consistently."""
        found: dict[str, list[Item]] = {}
        for table, asked in given["RequestItems"].items():
            for key in asked["Keys"]:
                item = self.items.get((table, key["pk"]["S"], key["sk"]["S"]))
                self.units["read"] += ceil(_size(item) / _READ_BYTES) if item else 1
                if item:
                    found.setdefault(table, []).append(item)
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, given: Any) -> dict[str, Any]:
        """Query of the index; half a unit for each 4 KB, for it is not asked consistently."""
        values = given["ExpressionAttributeValues"]
        part, after = values[":part"]["S"], values.get(":after", {"S": ""})["S"]
        placed = self.parts.get((given["TableName"], part), [])
        begin = bisect_right(placed, (after, "\uffff", "")) if after else 0
        found = placed[begin : begin + given["Limit"]]
        page = [{name: {"S": value} for name, value in zip(("rank", "pk", "sk"), each, strict=True)} for each in found]
        self.units["read"] += ceil(sum(map(_size, page)) / _READ_BYTES / 2) or 1
        more = len(placed) > begin + len(page)
        return {"Items": page, **({"LastEvaluatedKey": page[-1]} if more else {})}

    def put(self, given: Any, factor: int = 1) -> dict[str, Any]:
        """PutItem; within a transaction it costs twice."""
        item = given["Item"]
        self.units["write"] += factor * ceil(_size(item) / _WRITE_BYTES)
        keys = item["pk"]["S"], item["sk"]["S"]
        if "cohort" in item and (given["TableName"], *keys) not in self.items:
            insort(self.parts[given["TableName"], item["cohort"]["S"]], (item["rank"]["S"], *keys))
        self.items[given["TableName"], *keys] = item
        return {}

    def update(self, given: Any) -> dict[str, Any]:
        """UpdateItem, as counts are written: numbers are added to, `SET #ttl` set, and what follows REMOVE is gone."""
        key, names, values = given["Key"], given["ExpressionAttributeNames"], given["ExpressionAttributeValues"]
        keys = given["TableName"], key["pk"]["S"], key["sk"]["S"]
        item = {name: value for name, value in self.items.get(keys, key).items() if name not in _removed(given)}
        more = {names[short]: values[f":{short[1:]}"] for short in names if short[1] == "m"}
        for name, value in {"v": values[":one"], **more}.items():
            item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(value["N"]))}
        self.items[keys] = {**item, "ttl": values[":ttl"]}
        self.units["write"] += ceil(_size(item) / _WRITE_BYTES)
        return {}

    def transact(self, given: Any) -> dict[str, Any]:
        """TransactWriteItems. Conditions are taken to hold: nobody else is there."""
        for each in given["TransactItems"]:
            if "Put" in each:
                self.put(each["Put"], factor=2)
            else:
                self.units["write"] += 2
        return {}

    def send(self, given: Any) -> dict[str, Any]:
        """SendMessage and SendMessageBatch."""
        bodies = [each["MessageBody"] for each in given.get("Entries", [given])]
        self.queues[given["QueueUrl"]] += bodies
        self.units["messages"] += len(bodies)
        return {"Successful": [], "Failed": [], "MessageId": "m"}

    def publish(self, given: Any) -> dict[str, Any]:
        """PutEvents."""
        self.units["events"] += len(given["Entries"])
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in given["Entries"]]}


def _removed(given: Any) -> set[str]:
    return {name for short, name in given["ExpressionAttributeNames"].items() if short[1] == "o"}


def _size(item: Item) -> int:
    """About what DynamoDB counts: names and values."""
    values = (value for each in item.values() for value in each.values())
    return sum(map(len, item)) + sum(len(value) * 3 // 4 if _is_binary(value) else len(value) for value in values)


def _is_binary(value: str) -> bool:
    return len(value) > 160  # bodies alone are so long, and they come as base64


_ANSWERS: Final[Mapping[str, Callable[[Wire, Any], dict[str, Any]]]] = {
    "BatchGetItem": Wire.read,
    "Query": Wire.query,
    "PutItem": Wire.put,
    "UpdateItem": Wire.update,
    "TransactWriteItems": Wire.transact,
    "SendMessage": Wire.send,
    "SendMessageBatch": Wire.send,
    "PutEvents": Wire.publish,
    "SendEmail": lambda wire, given: {"MessageId": "m"},
    "CreateSchedule": lambda wire, given: {"ScheduleArn": "arn:aws:scheduler:::schedule/a/b"},
}

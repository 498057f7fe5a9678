"""Documents in DynamoDB: one batched read, one transaction."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.backoff import Sleep, attempts, step_aside
from nudgekit.adapters.bodies import pack, unpack
from nudgekit.adapters.clock import Clock
from nudgekit.adapters.faults import THROTTLING, asking_to_come_back, code_of
from nudgekit.adapters.item_keys import Place, Tables, person_at, place, ref_of
from nudgekit.errors import BadInput, Conflict, Throttled
from nudgekit.model.tally import Tally
from nudgekit.runs.cohorts import place_of
from nudgekit.runs.documents import COUNTED, Check, Count, Delete, Kind, Put, Ref, Stored, Write, alone
from nudgekit.runs.ports import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READ_AT_ONCE: Final = 100
"""Items that one BatchGetItem takes."""

WRITE_AT_ONCE: Final = 100
"""Items that one TransactWriteItems takes."""

INDEX: Final = "cohort"
"""The index by which people are found in bulk; its keys are the attributes `cohort` and `rank`."""

LOST_RACE: Final = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "TransactionConflict",
        "TransactionConflictException",
    }
)
"""Codes that say that somebody else wrote the same items meanwhile."""


class DynamoStore:
    """The port `Store` on three tables.

    Args:
        client: a DynamoDB client.
        tables: the names of the tables.
        clock: translates the expiry of items into the wall's time.
        sleep: pauses, in seconds.
    """

    def __init__(self, client: "DynamoDBClient", tables: Tables, clock: Clock, sleep: Sleep = time.sleep) -> None:
        self.client, self.tables, self.clock, self.sleep = client, tables, clock, sleep

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        """See `ports.Store`."""
        wanted: dict[Place, list[Ref]] = {}
        for ref in dict.fromkeys(refs):
            wanted.setdefault(place(ref, self.tables), []).append(ref)
        places = list(wanted)
        found: dict[Ref, Stored] = {}
        for start in range(0, len(places), READ_AT_ONCE):
            for where, item in self._fetch(places[start : start + READ_AT_ONCE]):
                found |= {ref: _stored(ref, item) for ref in wanted[where]}
        return found

    def _fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        request = _read_request(places)
        for _ in attempts(self.sleep):
            with asking_to_come_back("DynamoDB"):
                answer = self.client.batch_get_item(RequestItems=request)
            for table, items in answer["Responses"].items():
                yield from ((Place(table, item["pk"]["S"], item["sk"]["S"]), item) for item in items)
            request = answer.get("UnprocessedKeys") or {}
            if not request:
                return
        raise Throttled("DynamoDB left keys unread in every attempt")

    def commit(self, puts: Sequence[Write]) -> None:
        """See `ports.Store`."""
        if len(puts) > WRITE_AT_ONCE:
            raise BadInput(f"{len(puts)} items in one transaction", "commit", f"write at most {WRITE_AT_ONCE}")
        if not puts:
            return
        from botocore.exceptions import ClientError  # noqa: PLC0415

        count = alone(puts)
        try:
            if count is not None:
                self.client.update_item(**self._addition(count))
            else:
                self._send([self._part(put) for put in puts if not isinstance(put, Count)])
        except ClientError as error:
            meaning = _meaning(error)
            if isinstance(meaning, Conflict):
                step_aside(self.sleep)
            raise meaning from None

    def _send(self, parts: Sequence[dict[str, Any]]) -> None:
        if len(parts) == 1 and "Put" in parts[0]:
            self.client.put_item(**parts[0]["Put"])
        else:
            self.client.transact_write_items(TransactItems=parts)  # type: ignore[arg-type]

    def _part(self, write: Put | Delete | Check) -> dict[str, Any]:
        if isinstance(write, Put):
            return {"Put": self._write(write)}
        table, pk, sk = place(write.ref, self.tables)
        named = {"TableName": table, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}, **_condition(write.expect)}
        return {"Delete" if isinstance(write, Delete) else "ConditionCheck": named}

    def _write(self, put: Put) -> dict[str, Any]:
        table, pk, sk = place(put.ref, self.tables)
        item: dict[str, Any] = {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "v": {"N": str(put.expect + 1)},
            "body": {"B": pack(put.ref.kind, put.value)},
        }
        if put.status is not None:
            item["status"] = {"S": str(put.status)}
        if put.expires_at is not None:
            item["ttl"] = {"N": str(int(self.clock.to_real(put.expires_at).timestamp()))}
        if (found := place_of(put)) is not None:
            item |= {"cohort": {"S": found.part}, "rank": {"S": found.rank}}
        return {"TableName": table, "Item": item, **_condition(put.expect)}

    def _addition(self, count: Count) -> dict[str, Any]:
        """The numbers stand beside the keys as attributes of their own: nothing has to be read to add to them."""
        table, pk, sk = place(count.ref, self.tables)
        named = {f"#m{number}": str(name) for number, name in enumerate(count.more)}
        gone = {f"#o{number}": str(name) for number, name in enumerate(count.over)}
        sums = ", ".join(f"#m{number} :m{number}" for number in range(len(count.more)))
        expires = int(self.clock.to_real(count.expires_at).timestamp())
        return {
            "TableName": table,
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": f"ADD v :one, {sums} SET #ttl = :ttl" + (f" REMOVE {', '.join(gone)}" if gone else ""),
            "ExpressionAttributeNames": {"#ttl": "ttl", **named, **gone},
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":ttl": {"N": str(expires)},
                **{f":m{number}": {"N": str(more)} for number, more in enumerate(count.more.values())},
            },
        }

    def page(self, kind: Kind, part: str, after: str, limit: int) -> Page:
        """See `ports.Cohorts`. The index follows the tables within moments, not at once."""
        request: dict[str, Any] = {
            "TableName": place(Ref(kind, ""), self.tables).table,
            "IndexName": INDEX,
            "KeyConditionExpression": "cohort = :part AND #rank > :after" if after else "cohort = :part",
            "ExpressionAttributeValues": {":part": {"S": part}, **({":after": {"S": after}} if after else {})},
            "Limit": limit,
            **({"ExpressionAttributeNames": {"#rank": "rank"}} if after else {}),
        }
        with asking_to_come_back("DynamoDB"):
            answer = self.client.query(**request)
        ranks = tuple(item["rank"]["S"] for item in answer["Items"])
        people = tuple(person_at(kind, item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"])
        return Page(people, ranks[-1] if "LastEvaluatedKey" in answer and ranks else "", ranks)

    def of(self, person: str) -> dict[Ref, Stored]:
        """See `ports.People`."""
        found: dict[Ref, Stored] = {}
        for table in self.tables:
            for item in self._rows(table, f"USER#{person}"):
                if ref := ref_of(person, item["sk"]["S"]):
                    found[ref] = _stored(ref, item)
        return found

    def waves(self, triggers: Iterable[str]) -> dict[Ref, Stored]:
        """See `ports.People`."""
        found: dict[Ref, Stored] = {}
        for trigger in triggers:
            where = place(Ref(Kind.WAVE, trigger), self.tables)
            for item in self._rows(where.table, where.pk):
                ref = Ref(Kind.WAVE, trigger, item["sk"]["S"])
                found[ref] = _stored(ref, item)
        return found

    def _rows(self, table: str, partition: str) -> Iterator[Mapping[str, Any]]:
        request: dict[str, Any] = {
            "TableName": table,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :partition",
            "ExpressionAttributeValues": {":partition": {"S": partition}},
        }
        while True:
            with asking_to_come_back("DynamoDB"):
                answer = self.client.query(**request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _read_request(places: Sequence[Place]) -> dict[str, Any]:
    request: dict[str, Any] = {}
    for table, pk, sk in places:
        asked = request.setdefault(table, {"ConsistentRead": True, "Keys": []})
        asked["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
    return request


def _stored(ref: Ref, item: Mapping[str, Any]) -> Stored:
    value = _numbers(item) if ref.kind in COUNTED else unpack(ref.kind, item["body"]["B"])
    return Stored(value, int(item["v"]["N"]))


def _numbers(item: Mapping[str, Any]) -> Tally:
    return Tally(people={int(name): int(value["N"]) for name, value in item.items() if name.isdigit()})


def _condition(expect: int) -> dict[str, Any]:
    if expect == 0:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {"ConditionExpression": "v = :expect", "ExpressionAttributeValues": {":expect": {"N": str(expect)}}}


def _meaning(error: Any) -> Exception:
    """What a refused write means. The service's own text stays out: it may quote keys."""
    codes = {code_of(error), *(reason.get("Code", "") for reason in error.response.get("CancellationReasons", ()))}
    if codes & LOST_RACE:
        return Conflict("another writer was faster")
    if codes & THROTTLING:
        return Throttled(f"DynamoDB asks to come back later ({code_of(error)})")
    return RuntimeError(f"DynamoDB refused a write: {', '.join(sorted(codes - {'None'}))}")

"""Look for words in every row of every table of a stack: in its keys and in its body."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nudgekit.adapters.bodies import RAW
from nudgekit.cli.place import Place


def words_of(told: Mapping[str, Any]) -> list[str]:
    """The words of an export that name the person: ids, addresses, name."""
    profiles = [each["value"] for each in told["documents"] if each["kind"] == "profile"]
    named = (each.get(field) for each in profiles for field in ("email", "phone", "name"))
    devices = (device for each in profiles for device in each.get("push", {}))
    return [*told["ids"], *(word for word in (*named, *devices) if word)]


def scan(place: Place, words: Iterable[str]) -> Iterator[str]:
    """Every place, as table and sort key's kind, where one of the words stands."""
    sought = tuple(words)
    for table in place.tables:
        for item in _rows(place.client("dynamodb"), table):
            if any(_stands(word, item) for word in sought):
                yield f"{table} {item['sk']['S'].partition('#')[0]}"


def _stands(word: str, item: Mapping[str, Any]) -> bool:
    """Whether a key or the body has the word as a whole: as a part of a key, or as a string of the JSON."""
    parts = {part for key in ("pk", "sk") for part in item[key]["S"].split("#")}
    whole = {item[key]["S"].partition("#")[2] for key in ("pk", "sk")}
    body = zlib.decompress(item["body"]["B"], RAW).decode() if "body" in item else ""
    return word in parts | whole or f'"{word}"' in body


def _rows(dynamodb: Any, table: str) -> Iterator[Mapping[str, Any]]:
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
    while True:
        answer = dynamodb.scan(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

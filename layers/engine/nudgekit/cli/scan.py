"""Look for words in every row of every table of a stack: in its keys and in its body."""

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from nudgekit.adapters.bodies import RAW
from nudgekit.cli.place import Place


class Words(NamedTuple):
    """The words that name somebody.

    Attributes:
        ids: theirs alone.
        traits: addresses and the name, which others may have as well.
    """

    ids: tuple[str, ...]
    traits: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Words":
        """The words of an export."""
        profiles = [each["value"] for each in told["documents"] if each["kind"] == "profile"]
        named = (each.get(field) for each in profiles for field in ("email", "phone", "name"))
        devices = (device for each in profiles for device in each.get("push", {}))
        return cls(tuple(told["ids"]), tuple(word for word in (*named, *devices) if word))


def scan(place: Place, words: Words) -> Iterator[str]:
    """Every place, as table and sort key's kind, where one of the words stands.

    What stands under somebody else's id may hold an address or a name that both have: that is theirs.
    """
    for table in place.tables:
        for item in _rows(place.client("dynamodb"), table):
            sought = words.ids if _is_anothers(item, words) else (*words.ids, *words.traits)
            if any(_stands(word, item) for word in sought):
                yield f"{table} {item['sk']['S'].partition('#')[0]}"


def _is_anothers(item: Mapping[str, Any], words: Words) -> bool:
    kind, _, owner = item["pk"]["S"].partition("#")
    return kind == "USER" and owner not in words.ids


def _stands(word: str, item: Mapping[str, Any]) -> bool:
    """Whether a key or the body has the word as a whole: as a part of a key, as a string of the JSON, or as its end."""
    parts = {part for key in ("pk", "sk") for part in item[key]["S"].split("#")}
    whole = {item[key]["S"].partition("#")[2] for key in ("pk", "sk")}
    body = zlib.decompress(item["body"]["B"], RAW).decode() if "body" in item else ""
    written = json.dumps(word, ensure_ascii=False)[1:]
    return word in parts | whole or f'"{written}' in body or f"#{written}" in body


def _rows(dynamodb: Any, table: str) -> Iterator[Mapping[str, Any]]:
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
    while True:
        answer = dynamodb.scan(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

"""The tag that every message carries to its provider, so that receipts name the message."""

import json
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from nudgekit.model import base64url
from nudgekit.model.base import MessageId, PersonId


class Receipt(NamedTuple):
    """Which message of which person."""

    person: str
    message: str


def write_receipt(receipt: Receipt) -> str:
    """The receipt as a tag of letters, digits, `-` and `_`."""
    return base64url.write(json.dumps(receipt, separators=(",", ":")).encode())


def read_receipt(tag: str) -> Receipt | None:
    """The receipt in `tag`, or None when it is none of ours."""
    try:
        return Receipt(*_ours.validate_json(base64url.read(tag)))
    except ValueError:
        return None


_ours: Final = TypeAdapter(tuple[PersonId, MessageId])

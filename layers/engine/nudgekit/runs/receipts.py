"""The tag that every message carries to its provider, so that receipts name the message."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from nudgekit.model.base import MessageId, PersonId


class Receipt(NamedTuple):
    """Which message of which person."""

    person: str
    message: str


def write_receipt(receipt: Receipt) -> str:
    """The receipt as a tag of letters, digits, `-` and `_`."""
    return urlsafe_b64encode(json.dumps(receipt, separators=(",", ":")).encode()).decode().rstrip("=")


def read_receipt(tag: str) -> Receipt | None:
    """The receipt in `tag`, or None when it is none of ours."""
    try:
        return Receipt(*_ours.validate_json(urlsafe_b64decode(tag + "=" * (-len(tag) % 4))))
    except (Error, ValueError):
        return None


_ours: Final = TypeAdapter(tuple[PersonId, MessageId])

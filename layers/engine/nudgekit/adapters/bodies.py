"""A document as the bytes it is stored as: compact JSON, deflated."""

import zlib
from typing import Any, Final

from nudgekit.runs.documents import Kind, codec

RAW: Final = -15
"""Deflate without header and checksum: DynamoDB keeps its own."""

LEVEL: Final = 6


def pack(kind: Kind, value: object) -> bytes:
    """The bytes of a document."""
    return zlib.compress(codec(kind).dump_json(value), LEVEL, RAW)


def unpack(kind: Kind, body: bytes) -> Any:
    """The document in `body`."""
    return codec(kind).validate_json(zlib.decompress(body, RAW))

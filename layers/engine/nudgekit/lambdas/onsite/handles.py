"""What a page calls a message by: all that its claim must read, in one word.

A handle proves nothing: it counts only together with who asks, and only for a message of theirs that it fits.
"""

import json
from typing import Final

from pydantic import TypeAdapter

from nudgekit.model import base64url
from nudgekit.model.base import Channel
from nudgekit.model.inbox import Posted
from nudgekit.runs.arm import MAX_ITEMS
from nudgekit.runs.ports import MessageRef

LONGEST_HANDLE: Final = 8 * 1024
_ref: Final = TypeAdapter(MessageRef)


def write_handle(posted: Posted) -> str:
    """The handle of a message that waits."""
    parts = (posted.message, posted.trigger, posted.key, list(posted.items[:MAX_ITEMS]))
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return base64url.write(text.encode())


def read_handle(handle: object, person: str) -> MessageRef | None:
    """The message of `person` that the handle names; None when it is none of ours."""
    if not isinstance(handle, str) or len(handle) > LONGEST_HANDLE or not handle.isascii():
        return None
    try:
        parts = json.loads(base64url.read(handle))
        message, trigger, key, items = parts
        ref = _ref.validate_python((message, person, trigger, key, Channel.ONSITE, tuple(items)))
    except (ValueError, TypeError, RecursionError):
        return None
    return ref if len(ref.items) <= MAX_ITEMS else None

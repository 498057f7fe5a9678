"""What a rule may name: ids, keys, purposes."""

import re
from typing import get_args

from nudgekit.model.base import KEY_FIELDS, Purpose

KEYS = (*KEY_FIELDS, "person")
"""What tells the runs of one person apart; by `person` there is one run at a time."""

PURPOSES: tuple[str, ...] = get_args(Purpose)

_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def is_trigger_id(name: object) -> bool:
    """Whether `name` can be a trigger's id, its folder, and part of the names of its resources."""
    return isinstance(name, str) and len(name) <= 40 and _ID.fullmatch(name) is not None

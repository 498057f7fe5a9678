"""Everything about a person as one document that people and machines can read."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from nudgekit.model.base import EPOCH, from_ms
from nudgekit.runs.addresses import address_owner
from nudgekit.runs.documents import Kind, Ref, Stored, codec
from nudgekit.runs.erase import naming
from nudgekit.runs.family import Family, TriggerOf, asked_for, family_of
from nudgekit.runs.ports import Alarms, People, WakeUp

SCHEMA: Final = "nudgekit.person/1"

NOT_SEEN: Final = (
    "Messages that a function has taken at this moment, or that are not to be seen before their time, a quarter of an "
    "hour ahead at most: the runs and messages they are about are among the documents.",
    "Events that an archive of the bus keeps, if somebody made one: nudgekit makes none.",
    "Log lines: they carry no ids, addresses or content.",
    "What the channels' providers keep of the messages they sent.",
    "Backups of the tables (point-in-time recovery), for as long as the account keeps them.",
)

_EARLIEST, _LATEST = 1_000_000_000_000, 4_102_444_800_000
"""Numbers between these are moments in milliseconds, from 2001 to 2099, in the documents that write times so."""

_IN_MILLISECONDS: Final = frozenset(
    {Kind.PROFILE, Kind.FACTS, Kind.LEDGER, Kind.RUN, Kind.MESSAGE, Kind.TRACE, Kind.FOLLOWING, Kind.SELLING}
)
_GIVEN: Final = frozenset({"traits", "content"})
"""Fields that are the shop's own words."""


def export(  # noqa: PLR0913, PLR0917  who, where everything is kept, and when
    person: str,
    store: People,
    alarms: Alarms,
    trigger_of: TriggerOf,
    now: datetime,
    triggers: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything about `person` under all their ids, as JSON that needs no knowledge of the tables."""
    family = family_of(person, store)
    return {
        "schema": SCHEMA,
        "person": family.person,
        "ids": list(family.documents),
        "as_of": now.isoformat(),
        "documents": [_document(ref, stored) for ref, stored in family.all],
        "aliases": _aliases(family, store),
        "wake_ups": _wake_ups(family, alarms, trigger_of),
        "waves": [{"trigger": ref.owner, "name": ref.name} for ref in naming(family, store.waves(triggers))],
        "not_seen": list(NOT_SEEN),
    }


def _document(ref: Ref, stored: Stored) -> dict[str, Any]:
    value = json.loads(codec(ref.kind).dump_json(stored.value))
    told = _readable(value) if ref.kind in _IN_MILLISECONDS else value
    return {"kind": ref.kind, "id": ref.owner, "name": ref.name, "version": stored.version, "value": told}


def _readable(value: Any, name: str = "") -> Any:
    """The value with every moment written out; what the shop said itself stays as it is."""
    if isinstance(value, dict):
        if name == "days":
            return {each: {_day(number): times for number, times in days.items()} for each, days in value.items()}
        return {key: each if key in _GIVEN else _readable(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_readable(each) for each in value]
    is_moment = isinstance(value, int) and not isinstance(value, bool) and _EARLIEST <= value <= _LATEST
    return from_ms(value).isoformat() if is_moment else value


def _day(number: str) -> str:
    return (EPOCH + timedelta(days=int(number))).date().isoformat()


def _aliases(family: Family, store: People) -> list[dict[str, Any]]:
    """Where the person is listed, and what was said from there; who else is there is nobody's business but theirs."""
    found = store.read(family.aliases)
    return [
        {
            "address": ref.owner,
            "shared_with": len(set(stored.value) - set(family.documents)),
            "said": [_document(*each) for each in store.of(address_owner(ref)).items()],
        }
        for ref, stored in found.items()
        if set(stored.value) & set(family.documents)
    ]


def _wake_ups(family: Family, alarms: Alarms, trigger_of: TriggerOf) -> list[dict[str, Any]]:
    return [
        {"at": at.isoformat(), "wake_up": _plain(wake_up)}
        for wake_up, at in asked_for(family, trigger_of)
        if alarms.waits(wake_up, at)
    ]


def _plain(wake_up: WakeUp) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in wake_up._asdict().items()}

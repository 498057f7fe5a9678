"""Situations as marketers write them, read strictly."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

from nudgekit.errors import RuleError

_PARTS = re.compile(r"(?P<sign>-)?((?P<days>\d+)d)?((?P<hours>\d+)h)?((?P<minutes>\d+)m)?((?P<seconds>\d+)s)?")
_RECOMMENDED = frozenset({"goes_with", "complements", "best_sellers", "favourites"})
_USUALLY = frozenset({"clock", "shopper", "consent", "products", "events"}) | _RECOMMENDED
_GIVEN = _USUALLY | {"held_out", "released_after", "messages_before", "providers", "facts_stand_still_since", "used_up"}
_KNOWN = frozenset({"name", "given", "when", "then", "watch"})


class Situation(NamedTuple):
    """One situation.

    Attributes:
        trigger: the rule's folder.
        name: what it shows.
        start: the moment called 0m.
        given: what holds before.
        when: what happens, each with its moment.
        then: what the trigger must do, in order, and nothing else.
        watch: how long we look on; None until nothing is left to happen.
    """

    trigger: str
    name: str
    start: datetime
    given: Mapping[str, Any]
    when: tuple[tuple[datetime, Mapping[str, Any]], ...]
    then: tuple[Mapping[str, Any], ...]
    watch: timedelta | None


def span(text: str) -> timedelta:
    """A length of time such as `2h30m`, `-6d23h59m59s` or `0m`."""
    match = _PARTS.fullmatch(str(text).strip())
    if not match or not any(match.groupdict().values()):
        raise ValueError(f"{text!r} is no time: write it as in 2h30m")
    parts = {unit: int(match[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")}
    return -timedelta(**parts) if match["sign"] else timedelta(**parts)


def spell(length: timedelta) -> str:
    """`length` as situations write it."""
    seconds, text = length // timedelta(seconds=1), ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        text += f"{seconds // size}{unit}" if seconds // size else ""
        seconds %= size
    return text or "0m"


def read_situations(folder: Path) -> list[Situation]:
    """All situations of the trigger in `folder`.

    Raises:
        RuleError: there is no such file, or a situation says something that is not known.
    """
    path = folder / "situations.yaml"
    if not path.exists():
        raise RuleError("the trigger has no situations", str(path), "write what it must do and when it must be silent")
    data = yaml.safe_load(path.read_text())
    return list(_situations(folder.name, path, data))


def _situations(trigger: str, path: Path, data: Mapping[str, Any]) -> Iterator[Situation]:
    _only(data, {"usually", "situations"}, str(path))
    _only(data["usually"], _USUALLY, f"{path}: usually")
    for each in data["situations"]:
        where = f"{path}: {each.get('name')}"
        _only(each, _KNOWN, where)
        _only(each.get("given", {}), _GIVEN, f"{where}: given")
        given = _merged(data["usually"], each.get("given", {}))
        start = _start(given)
        when = tuple((start + span(step["at"]), step) for step in [*given.get("events", ()), *each.get("when", ())])
        watch = span(each["watch"]) if "watch" in each else None
        yield Situation(trigger, each["name"], start, given, when, tuple(each["then"]), watch)


def _start(given: Mapping[str, Any]) -> datetime:
    """The shopper's own clock at 0m."""
    clock = given["clock"]
    moment = clock if isinstance(clock, datetime) else datetime.fromisoformat(str(clock))
    return moment.replace(tzinfo=ZoneInfo(given["shopper"].get("timezone") or "UTC"))


def _merged(usual: Any, own: Any) -> Any:
    if isinstance(usual, Mapping) and isinstance(own, Mapping):
        return {key: _merged(usual.get(key), own[key]) if key in own else usual[key] for key in {**usual, **own}}
    return own


def _only(data: Mapping[str, Any], known: frozenset[str] | set[str], where: str) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise RuleError(f"{', '.join(unknown)} means nothing here", where, f"one of {', '.join(sorted(known))}")


def plain(value: Any) -> Any:
    """A value from YAML as JSON has it: dates as texts."""
    return value.isoformat() if isinstance(value, date) else value

"""The shop's numbers: who it is, its quiet hours, its caps. Dated, in one file: `rules/policy.py`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from nudgekit.language.durations import days, seconds
from nudgekit.language.mistakes import caller, keyword_place, nearest, report
from nudgekit.language.trigger import CHANNELS, PURPOSES
from nudgekit.model.base import Channel, Purpose
from nudgekit.model.profile import zone

LONGEST_CAP = timedelta(days=30)
"""The longest window of a cap: ledgers look back no further."""


@dataclass(frozen=True)
class Shop:
    """Who is speaking. `unsubscribe_url` is where a person ends all mail; `postal_address` stands under every mail."""

    name: str
    url: str
    postal_address: str
    unsubscribe_url: str

    def __post_init__(self) -> None:
        for name in ("name", "postal_address"):
            if not str(getattr(self, name)).strip():
                _report(name, f"the shop has no {name}", "mails must carry it")
        for name in ("url", "unsubscribe_url"):
            if not _is_web_address(getattr(self, name)):
                _report(name, f"{name} is not a web address", "write it in full, with https://")


@dataclass(frozen=True)
class QuietHours:
    """When promotional messages on `channel` wait, in the person's zone: from `start` up to, not including, `end`."""

    channel: str
    start: time
    end: time

    def __post_init__(self) -> None:
        object.__setattr__(self, "channel", _channel(self.channel, "channel"))
        if not isinstance(self.start, time) or not isinstance(self.end, time) or self.start == self.end:
            _report("start", "the quiet hours have no length", "write two times, as in time(21, 0), time(8, 0)")


@dataclass(frozen=True)
class Cap:
    """At most `limit` messages of `purpose` in any window of length `per`, over `channels` together (None: all)."""

    purpose: Purpose
    limit: int
    per: timedelta
    channels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.channels is not None:
            channels = tuple(sorted(_channel(each, "channels") for each in self.channels))
            object.__setattr__(self, "channels", channels)
        if self.purpose not in PURPOSES:
            _report("purpose", f"{self.purpose!r} is not a purpose", f"one of {', '.join(PURPOSES)}")
        if type(self.limit) is not int or self.limit < 1:
            _report("limit", f"{self.limit!r} is not a limit", "write a whole number above 0")
        if not isinstance(self.per, timedelta) or not timedelta() < self.per <= LONGEST_CAP:
            _report("per", "the cap has no window", "write a length of time up to days(30)")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds for every trigger of the shop.

    Attributes:
        valid_from: the day these numbers were decided for.
        shop: who is speaking.
        default_timezone: the IANA zone of people whose own is not known.
        currency: the shop's own currency, ISO 4217.
        quiet_hours: per channel, for promotional messages.
        caps: how much is enough.
    """

    valid_from: date
    shop: Shop
    default_timezone: str
    currency: str
    quiet_hours: tuple[QuietHours, ...] = ()
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        place = None
        for keyword, what, remedy in _mistakes(self):
            place = place or caller()
            report(what, remedy, keyword_place(place, keyword))

    def quiet_window(self, channel: str) -> QuietHours | None:
        """The quiet hours of `channel`, or None."""
        return self._windows.get(channel)

    def caps_on(self, purpose: str, channel: str) -> tuple[Cap, ...]:
        """The caps that a message for `purpose` on `channel` falls under."""
        return self._caps.get((purpose, channel), ())

    @cached_property
    def _windows(self) -> dict[str, QuietHours]:
        return {each.channel: each for each in self.quiet_hours}

    @cached_property
    def _caps(self) -> dict[tuple[str, str], tuple[Cap, ...]]:
        """Looked up at every decision, so made once."""
        return {
            (purpose, channel): tuple(
                each for each in self.caps if each.purpose == purpose and channel in (each.channels or CHANNELS)
            )
            for purpose in PURPOSES
            for channel in CHANNELS
        }

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON, as hexadecimal digits."""
        return sha256(self.to_json().encode()).hexdigest()

    def to_data(self) -> dict[str, Any]:
        """The policy as plain JSON values; windows in seconds, dates and times in ISO 8601."""
        return {
            "valid_from": self.valid_from.isoformat(),
            "shop": dict(vars(self.shop)),
            "default_timezone": self.default_timezone,
            "currency": self.currency,
            "quiet_hours": [
                {"channel": str(each.channel), "start": each.start.isoformat(), "end": each.end.isoformat()}
                for each in self.quiet_hours
            ],
            "caps": [{**vars(each), "per": seconds(each.per), "channels": each.channels} for each in self.caps],
        }

    def to_json(self) -> str:
        """The one JSON text of this policy: sorted keys, no spaces."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Policy":
        """The policy that `to_json` wrote."""
        data = json.loads(text)
        return cls(
            valid_from=date.fromisoformat(data["valid_from"]),
            shop=Shop(**data["shop"]),
            default_timezone=data["default_timezone"],
            currency=data["currency"],
            quiet_hours=tuple(_quiet_hours(each) for each in data["quiet_hours"]),
            caps=tuple(_cap(each) for each in data["caps"]),
        )


def _mistakes(policy: Policy) -> Iterator[tuple[str, str, str]]:
    if not isinstance(policy.valid_from, date):
        yield "valid_from", "valid_from is not a date", "write it as in date(2026, 1, 1)"
    if not isinstance(policy.shop, Shop):
        yield "shop", "shop is not a Shop", "write shop=Shop(name=..., ...)"
    if not isinstance(policy.default_timezone, str) or zone(policy.default_timezone) is None:
        yield "default_timezone", f"{policy.default_timezone!r} is not a time zone", "name one, as in Europe/Berlin"
    if not re.fullmatch("[A-Z]{3}", str(policy.currency)):
        yield "currency", f"{policy.currency!r} is not a currency", "write its three letters, as in EUR"
    channels = [each.channel for each in policy.quiet_hours]
    for name in sorted({each for each in channels if channels.count(each) > 1}):
        yield "quiet_hours", f'"{name}" has quiet hours twice', "keep one of them"


def _quiet_hours(data: dict[str, str]) -> QuietHours:
    start, end = (time.fromisoformat(data[name]) for name in ("start", "end"))
    return QuietHours(data["channel"], start, end)


def _cap(data: dict[str, Any]) -> Cap:
    channels = data["channels"]
    per = days(data["per"] / 86400)
    return Cap(data["purpose"], data["limit"], per, None if channels is None else tuple(channels))


def _channel(given: str, keyword: str) -> Channel:
    if given not in CHANNELS:
        _report(keyword, f"{given!r} is not a channel", nearest(str(given), CHANNELS))
        return Channel.EMAIL
    return Channel(given)


def _is_web_address(given: object) -> bool:
    parts = urlsplit(str(given))
    return parts.scheme == "https" and bool(parts.netloc)


def _report(keyword: str, what: str, remedy: str) -> None:
    report(what, remedy, keyword_place(caller(), keyword))

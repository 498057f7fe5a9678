"""The shop's numbers: who it is, its quiet hours, its caps, and where it sets a row of the law aside.

Dated, in one file: `rules/policy.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from nudgekit.language.expressions import Condition, Named
from nudgekit.language.mistakes import caller, keyword_place, report
from nudgekit.language.policy.backlog import AfterQuietHours, backlog_mistakes
from nudgekit.language.policy.caps import Cap
from nudgekit.language.policy.consent import CONFIRMABLE, MOST_TOPICS, REPLIES, Replies, Topic
from nudgekit.language.policy.freshness import freshness_mistakes
from nudgekit.language.policy.holdouts import Holdout, holdout_mistakes
from nudgekit.language.policy.locales import locale_mistakes
from nudgekit.language.policy.override import Override
from nudgekit.language.policy.quiet_hours import QuietHours
from nudgekit.language.policy.safety import SafetyLimit, safety_mistakes
from nudgekit.language.policy.shop import Shop
from nudgekit.law.schedule import ALWAYS, Schedule, except_between
from nudgekit.model.zone import zone

__all__ = ["Cap", "Holdout", "Override", "Policy", "QuietHours", "Replies", "SafetyLimit", "Shop", "Topic"]


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
        after_quiet_hours: what goes out of one person's runs that waited for the same hour: the best, or all.
        spread: over how long the people who waited for the same hour are let go.
        safety: how many people a trigger may reach in a short time before somebody must look.
        leave_out: who gets nothing promotional, whatever a rule's audience says; None: nobody is left out.
        holdouts: who is not messaged for a while, so that the effect can be measured.
        overrides: rows of the law that the shop sets aside, each with its reason.
        pace: how many people a minute one trigger asks, when many are asked at once.
        freshness: how far facts may lag behind before nothing is decided on them any more; None: nobody asks.
        topics: what people can allow or refuse by itself, in the order of the preference page.
        double_opt_in: channels on which a grant counts only once it is confirmed.
        revoke_all: whether STOP in a text ends every text on that channel, whatever it is about.
        replies: what people are answered who write STOP, HELP or START.
        locales: the locales that its messages are written for; the first is that of people whose own is not known.
    """

    valid_from: date
    shop: Shop
    default_timezone: str
    currency: str
    quiet_hours: tuple[QuietHours, ...] = ()
    caps: tuple[Cap, ...] = ()
    after_quiet_hours: AfterQuietHours = "all"
    spread: timedelta = timedelta()
    safety: tuple[SafetyLimit, ...] = ()
    leave_out: Condition | None = None
    holdouts: tuple[Holdout, ...] = ()
    overrides: tuple[Override, ...] = ()
    freshness: timedelta | None = None
    pace: int = 100_000
    topics: tuple[Topic, ...] = ()
    double_opt_in: tuple[str, ...] = ()
    revoke_all: bool = True
    replies: Replies = REPLIES
    locales: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        place = None
        for keyword, what, remedy in _mistakes(self):
            place = place or caller()
            report(what, remedy, keyword_place(place, keyword))

    def quiet_window(self, channel: str) -> QuietHours | None:
        """The quiet hours of `channel`, or None."""
        return self._windows.get(channel)

    def quiet_schedule(self, channel: str) -> Schedule:
        """When the quiet hours leave `channel` open."""
        return self._schedules.get(channel, ALWAYS)

    def caps_on(self, purpose: str, channel: str, trigger: str) -> tuple[Cap, ...]:
        """The caps that a message of `trigger` for `purpose` on `channel` falls under."""
        wanted = purpose, channel, trigger
        if wanted not in self._caps:
            self._caps[wanted] = tuple(each for each in self.caps if each.binds(*wanted))
        return self._caps[wanted]

    def left_out(self, purpose: str) -> Condition | None:
        """Who gets no message for `purpose`, named as the trace shows it; None: nobody is left out."""
        return self._left_out if purpose == "promotional" else None

    def safety_limit(self, trigger: str) -> SafetyLimit | None:
        """The safety limit of `trigger`: its own, or the general one; None: it has none."""
        return self._safety.get(trigger) or self._safety.get(None)

    def holdouts_on(self, now: datetime, trigger: str) -> tuple[Holdout, ...]:
        """The holdouts of the shop that messages of `trigger` fall under at `now`."""
        if not self.holdouts:
            return ()
        today = now.astimezone(self._zone).date()
        return tuple(each for each in self.holdouts if each.holds(today, trigger))

    @cached_property
    def _left_out(self) -> Condition | None:
        return Named("leave_out", self.leave_out) if self.leave_out is not None else None

    @cached_property
    def _safety(self) -> dict[str | None, SafetyLimit]:
        return {each.trigger: each for each in self.safety}

    @cached_property
    def triggers_named(self) -> frozenset[str]:
        """The triggers that caps, limits and holdouts name."""
        caps, limits = (each.trigger for each in self.caps), (each.trigger for each in self.safety)
        held = (name for each in self.holdouts for name in each.triggers or ())
        return frozenset(name for name in (*caps, *limits, *held) if name is not None)

    @cached_property
    def _zone(self) -> ZoneInfo:
        found = zone(self.default_timezone)
        if found is None:
            raise AssertionError("a policy's zone is checked when it is read")
        return found

    @cached_property
    def overridden(self) -> frozenset[str]:
        """The ids of the rows of the law that the shop sets aside."""
        return frozenset(each.row for each in self.overrides)

    def override(self, row: str) -> Override:
        """Why the shop sets the row of the law aside."""
        return next(each for each in self.overrides if each.row == row)

    @cached_property
    def _windows(self) -> dict[str, QuietHours]:
        return {each.channel: each for each in self.quiet_hours}

    @cached_property
    def _schedules(self) -> dict[str, Schedule]:
        return {each.channel: except_between(each.start, each.end) for each in self.quiet_hours}

    @cached_property
    def _caps(self) -> dict[tuple[str, str, str], tuple[Cap, ...]]:
        """Looked up at every decision, so each answer is made once."""
        return {}


_PARTS = (
    ("quiet_hours", QuietHours),
    ("caps", Cap),
    ("safety", SafetyLimit),
    ("holdouts", Holdout),
    ("overrides", Override),
    ("topics", Topic),
)
"""What stands in the policy several times: the keyword, and what it takes."""


def _mistakes(policy: Policy) -> Iterator[tuple[str, str, str]]:
    if not isinstance(policy.valid_from, date):
        yield "valid_from", "valid_from is not a date", "write it as in date(2026, 1, 1)"
    if not isinstance(policy.shop, Shop):
        yield "shop", "shop is not a Shop", "write shop=Shop(name=..., ...)"
    if not isinstance(policy.default_timezone, str) or zone(policy.default_timezone) is None:
        yield "default_timezone", f"{policy.default_timezone!r} is not a time zone", "name one, as in Europe/Berlin"
    if not re.fullmatch("[A-Z]{3}", str(policy.currency)):
        yield "currency", f"{policy.currency!r} is not a currency", "write its three letters, as in EUR"
    strangers = tuple(_strangers(policy))
    yield from strangers or _numbers(policy)


def _strangers(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """What is not of its kind, or in a tuple too many or too few: nothing can be asked of it."""
    for keyword, kind in _PARTS:
        given = getattr(policy, keyword)
        if not isinstance(given, tuple) or not all(isinstance(each, kind) for each in given):
            name = kind.__name__
            yield keyword, f"{keyword} is not a tuple of {name}", f"write {keyword}=({name}(...),), with its comma"


def _numbers(policy: Policy) -> Iterator[tuple[str, str, str]]:
    yield from backlog_mistakes(policy.after_quiet_hours, policy.spread)
    yield from safety_mistakes(policy.safety)
    if policy.leave_out is not None and not isinstance(policy.leave_out, Condition):
        yield "leave_out", "leave_out is not a condition", 'write it as in user.segments.contains("staff")'
    yield from holdout_mistakes(policy.holdouts)
    yield from freshness_mistakes(policy.freshness)
    if type(policy.pace) is not int or policy.pace < 1:
        yield "pace", f"{policy.pace!r} is not a number of people", "write how many are asked a minute, as in 100_000"
    yield from _twice(policy)


def _twice(policy: Policy) -> Iterator[tuple[str, str, str]]:
    channels = [each.channel for each in policy.quiet_hours]
    for name in sorted({each for each in channels if channels.count(each) > 1}):
        yield "quiet_hours", f'"{name}" has quiet hours twice', "keep one of them"
    if len(policy.overridden) < len(policy.overrides):
        yield "overrides", "a row of the law is overridden twice", "keep one of them"
    topics = [each.id for each in policy.topics]
    for name in sorted({each for each in topics if topics.count(each) > 1}):
        yield "topics", f"there is a topic {name!r} twice", "keep one of them"
    if len(topics) > MOST_TOPICS:
        yield "topics", f"there are {len(topics)} topics", f"name at most {MOST_TOPICS}: people shall choose among them"
    yield from locale_mistakes(policy.locales)
    for name in policy.double_opt_in:
        if name not in CONFIRMABLE:
            yield "double_opt_in", f"{name!r} cannot be confirmed by a link", f"one of {', '.join(CONFIRMABLE)}"

"""A trigger: when A, unless B, within T, per key K, for audience P, by ladder L."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any, Literal, get_args

from nudgekit.language.canonical import condition_data, condition_from
from nudgekit.language.cohorts import Among, Every
from nudgekit.language.durations import seconds, spell
from nudgekit.language.experiment import Experiment
from nudgekit.language.expressions import Condition
from nudgekit.language.fields import Events, Goal
from nudgekit.language.mistakes import Place, caller, keyword_place, nearest, report
from nudgekit.language.moments import Moment
from nudgekit.language.offer import Terms
from nudgekit.language.picks import Picks
from nudgekit.model.base import KEY_FIELDS, Channel, Purpose
from nudgekit.model.event import SHOP_EVENTS

Until = Literal["delivered", "engaged", "never"]
"""What ends a ladder at a rung: the message arrived, the person opened or clicked it, or nothing that became of it."""

at_once = timedelta()
"""No time at all between the start event and the decision."""

_UNSAID = timedelta(-1)

KEYS = (*KEY_FIELDS, "person")
"""What tells the runs of one person apart; by `person` there is one run at a time."""

CHANNELS = tuple(Channel)
PURPOSES: tuple[str, ...] = get_args(Purpose)


@dataclass(frozen=True)
class Rung:
    """One channel of a ladder.

    Attributes:
        channel: how the person is reached.
        wait: how long the message gets before the next rung; None on the last rung.
        until: what, within the wait, makes the next rung needless.
        message: which of several messages for the channel it sends; empty: the one that has no name.
    """

    channel: Channel
    wait: timedelta | None = None
    until: Until = "engaged"
    message: str = ""

    @property
    def name(self) -> str:
        """The name of its message's file, `<channel>` or `<channel>.<message>`."""
        return f"{self.channel}.{self.message}" if self.message else str(self.channel)


def rung(channel: str, wait: timedelta | None = None, until: Until = "engaged", message: str = "") -> Rung:
    """One rung of a ladder; see `Rung`."""
    known = channel in CHANNELS
    if not known:
        report(f"{channel!r} is not a channel", nearest(str(channel), CHANNELS))
    if wait is not None and not isinstance(wait, timedelta):
        report(f"wait={wait!r} is not a length of time", "write it as in wait=hours(2)")
        wait = None
    if until not in get_args(Until):
        report(f"until={until!r} is not known", 'write until="engaged", until="delivered" or until="never"')
    if message and not is_trigger_id(message):
        report(f"message={message!r} cannot be a name", 'use lower-case letters, digits and _, as in message="care"')
    return Rung(Channel(channel) if known else channel, wait, until, message)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """One rule of the shop.

    Attributes:
        id: its name; also the name of its folder, function and fixtures.
        version: raised with every change; runs in flight keep the version that armed them.
        owner: the team that answers for it.
        purpose: `promotional` or `transactional`, in the law's sense.
        when: the events that arm a run; None: the calendar alone does.
        every: a time of the calendar that arms a run, in each person's zone.
        among: who is asked when the shop or the calendar arms runs; None: the person whose event it is.
        unless: the events that make the message needless.
        within: how long the person has for those, from the last start event on; `at_once` for no time at all. A trigger
            with `at` or `every` may leave it out.
        at: a time that the start event names, at which the run is due instead. Without one nothing is armed.
        until: a time that the start event names, from which on the message makes no sense; with `at`, its own.
        per: the event property that tells runs of one person apart, one of `KEY_FIELDS`; `person`: there is but one.
        audience: whom it is for; everyone when left out.
        only_while: what must hold for the message to make sense, asked at every rung and at hand-off.
        ladder: the channels in order.
        again_after: how long the person is left alone by this trigger after a message; None: not at all.
        expires_after: how long after the start event a message still makes sense.
        topic: what it is about, for people who allow or refuse topics; empty: nothing in particular.
        priority: 0 to 100; the higher trigger gets the scarce slot.
        goal: what the trigger hopes for, and within which time after a message.
        holdout: the share of people, 0 to below 1, who are not messaged so that the effect can be measured.
        experiment: variants of its messages, each for a share of people; None: everybody gets the same.
        offer: the offer of `rules/offers.py` that its messages may promise, by name; what it promises, and to whom, is
            looked up when the rule is read, and part of it from then on.
        picks: products that its messages recommend; without enough of them nothing is sent. None: they recommend none.

    Raises:
        RuleError: something in it cannot work; names the line and what to do.
    """

    id: str
    version: int
    owner: str
    purpose: Purpose
    when: Events | None = None
    every: Every | None = None
    among: Among | None = None
    unless: Events | None = None
    within: timedelta = _UNSAID
    at: Moment | None = None
    until: Moment | None = None
    per: str
    audience: Condition | None = None
    only_while: Condition | None = None
    ladder: tuple[Rung, ...]
    again_after: timedelta | None = None
    expires_after: timedelta
    priority: int = 50
    goal: Goal | None = None
    holdout: float = 0.0
    topic: str = ""
    experiment: Experiment | None = None
    offer: Terms | str | None = None
    picks: Picks | None = None

    def __post_init__(self) -> None:
        mistakes = tuple(_mistakes(self))
        place = caller() if mistakes else Place("", 0)
        for each in mistakes:
            report(each.what, each.remedy, keyword_place(place, each.keyword, each.index))
        if self.within is _UNSAID:
            object.__setattr__(self, "within", at_once)

    @cached_property
    def start_events(self) -> tuple[str, ...]:
        """The names of the events that arm a run, sorted."""
        return self.when.names if self.when is not None else ()

    @cached_property
    def stop_events(self) -> tuple[str, ...]:
        """The names of the events that make the message needless, sorted."""
        return self.unless.names if self.unless is not None else ()

    @cached_property
    def stop_keys(self) -> Mapping[str, str]:
        """Of those that must carry the same key as the start event: by the event's name, which."""
        return dict(self.unless.same) if self.unless is not None else {}

    @cached_property
    def decides_at_once(self) -> bool:
        """Whether nothing has to pass between the start event and the decision."""
        return self.within == at_once and self.at is None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON, as hexadecimal digits: two triggers with one digest do the same."""
        return sha256(self.to_json().encode()).hexdigest()

    def to_data(self) -> dict[str, Any]:
        """The trigger as plain JSON values; times in seconds."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        lengths = {name: seconds(data[name]) if data[name] is not None else None for name in _LENGTHS}
        untouched = [name for name, default in _ADDED.items() if data[name] == default]
        return {
            **{name: value for name, value in data.items() if name not in untouched},
            **lengths,
            "when": list(self.start_events),
            "unless": [[name, self.stop_keys[name]] if name in self.stop_keys else name for name in self.stop_events],
            "audience": condition_data(self.audience) if self.audience is not None else None,
            "ladder": [_rung_data(each) for each in self.ladder],
            "goal": {"events": list(self.goal.events), "within": seconds(self.goal.within)} if self.goal else None,
            "holdout": float(self.holdout),
            **{name: getattr(self, name).to_data() for name in _PARTS if getattr(self, name) is not None},
        }

    def to_json(self) -> str:
        """The one JSON text of this trigger: sorted keys, no spaces."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Trigger":
        """The trigger that `to_data` wrote."""
        goal, audience = data["goal"], data["audience"]
        special = {
            **{name: timedelta(seconds=data[name]) for name in _LENGTHS if data[name] is not None},
            "when": Events(tuple(data["when"])) if data["when"] else None,
            "unless": _unless_from(data["unless"]) if data["unless"] else None,
            "audience": condition_from(audience) if audience is not None else None,
            "ladder": tuple(_rung_from(each) for each in data["ladder"]),
            "goal": Goal(tuple(goal["events"]), timedelta(seconds=goal["within"])) if goal else None,
            **{name: part.from_data(data[name]) for name, part in _PARTS.items() if name in data},
        }
        return cls(**{**data, **special})

    @classmethod
    def from_json(cls, text: str) -> "Trigger":
        """The trigger that `to_json` wrote."""
        return cls.from_data(json.loads(text))


class _Condition:
    """Reads a condition back from JSON; it can write itself."""

    from_data = staticmethod(condition_from)


_PARTS: Mapping[str, Any] = {
    "experiment": Experiment,
    "every": Every,
    "among": Among,
    "at": Moment,
    "until": Moment,
    "offer": Terms,
    "picks": Picks,
    "only_while": _Condition,
}
"""Fields that know themselves how to be written as JSON."""

_ADDED: Mapping[str, Any] = {"topic": "", **dict.fromkeys(_PARTS)}
"""Fields that releases before them do not have. At their default they are left out, so that old digests stay true."""

_LENGTHS = ("within", "again_after", "expires_after")
_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def is_trigger_id(name: object) -> bool:
    """Whether `name` can be a trigger's id, its folder, and part of the names of its resources."""
    return isinstance(name, str) and len(name) <= 40 and _ID.fullmatch(name) is not None


@dataclass(frozen=True)
class _Mistake:
    keyword: str
    what: str
    remedy: str
    index: int | None = None


def _unless_from(data: Sequence[str | Sequence[str]]) -> Events:
    same = tuple((each[0], each[1]) for each in data if not isinstance(each, str))
    return Events(tuple(each if isinstance(each, str) else each[0] for each in data), same)


def _rung_data(rung: Rung) -> dict[str, Any]:
    wait = seconds(rung.wait) if rung.wait is not None else None
    named = {"message": rung.message} if rung.message else {}
    return {"channel": str(rung.channel), "wait": wait, "until": rung.until, **named}


def _rung_from(data: Mapping[str, Any]) -> Rung:
    wait = timedelta(seconds=data["wait"]) if data["wait"] is not None else None
    return Rung(Channel(data["channel"]), wait, data["until"], data.get("message", ""))


def _mistakes(trigger: Trigger) -> Iterator[_Mistake]:
    yield from _naming(trigger)
    yield from _starts(trigger)
    yield from _conditions(trigger)
    yield from _lengths(trigger)
    yield from _numbers(trigger)
    if not isinstance(trigger.ladder, tuple) or not all(isinstance(each, Rung) for each in trigger.ladder):
        yield _Mistake("ladder", "the ladder is not a tuple of rungs", 'write ladder=(rung("email"),)')
    else:
        yield from _ladder(trigger.ladder)
        yield from _expiry(trigger)


def _naming(trigger: Trigger) -> Iterator[_Mistake]:
    if not is_trigger_id(trigger.id):
        yield _Mistake("id", f"{trigger.id!r} cannot be an id", "use at most 40 lower-case letters, digits and _")
    if not isinstance(trigger.owner, str) or not trigger.owner.strip():
        yield _Mistake("owner", "nobody owns the trigger", "name the team that answers for it")
    if trigger.purpose not in PURPOSES:
        yield _Mistake("purpose", f"{trigger.purpose!r} is not a purpose", f"one of {', '.join(PURPOSES)}")
    if trigger.per not in KEYS:
        yield _Mistake("per", f"{trigger.per!r} is not a key", nearest(str(trigger.per), KEYS))


def _starts(trigger: Trigger) -> Iterator[_Mistake]:
    for keyword, kind, example in _KINDS:
        given = getattr(trigger, keyword)
        if given is not None and not isinstance(given, kind):
            yield _Mistake(keyword, f"{keyword}={given!r} is not known", f"write {keyword}={example}")
    if trigger.when is None and trigger.every is None:
        yield _Mistake("when", "nothing starts the trigger", 'write when=event("Product Added"), or every=...')
    if isinstance(trigger.every, Every) and trigger.among is None:
        yield _Mistake("every", "the calendar is nobody's own", "say who is asked, as in among=everyone()")
    if trigger.within is _UNSAID and trigger.at is None and trigger.every is None:
        yield _Mistake("within", "within= is missing", "write it as in within=minutes(30), or within=at_once")
    if isinstance(trigger.when, Events):
        yield from _whose(trigger, trigger.when)


def _whose(trigger: Trigger, when: Events) -> Iterator[_Mistake]:
    of_shop = [name for name in when.names if name in SHOP_EVENTS]
    if of_shop and trigger.among is None:
        yield _Mistake("when", f'"{of_shop[0]}" is nobody\'s own', "say who is asked, as in among=everyone()")
    if trigger.among is not None and len(of_shop) < len(when.names):
        own = next(name for name in when.names if name not in SHOP_EVENTS)
        yield _Mistake(
            "among", f'"{own}" is somebody\'s own event', "leave among out, or start by an event of the shop"
        )


_KINDS = (
    ("every", Every, 'weekly("sunday", time(10))'),
    ("among", Among, "everyone()"),
    ("at", Moment, 'moment("ends_at").before(hours(3))'),
    ("until", Moment, 'moment("ends_at")'),
    ("picks", Picks, "similar()"),
)


def _conditions(trigger: Trigger) -> Iterator[_Mistake]:
    for keyword in ("when", "unless"):
        given = getattr(trigger, keyword)
        if not (isinstance(given, Events) or given is None):
            yield _Mistake(keyword, f"{keyword}= names no event", f'write {keyword}=event("Product Added")')
    for keyword, what, remedy in _CONDITIONS:
        given = getattr(trigger, keyword)
        if given is not None and not isinstance(given, Condition):
            yield _Mistake(keyword, f"{what} is not a condition", remedy)
    yield from _compared(trigger)
    if trigger.goal is not None and not isinstance(trigger.goal, Goal):
        yield _Mistake("goal", "the goal has no time", 'write goal=event("Order Completed").within(days(3))')


def _compared(trigger: Trigger) -> Iterator[_Mistake]:
    """Events named on both sides, or compared where nothing is to be compared with."""
    when = trigger.when if isinstance(trigger.when, Events) else Events(())
    unless = trigger.unless if isinstance(trigger.unless, Events) else Events(())
    if when.same:
        yield _Mistake("when", "a start event has nothing to be compared with yet", "use .of(...) in unless alone")
    if len(dict(unless.same)) < len(unless.same):
        yield _Mistake("unless", "an event is compared by two keys", "name it with .of(...) once")
    for name in sorted({*when.names} & {*unless.names}):
        yield _Mistake("unless", f'"{name}" both starts and stops the trigger', "name it once")


_EXPERIMENT = 'write experiment=Experiment("subject", {"control": 0.5, "b": 0.5})'
_CONDITIONS = (
    (
        "audience",
        "the audience",
        "compare a field, as in audience=cart.value >= 20, or leave audience out to mean everyone",
    ),
    ("only_while", "only_while", 'compare a field, as in only_while=item.price <= start("to"), or leave it out'),
)


def _lengths(trigger: Trigger) -> Iterator[_Mistake]:
    for keyword in _LENGTHS:
        given = getattr(trigger, keyword)
        if (given is None and keyword == "again_after") or (keyword == "within" and given in {_UNSAID, at_once}):
            continue
        if not isinstance(given, timedelta) or given <= timedelta():
            yield _Mistake(keyword, f"{keyword}={given!r} is not a length of time", "write it as in hours(2)")


def _numbers(trigger: Trigger) -> Iterator[_Mistake]:
    if type(trigger.version) is not int or trigger.version < 1:
        yield _Mistake("version", f"{trigger.version!r} is not a version", "count from 1")
    if type(trigger.priority) is not int or not 0 <= trigger.priority <= 100:
        yield _Mistake("priority", f"{trigger.priority!r} is not a priority", "write a whole number from 0 to 100")
    if trigger.experiment is not None and not isinstance(trigger.experiment, Experiment):
        yield _Mistake("experiment", "the experiment is not an Experiment", _EXPERIMENT)
    if trigger.offer is not None and not isinstance(trigger.offer, Terms) and not is_trigger_id(trigger.offer):
        yield _Mistake(
            "offer", f"offer={trigger.offer!r} names no offer", 'write its name, as in offer="first_purchase"'
        )
    if type(trigger.holdout) not in {int, float} or not 0 <= trigger.holdout < 1:
        yield _Mistake("holdout", f"{trigger.holdout!r} is not a share", "write 0.05 to hold out 5 of 100 people")


def _ladder(ladder: Sequence[Rung]) -> Iterator[_Mistake]:
    if not ladder:
        yield _Mistake("ladder", "the ladder has no rung", 'add one, as in rung("email")')
    for index, each in enumerate(ladder):
        if each.name in [before.name for before in ladder[:index]]:
            remedy = 'keep one of them, or give it a message of its own, as in message="care"'
            yield _Mistake("ladder", f'"{each.name}" stands in the ladder twice', remedy, index)
    for index, (each, _) in enumerate(pairwise(ladder)):
        if each.wait is None:
            yield _Mistake("ladder", f'the rung "{each.channel}" has no wait', "say when the next may follow", index)
    if ladder and ladder[-1].wait is not None:
        yield _Mistake(
            "ladder", f'the last rung "{ladder[-1].channel}" waits for nothing', "take its wait away", len(ladder) - 1
        )


def _expiry(trigger: Trigger) -> Iterator[_Mistake]:
    waits = (trigger.within, *(each.wait for each in trigger.ladder if each.wait))
    if not all(isinstance(each, timedelta) for each in (*waits, trigger.expires_after)):
        return
    last = sum(waits, timedelta())
    if last >= trigger.expires_after:
        yield _Mistake(
            "expires_after",
            f"the last rung comes {spell(last)} after the start, when the run has expired",
            "shorten the waits or raise expires_after",
        )

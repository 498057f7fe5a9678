"""A trigger: when A, unless B, within T, per key K, for audience P, by ladder L."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from nudgekit.language.canonical import condition_data, condition_from
from nudgekit.language.cohorts import Among, Every
from nudgekit.language.durations import LENGTHS, UNSAID, at_once, seconds
from nudgekit.language.experiment import Experiment
from nudgekit.language.expressions import Condition
from nudgekit.language.fields import Events, Goal
from nudgekit.language.ladder import Rung
from nudgekit.language.mistakes import Place, caller, keyword_place, report
from nudgekit.language.moments import Moment
from nudgekit.language.offer import Terms
from nudgekit.language.picks import Picks
from nudgekit.language.trigger_checks import mistakes_of
from nudgekit.model.base import Purpose


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
    within: timedelta = UNSAID
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
        mistakes = tuple(mistakes_of(self))
        place = caller() if mistakes else Place("", 0)
        for each in mistakes:
            report(each.what, each.remedy, keyword_place(place, each.keyword, each.index))
        if self.within is UNSAID:
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
        lengths = {name: seconds(data[name]) if data[name] is not None else None for name in LENGTHS}
        untouched = [name for name, default in _ADDED.items() if data[name] == default]
        return {
            **{name: value for name, value in data.items() if name not in untouched},
            **lengths,
            "when": list(self.start_events),
            "unless": [[name, self.stop_keys[name]] if name in self.stop_keys else name for name in self.stop_events],
            "audience": condition_data(self.audience) if self.audience is not None else None,
            "ladder": [each.to_data() for each in self.ladder],
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
            **{name: timedelta(seconds=data[name]) for name in LENGTHS if data[name] is not None},
            "when": Events(tuple(data["when"])) if data["when"] else None,
            "unless": _unless_from(data["unless"]) if data["unless"] else None,
            "audience": condition_from(audience) if audience is not None else None,
            "ladder": tuple(Rung.from_data(each) for each in data["ladder"]),
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


def _unless_from(data: Sequence[str | Sequence[str]]) -> Events:
    same = tuple((each[0], each[1]) for each in data if not isinstance(each, str))
    return Events(tuple(each if isinstance(each, str) else each[0] for each in data), same)

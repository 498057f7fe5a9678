"""A person's recent messages and the runs that wait: what caps, priorities, repeats and holdouts are judged by."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final, NamedTuple

from nudgekit.model.base import Channel, Model, Purpose, to_ms
from nudgekit.model.offer import Lease, Promise
from nudgekit.model.reasons import Reason

KEPT: Final = timedelta(days=31)
MAX_ENTRIES: Final = 200
"""Messages of each purpose, those on the shop's page apart, of which a ledger knows: the latest."""

MAX_TRIGGERS: Final = 100
MAX_WAITING: Final = 50
MAX_PLACES: Final = 100
"""Holdout periods and experiments of which a person's place is kept: the latest judged."""

MAX_LEASES: Final = 20
"""Offers of which a person's code is kept: the latest."""

GRACE: Final = timedelta(hours=1)
"""How long after its turn a waiting run still keeps lower ones back; one that has not acted by then is in trouble."""

_MS: Final = timedelta(milliseconds=1)


class Entry(NamedTuple):
    """One message: when it was claimed (ms since 1970 UTC), on which channel, for which purpose.

    A message that was `held` did not go out, because the person is held out: everything else treats it as sent.
    One that is `unseen` waits on the shop's page: it counts against a cap only once a page has fetched it.
    """

    at: int
    message: str
    trigger: str
    channel: Channel
    purpose: Purpose
    held: bool = False
    unseen: bool = False


class Asked(NamedTuple):
    """When a trigger last asked (ms since 1970 UTC), in which life of which run, and when it had asked before that."""

    at: int
    run: str
    before: int = 0
    before_run: str = ""

    @property
    def askings(self) -> tuple[tuple[int, str], ...]:
        """When and in which run, the latest first."""
        both = ((self.at, self.run), (self.before, self.before_run))
        return both if self.before else both[:1]


class Waiting(NamedTuple):
    """A run whose message is still to come. Times are ms since 1970 UTC.

    Attributes:
        trigger, key, occurrence, priority, purpose: what it is.
        channels: those it may still use.
        until: its next turn.
        expires: when it is of no use any more.
        reason: why it waits.
        opening: the end of the quiet or legal hours it waited for, as long as it has not sent since; 0: none.
        collapsed: a better run that waited for the same opening has gone out, so this one is over.
    """

    trigger: str
    key: str
    occurrence: int
    priority: int
    purpose: Purpose
    channels: tuple[Channel, ...]
    until: int
    expires: int
    reason: Reason
    opening: int = 0
    collapsed: bool = False

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """Whose turn comes first: the higher priority; among equals who was armed first; then the names."""
        return (-self.priority, self.occurrence, self.trigger, self.key)

    def is_in_line(self, at: int) -> bool:
        """Whether it may still send at `at`, in its turn or shortly after it."""
        return not self.collapsed and at < self.expires and at < self.until + GRACE // _MS


class Membership(NamedTuple):
    """Whether the person is held out, as it was decided (ms since 1970 UTC) when first asked; it stays so.

    `starts` and `ends` are the days of the period as they were written then; empty: it has none.
    """

    at: int
    held: bool
    starts: str = ""
    ends: str = ""


class Assigned(NamedTuple):
    """Which variant of an experiment's messages the person gets, decided (ms since 1970 UTC) when first asked."""

    at: int
    variant: str


class Ledger(Model):
    """What a person got, is about to get, and is part of.

    Attributes:
        entries: messages of the last `KEPT`, in order of time; of each kind the latest `MAX_ENTRIES`.
        asked: each trigger's last asking, which is kept longer than the entries.
        waiting: runs whose message is still to come, by the run's id.
        holdouts: the person's place in each holdout period.
        variants: the person's place in each experiment.
        leases: the person's code of each offer.
    """

    entries: tuple[Entry, ...] = ()
    asked: dict[str, Asked] = {}
    waiting: dict[str, Waiting] = {}
    holdouts: dict[str, Membership] = {}
    variants: dict[str, Assigned] = {}
    leases: dict[str, Lease] = {}

    def claimed(self, entry: Entry, run: str) -> "Ledger":
        """The ledger with one more message of `run`, which no longer waits."""
        horizon = entry.at - KEPT // _MS
        entries = _latest_entries((*(each for each in self.entries if each.at >= horizon), entry))
        asked = {**self.asked, entry.trigger: self._asked(entry, run)}
        recent = sorted(asked.items(), key=lambda item: item[1], reverse=True)[:MAX_TRIGGERS]
        return self.over(run).model_copy(update={"entries": entries, "asked": dict(recent)})

    def _asked(self, entry: Entry, run: str) -> Asked:
        last = self.asked.get(entry.trigger)
        if last is None:
            return Asked(entry.at, run)
        if last.run == run:
            return last._replace(at=entry.at)
        return Asked(entry.at, run, last.at, last.run)

    def asked_besides(self, trigger: str, run: str) -> int:
        """When another run of `trigger` last asked (ms since 1970 UTC); 0: none has."""
        asked = self.asked.get(trigger)
        if asked is None:
            return 0
        return asked.before if asked.run == run else asked.at

    @property
    def seen(self) -> "Ledger":
        """The ledger as the person knows it: by what waits on the shop's page unseen, no trigger has asked yet."""
        unseen = {(entry.trigger, entry.at) for entry in self.entries if entry.unseen}
        if not unseen:
            return self
        asked = {
            name: _asked(pair for pair in each.askings if (name, pair[0]) not in unseen)
            for name, each in self.asked.items()
        }
        return self.model_copy(update={"asked": {name: each for name, each in asked.items() if each is not None}})

    def merged(self, other: "Ledger") -> "Ledger":
        """The ledger of a person who was taken for two: the messages of both count.

        Their runs stay in line; of two that had both asked, each is the other's last asking. In holdouts and
        experiments the person keeps the own place, if there is one; of two codes of one offer, the later one.
        """
        entries = _latest_entries({*self.entries, *other.entries})
        asked = {
            trigger: _both_asked([each.asked[trigger] for each in (self, other) if trigger in each.asked])
            for trigger in {**self.asked, **other.asked}
        }
        recent = sorted(asked.items(), key=lambda item: item[1], reverse=True)[:MAX_TRIGGERS]
        line = sorted({**other.waiting, **self.waiting}.items(), key=lambda item: item[1].rank)[:MAX_WAITING]
        return Ledger.model_construct(
            entries=entries,
            asked=dict(recent),
            waiting=dict(line),
            holdouts=_latest({**other.holdouts, **self.holdouts}),
            variants=_latest({**other.variants, **self.variants}),
            leases=_latest_leases([*other.leases.values(), *self.leases.values()]),
        )

    def returned(self, message: str, run: str = "") -> "Ledger":
        """The ledger without a message that never reached the person, so that it counts against no cap.

        When nothing of `run` has reached them, the trigger has not asked them either; else it last did with the message
        before.
        """
        rest = {
            name: _asked(pair for pair in each.askings if not run or pair[1] != run)
            for name, each in self.asked.items()
        }
        asked = {name: each for name, each in rest.items() if each is not None}
        entries = tuple(entry for entry in self.entries if entry.message != message)
        for lost in self.entries:
            sent = [entry.at for entry in entries if entry.trigger == lost.trigger]
            if lost.message == message and lost.trigger in asked and asked[lost.trigger].at == lost.at and sent:
                asked[lost.trigger] = asked[lost.trigger]._replace(at=max(sent))
        return self.model_copy(update={"entries": entries, "asked": asked})

    def moved(self, message: str, at: int) -> "Ledger":
        """The ledger with a message that went out later than it was claimed, so that it counts from then on."""
        seen = (each._replace(at=at, unseen=False) if each.message == message else each for each in self.entries)
        entries = sorted(seen)
        claims = {(entry.trigger, entry.at) for entry in self.entries if entry.message == message}
        asked = {
            name: _asked((max(pair[0], at) if (name, pair[0]) in claims else pair[0], pair[1]) for pair in each.askings)
            for name, each in self.asked.items()
        }
        return self.model_copy(update={"entries": tuple(entries), "asked": asked})

    def waits(self, run: str, waiting: Waiting, now: datetime) -> "Ledger":
        """The ledger with `run` in line; who is of no use any more leaves it, and the lowest when it grows too long."""
        at = to_ms(now)
        line = {name: each for name, each in self.waiting.items() if at < each.expires} | {run: waiting}
        best = sorted(line.items(), key=lambda item: item[1].rank)[:MAX_WAITING]
        return self.model_copy(update={"waiting": dict(best)})

    def over(self, run: str) -> "Ledger":
        """The ledger without `run` in line."""
        if run not in self.waiting:
            return self
        return self.model_copy(update={"waiting": {name: each for name, each in self.waiting.items() if name != run}})

    def collapsed(self, opening: int, purpose: Purpose, rank: tuple[int, int, str, str]) -> "Ledger":
        """The ledger once a run of `rank` that waited for `opening` has gone out: those behind it are over."""
        waiting = {
            name: each._replace(collapsed=True)
            if each.opening == opening and each.purpose == purpose and each.rank > rank
            else each
            for name, each in self.waiting.items()
        }
        return self.model_copy(update={"waiting": waiting})

    def judged(self, period: str, membership: Membership) -> "Ledger":
        """The ledger with the person's place in a holdout period; one that is there already stays as it is."""
        return self.model_copy(update={"holdouts": _latest({period: membership, **self.holdouts})})

    def assigned(self, experiment: str, assigned: Assigned) -> "Ledger":
        """The ledger with the person's place in an experiment; it replaces an earlier one."""
        return self.model_copy(update={"variants": _latest({**self.variants, experiment: assigned})})

    def leased(self, promise: Promise, run: str, drawer: int, now: datetime) -> "Ledger":
        """The ledger once a message of `run` promises a code; `drawer` is where it came from, if it is a new one."""
        lease = self.leases.get(promise.offer)
        if lease is None or lease.promise.code != promise.code:
            lease = Lease(promise=promise, at=now, drawer=drawer)
        held = lease.held_by(run, promise)
        return self.model_copy(update={"leases": _latest_leases([*self.leases.values(), held])})

    def unleased(self, promise: Promise, run: str) -> tuple["Ledger", Lease | None]:
        """The ledger once nothing of `run` has reached the person; and the lease, if nobody has seen its code."""
        lease = self.leases.get(promise.offer)
        if lease is None or lease.promise.code != promise.code or run not in lease.holders:
            return self, None
        rest = lease.without(run)
        leases = {**self.leases, promise.offer: rest}
        over = not rest.holders and rest.used_at is None
        if over:
            del leases[promise.offer]
        return self.model_copy(update={"leases": leases}), lease if over else None

    def known_since(self, purpose: Purpose, channels: tuple[str, ...] | None) -> int:
        """Since when (ms since 1970 UTC) every message of `purpose` on `channels` is known; 0: since ever.

        Whoever got more than a ledger holds: what was before the first of them is forgotten.
        """
        if len(self.entries) < MAX_ENTRIES:
            return 0
        kinds = [(purpose, False), *([(purpose, True)] if channels and Channel.ONSITE in channels else [])]
        known = [[entry.at for entry in self.entries if _kind(entry) == kind] for kind in kinds]
        return max((times[0] for times in known if len(times) >= MAX_ENTRIES), default=0)

    def times(
        self,
        purpose: Purpose,
        channels: tuple[str, ...] | None,
        since: datetime,
        trigger: str | None = None,
        besides: str | None = None,
    ) -> list[int]:
        """When messages of `purpose` went out on `channels` after `since`: milliseconds, in order.

        Args:
            purpose: theirs.
            channels: None: all by which messages go out to people.
            since: the end of what does not count.
            trigger: theirs alone; None: of all triggers.
            besides: a message that does not count.
        """
        first = to_ms(since)
        found: list[int] = []
        for entry in reversed(self.entries):
            if entry.at <= first:
                break
            if (
                entry.purpose == purpose
                and (entry.channel in channels if channels is not None else entry.channel is not Channel.ONSITE)
                and not entry.unseen
                and (trigger is None or entry.trigger == trigger)
                and entry.message != besides
            ):
                found.append(entry.at)
        found.reverse()
        return found


def _kind(entry: Entry) -> tuple[Purpose, bool]:
    """Of what it counts as one: each kind has room of its own, so that none is forgotten for another's sake."""
    return entry.purpose, entry.channel is Channel.ONSITE


def _latest_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """In order of time, the latest `MAX_ENTRIES` of each kind."""
    ordered = sorted(entries)
    if len(ordered) <= MAX_ENTRIES:
        return tuple(ordered)
    left, kept = Counter(map(_kind, ordered)), list[Entry]()
    for entry in ordered:
        if left[_kind(entry)] <= MAX_ENTRIES:
            kept.append(entry)
        left[_kind(entry)] -= 1
    return tuple(kept)


def _asked(askings: Iterable[tuple[int, str]]) -> Asked | None:
    """The last asking and the one before it; None: there was none."""
    latest = sorted(askings, key=itemgetter(0), reverse=True)[:2]
    if not latest:
        return None
    (at, run), (before, before_run) = latest if len(latest) > 1 else (*latest, (0, ""))
    return Asked(at, run, before, before_run)


def _both_asked(sides: list[Asked]) -> Asked:
    """The two latest askings of different runs, whoever was asked."""
    askings = sorted(pair for each in sides for pair in ((each.at, each.run), (each.before, each.before_run)))
    by_run = {run: at for at, run in askings}
    (run, at), (before_run, before) = sorted(by_run.items(), key=lambda item: (item[1], item[0]), reverse=True)[:2]
    return Asked(at, run, before, before_run)


def _latest[T: (Membership, Assigned)](places: dict[str, T]) -> dict[str, T]:
    if len(places) <= MAX_PLACES:
        return places
    return dict(sorted(places.items(), key=lambda item: (item[1], item[0]), reverse=True)[:MAX_PLACES])


def _latest_leases(leases: list[Lease]) -> dict[str, Lease]:
    """By offer, the last one given of the latest; of one that stands twice, the last word."""
    given = {each.promise.offer: each for each in sorted(leases, key=lambda each: each.at)}
    return dict(sorted(given.items(), key=lambda item: (item[1].at, item[0]), reverse=True)[:MAX_LEASES])

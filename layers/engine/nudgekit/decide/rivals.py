"""Who else wants a place under the person's caps, and has the better claim to it.

Runs that wait stand in the ledger. Runs that are armed and not due yet write nothing there: they are derived from the
facts, as those of every higher trigger whose start event is younger than its time and whose gates, asked for the moment
when it is due, let it go on as far as can be told now.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nudgekit.decide.case import Case
from nudgekit.decide.gates.again_after import again_after
from nudgekit.decide.gates.audience import audience
from nudgekit.decide.gates.consent import consent
from nudgekit.decide.gates.expiry import expiry
from nudgekit.decide.gates.reachable import reachable
from nudgekit.decide.gates.still_true import still_true
from nudgekit.decide.release import IN_LINE
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import Cap
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel, from_ms, to_ms
from nudgekit.model.ledger import Waiting
from nudgekit.model.run import Run

TURN: Final = timedelta(minutes=5)
"""How long a run whose time has come is given to act before others look again."""

_PERSON: Final = (still_true, expiry, audience, again_after)
_RUNG: Final = (consent, reachable)


class Rival(NamedTuple):
    """A run with the better claim: of which trigger, on which channels it may go out, when its turn is."""

    trigger: str
    channels: tuple[Channel, ...]
    turn: datetime

    def wants(self, cap: Cap, frees_at: datetime) -> bool:
        """Whether it falls under `cap` and has its turn before a place that is taken now is free again."""
        if self.turn >= frees_at:
            return False
        return any(cap.binds(cap.purpose, channel, self.trigger) for channel in self.channels)


def own_rank(case: Case) -> tuple[int, int, str, str]:
    """The rank of the case's own run, as `Waiting.rank` has it."""
    return (-case.trigger.priority, case.run.occurrence, case.trigger.id, case.run.key)


def rivals(case: Case) -> list[Rival]:
    """Every run of the person with a better claim than the case's own."""
    if not case.ledger.waiting and not case.others():
        return []
    return [*_in_line(case), *_armed(case)]


def _in_line(case: Case) -> Iterator[Rival]:
    ahead = [each for run, each in case.ledger.waiting.items() if run != case.run.id and _is_ahead(case, each)]
    rules = {each.id: each for each in (case.trigger, *case.others())} if ahead else {}
    for each in ahead:
        channels = _still_open(case, each, rules.get(each.trigger))
        if channels:
            yield Rival(each.trigger, channels, from_ms(each.until))


def _is_ahead(case: Case, waiting: Waiting) -> bool:
    if waiting.purpose != case.trigger.purpose or not waiting.is_in_line(to_ms(case.now)):
        return False
    if waiting.reason not in IN_LINE:
        return False
    return waiting.rank < own_rank(case) and case.operation.stopped(waiting.trigger) is None


def _still_open(case: Case, waiting: Waiting, trigger: Trigger | None) -> tuple[Channel, ...]:
    """The channels that it can still use, by what the person did and allows by now; none when its message is needless.

    What the shop did is not known here, so of what the rule asks besides nothing is foreseen.
    """
    if trigger is None:
        return waiting.channels
    rival = _as_it_will_be(case, trigger, waiting.key, from_ms(waiting.occurrence), case.now)
    done_at = rival.stopped_at()
    if done_at is not None and done_at >= rival.active_at:
        return ()
    rungs = map(Rung, waiting.channels)
    return tuple(rung.channel for rung in rungs if all(gate(rival, rung).answer == "pass" for gate in _RUNG))


def _armed(case: Case) -> Iterator[Rival]:
    known = {(each.trigger, each.key) for each in case.ledger.waiting.values() if each.reason in IN_LINE}
    for trigger in case.others():
        if trigger.at is not None:  # what it is due by stands in its event alone
            continue
        if trigger.purpose == case.trigger.purpose and trigger.priority > case.trigger.priority:
            for key, active_at in _starts(case, trigger).items():
                if (trigger.id, key) not in known:
                    yield from _due(case, trigger, key, from_ms(active_at))


def _starts(case: Case, trigger: Trigger) -> dict[str, int]:
    """The keys of the trigger whose time is not over, with their latest start event in ms."""
    since = to_ms(case.now - trigger.within - TURN)
    found: dict[str, int] = {}
    for name in trigger.start_events:
        signatures = case.facts.last.get(name)
        if signatures and max(signatures.values()) > since:
            for key, at in _keys(case, name, trigger.per):
                if at > max(since, found.get(key, 0)):
                    found[key] = at
    return found


def _keys(case: Case, name: str, per: str) -> Iterator[tuple[str, int]]:
    start = f"{name}|{per}="
    yield from ((pair[len(start) :], at) for pair, at in case.facts.pairs.items() if pair.startswith(start))
    for signature, at in case.facts.last[name].items():
        if per not in signature.split(","):
            yield "", at


def _due(case: Case, trigger: Trigger, key: str, active_at: datetime) -> Iterator[Rival]:
    due = active_at + trigger.within
    if case.operation.stopped(trigger.id) is not None or _has_asked(case, trigger, key, due):
        return
    channels = _open_channels(_as_it_will_be(case, trigger, key, active_at, max(due, case.now)))
    if channels:
        yield Rival(trigger.id, channels, due)


def _has_asked(case: Case, trigger: Trigger, key: str, due: datetime) -> bool:
    """Whether the run has had its turn: it sent, and what it sent is in the ledger."""
    asked = case.ledger.asked.get(trigger.id)
    return asked is not None and asked.at >= to_ms(due) and asked.run.startswith(f"{trigger.id}|{key}|")


def _as_it_will_be(case: Case, trigger: Trigger, key: str, active_at: datetime, at: datetime) -> Case:
    run = Run(
        trigger=trigger.id,
        version=trigger.version,
        digest="",
        person=case.run.person,
        key=key,
        occurrence=to_ms(active_at),
        active_at=active_at,
        due_at=at,
        expires_at=active_at + trigger.expires_after,
    )
    known = (case.profile, case.facts, case.consent, case.ledger)
    return Case(trigger, case.policy, run, at, *known, operation=case.operation)


def _open_channels(rival: Case) -> tuple[Channel, ...]:
    """The channels it could use; none when a gate ends it."""
    ladder = rival.trigger.ladder
    if any(gate(rival, ladder[0]).answer not in {"pass", "wait"} for gate in _PERSON):
        return ()
    return tuple(rung.channel for rung in ladder if all(gate(rival, rung).answer == "pass" for gate in _RUNG))

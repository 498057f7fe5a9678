"""A trigger's batch of signals, conducted: read once, then plan and do, one signal after the other."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from nudgekit.decide.case import Case
from nudgekit.errors import Conflict
from nudgekit.language.ladder import Rung
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import MILLISECOND, Channel, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.consent import Consent
from nudgekit.model.event import Event
from nudgekit.model.facts import Facts
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import Content, Message
from nudgekit.model.operation import Operation
from nudgekit.model.profile import Profile
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.arm import MAX_ITEMS, arm, plan_start
from nudgekit.runs.climb import (
    after_loss,
    already_lost,
    concerns,
    is_ending,
    is_loss,
    noted,
    plan_arrival,
    plan_late_loss,
    plan_loss,
)
from nudgekit.runs.documents import OPERATION, Check, Kind, Ref, Stored, run_ref
from nudgekit.runs.fan_out import FanOut, is_bulk
from nudgekit.runs.inbox import inbox_ref, with_posted
from nudgekit.runs.keys import message_id
from nudgekit.runs.kin import merged_into, survivor
from nudgekit.runs.move import Found, has_moved, plan_move
from nudgekit.runs.neighbours import NOBODY, neighbours_of, unchanged
from nudgekit.runs.offers import Codes
from nudgekit.runs.overdue import PATIENCE, asked_message, closed, look_again_at, news_of
from nudgekit.runs.picker import Picker
from nudgekit.runs.plan import Plan
from nudgekit.runs.ports import OwnQueue, Ports, WakeUp
from nudgekit.runs.recommend import CatalogueRecommender
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.safety import Safety
from nudgekit.runs.signals import News, Signal, Tick, WaveStep
from nudgekit.runs.snapshot import Snapshot
from nudgekit.runs.step import end_without_rule, plan_step, put_message, wait, wake_up_of
from nudgekit.runs.suppression import Suppression, counts, erased_at
from nudgekit.runs.wake import is_current, plan_stale

TRIES: Final = 6
"""How often a plan that lost a race is made anew before the signal goes back to the queue."""


class Conductor:
    """Conducts the runs of one trigger.

    Args:
        rules: the trigger's rules.
        ports: the world.
        patience: how long a channel may take to get round to a message.
        suppression: knows erased people again.
    """

    def __init__(
        self, rules: Rulebook, ports: Ports, patience: timedelta = PATIENCE, suppression: Suppression | None = None
    ) -> None:
        self.rules, self.ports, self.patience, self.suppression = rules, ports, patience, suppression
        self.fan_out, self.codes = FanOut(rules, ports.cohorts), Codes(rules)
        self.safety = Safety(rules.id, rules.policy.safety_limit(rules.id))
        self.picker = Picker(ports.recommender or CatalogueRecommender(ports.store))
        self.signals: tuple[Signal, ...] = ()

    def read(self, signals: Iterable[Signal]) -> Snapshot:
        """Everything the batch needs to know, in one call."""
        self.safety.begin()
        self.picker.begin()
        self.signals = tuple(signals)
        return Snapshot(self.ports.store, (ref for signal in self.signals for ref in self.refs(signal)))

    def finish(self, snapshot: Snapshot, now: datetime) -> tuple[Report, ...]:
        """Close the batch that was read as `snapshot`: count whom it reached; what of that must be told."""
        return self.safety.count(snapshot, now)

    def conduct(self, signal: Signal, snapshot: Snapshot, now: datetime) -> Report:
        """Do what `signal` brings about.

        Raises:
            Conflict: others keep changing the same run or ledger; the signal should come again.
        """
        for attempt in range(TRIES):
            if attempt:
                snapshot.refresh((*self.refs(signal), *(ref for ref in snapshot.documents if ref.kind is Kind.ONSITE)))
            self.codes.attempt = attempt
            try:
                plan = self._guarded(self.codes.settled(self.plan(signal, snapshot, now), snapshot, now), snapshot)
                report = self._do(with_posted(plan, self._priority, snapshot, now), snapshot)
            except Conflict:
                continue
            if isinstance(signal, Tick | WaveStep) or is_bulk(signal):
                return report
            self.safety.note(signal.person, report)
            self.safety.stop(snapshot, now)
            return report
        raise Conflict("run or ledger")

    def _guarded(self, plan: Plan, snapshot: Snapshot) -> Plan:
        """The plan, to be done only if nobody who shares an address was sent anything meanwhile."""
        checks: list[Check] = []
        for message in plan.messages if plan.puts else ():
            profile: Profile = snapshot.get(Ref(Kind.PROFILE, message.person)).value or Profile()
            checks += unchanged(message.person, profile, message.channel, snapshot)
        return plan._replace(puts=(*plan.puts, *checks)) if checks else plan

    def _priority(self, version: int) -> int:
        return self.rules.version(version).priority

    def _do(self, plan: Plan, snapshot: Snapshot) -> Report:
        for wake_up, at in plan.wake_ups:
            self.ports.timer.wake(wake_up, at)
        if plan.starts:
            self._own_queue.put(plan.starts)
        snapshot.commit(plan.puts)
        for at, steps in groupby(plan.steps, key=itemgetter(1)):
            self._own_queue.put([step for step, _ in steps], at)
        for message in plan.messages:
            self.ports.outbox.enqueue(message)
        snapshot.commit(plan.last)
        return plan.report

    @property
    def _own_queue(self) -> OwnQueue:
        if self.ports.own_queue is None:
            raise AssertionError("nobody is asked without a queue of the trigger's own")
        return self.ports.own_queue

    def refs(self, signal: Signal) -> tuple[Ref, ...]:
        """What `signal` makes worth reading: the run alone, or everything a decision looks at."""
        if isinstance(signal, Tick | WaveStep) or is_bulk(signal):
            return self.fan_out.refs(signal)
        if isinstance(signal, Event):
            return self._refs_of_start(signal)
        run = run_ref(signal.person, signal.trigger, signal.key)
        if isinstance(signal, News) and not is_loss(signal):
            return (run, Ref(Kind.LEDGER, signal.person))
        asked = isinstance(signal, WakeUp) and signal.message
        return (
            run,
            *self._refs_of_decision(signal.person, signal.items),
            *((Ref(Kind.MESSAGE, signal.person, asked),) if asked else ()),
        )

    def _refs_of_start(self, event: Event) -> tuple[Ref, ...]:
        trigger = self.rules.trigger
        run = run_ref(event.person, trigger.id, event.key(trigger.per))
        erasure = (self.suppression.of_person(event.person),) if self.suppression is not None else ()
        if not trigger.decides_at_once:
            return (run, *erasure)
        return (run, *erasure, *self._refs_of_decision(event.person, event.keys.get("product_id", ())[:MAX_ITEMS]))

    def _refs_of_decision(self, person: str, items: Iterable[str]) -> tuple[Ref, ...]:
        """All that a decision about the person looks at, but the run."""
        known = (Ref(kind, person) for kind in (Kind.PROFILE, Kind.FACTS, Kind.CONSENT, Kind.LEDGER))
        inbox = (
            (inbox_ref(person),) if any(rung.channel is Channel.ONSITE for rung in self.rules.trigger.ladder) else ()
        )
        shared = (OPERATION, *self.safety.refs, *self.codes.refs)
        return (*known, *inbox, *shared, *(Ref(Kind.PRODUCT, item) for item in items))

    def plan(self, signal: Signal, snapshot: Snapshot, now: datetime) -> Plan:
        """What `signal` brings about, given what is known."""
        if isinstance(signal, Tick | WaveStep) or is_bulk(signal):
            return self.fan_out.plan(signal, snapshot, now)
        stored = snapshot.get(self.refs(signal)[0])
        run: Run | None = stored.value
        if isinstance(signal, Event):
            return self._plan_start(signal, stored, snapshot, now)
        if isinstance(signal, News) and has_moved(run):
            return self.plan(signal._replace(person=survivor(signal.person, snapshot)), snapshot, now)
        if run is not None and self._belongs_elsewhere(signal, run, snapshot):
            return plan_move(signal, Found(run, stored.version), snapshot, now)
        if isinstance(signal, News):
            return self._plan_news(signal, run, stored.version, snapshot, now)
        return self._plan_wake_up(signal, run, stored.version, snapshot, now)

    def _plan_start(self, event: Event, stored: Stored, snapshot: Snapshot, now: datetime) -> Plan:
        """What `plan_start` or `_plan_first` say; but nothing is armed by what an erased person did before."""
        if self.suppression is None:
            return self._plan_first(event, stored, snapshot, now)
        erasure = self.suppression.of_person(event.person)
        if not counts(event, erased_at(erasure, snapshot)):
            return Plan(Report("ignored", self.rules.trigger.id, reason=Reason.ERASED))
        plan = self._plan_first(event, stored, snapshot, now)
        check = (Check(erasure, snapshot.get(erasure).version),) if plan.puts and stored.version == 0 else ()
        return plan._replace(puts=(*plan.puts, *check))

    def _plan_first(self, event: Event, stored: Stored, snapshot: Snapshot, now: datetime) -> Plan:
        """The run is armed; one that leaves no time decides in the same step, without a wake-up in between."""
        spread = self.rules.policy.spread
        plan = plan_start(self.rules.trigger, event, stored, now, self._rule_of(stored.value), spread)
        if not self.rules.trigger.decides_at_once or merged_into(event.person, snapshot):
            return plan
        if plan.report.outcome == "armed":
            run = arm(self.rules.trigger, event)
            case = self._case(run, run.items, snapshot, now)
            return plan_step(case, self._render, stored.version, self._ledger(run, snapshot))
        if plan.report.outcome == "repeated" and stored.value.occurrence == to_ms(event.at):
            again = plan_stale(wake_up_of(stored.value), stored.value)
            return plan._replace(messages=again.messages)
        return plan

    def _rule_of(self, run: Run | None) -> Trigger | None:
        """The version that armed the run; None: there is no run, or the version is gone."""
        return self.rules.version(run.version) if run is not None and self.rules.knows(run.version) else None

    def _belongs_elsewhere(self, signal: WakeUp | News, run: Run, snapshot: Snapshot) -> bool:
        """Whether the signal would make a run decide whose person turned out to be somebody else."""
        if isinstance(signal, WakeUp):
            decides = is_current(signal, run)
        else:
            decides = is_loss(signal) and concerns(signal, run) and not already_lost(signal, run)
        return decides and bool(merged_into(run.person, snapshot))

    def _plan_wake_up(self, wake_up: WakeUp, run: Run | None, version: int, snapshot: Snapshot, now: datetime) -> Plan:
        if run is None or not is_current(wake_up, run):
            return plan_stale(wake_up, run)
        if not self.rules.knows(run.version):
            return end_without_rule(run, version, now)
        plan = self._plan_current(wake_up, run, version, snapshot, now)
        return plan._replace(report=plan.report._replace(late_ms=(now - run.due_at) // MILLISECOND))

    def _plan_current(self, wake_up: WakeUp, run: Run, version: int, snapshot: Snapshot, now: datetime) -> Plan:
        case, asked = self._case(run, wake_up.items, snapshot, now), asked_message(run)
        message: Message | None = snapshot.get(asked).value if asked else None
        if message is None or asked is None:
            return plan_step(case, self._render, version, self._ledger(run, snapshot))
        look_at = look_again_at(message, case, self.patience)
        if look_at is not None:
            return wait(run, Reason.AWAITING_ENGAGEMENT, look_at, version)
        found = closed(message, run)
        plan = self._plan_fate(news_of(found)._replace(person=run.person), case, version, snapshot)
        if found == message:
            return plan
        return plan._replace(puts=(*plan.puts, put_message(found, snapshot.get(asked).version)))

    def _plan_fate(self, news: News, case: Case, version: int, snapshot: Snapshot) -> Plan:
        """What follows from what the row of the last message says."""
        ledger = self._ledger(case.run, snapshot)
        if is_loss(news):
            lost = self._case(after_loss(news, case.run), news.items, snapshot, case.now)
            return plan_loss(news, lost, self._render, version, ledger)
        if is_ending(news, case.trigger):
            return plan_arrival(news, case.run, case.trigger, version, ledger, case.now)
        return plan_step(case, self._render, version, ledger)

    def _plan_news(self, news: News, run: Run | None, version: int, snapshot: Snapshot, now: datetime) -> Plan:
        if run is None:
            return Plan(noted(news, "unknown_run"))
        if not concerns(news, run):
            late = plan_late_loss(news, run, version, self._ledger(run, snapshot), now) if is_loss(news) else None
            return late or Plan(noted(news, "over"))
        if not self.rules.knows(run.version):
            return end_without_rule(after_loss(news, run) if is_loss(news) else run, version, now)
        if not is_loss(news):
            rule, ledger = self.rules.version(run.version), self._ledger(run, snapshot)
            return plan_arrival(news, run, rule, version, ledger, now)
        if already_lost(news, run):
            return Plan(noted(news, "repeated"))
        case = self._case(after_loss(news, run), news.items, snapshot, now)
        return plan_loss(news, case, self._render, version, self._ledger(run, snapshot))

    def _ledger(self, run: Run, snapshot: Snapshot) -> Stored:
        return snapshot.get(Ref(Kind.LEDGER, run.person))

    def _render(self, case: Case, rung: Rung) -> Content | str:
        return self.rules.render(case, rung, message_id(case.run, case.trigger.ladder.index(rung)))

    def _case(self, run: Run, items: Iterable[str], snapshot: Snapshot, now: datetime) -> Case:
        case = build_case(self.rules, run, items, snapshot, now)
        case.reached = self.safety.reached(snapshot, now)
        case.supply = self.codes.supply(run.person, snapshot)
        if case.trigger.picks is not None:
            case.pick = cache(lambda: self._picks(case, snapshot))
        return case

    def _picks(self, case: Case, snapshot: Snapshot) -> tuple[Product, ...]:
        """What the message recommends. The first of a batch to ask has it looked up for all that are about to."""
        if not self.picker.answers:
            self.picker.prepare(self._deciding(snapshot, case.now), snapshot)
        return self.picker.pick(case, snapshot)

    def _deciding(self, snapshot: Snapshot, now: datetime) -> Iterator[Case]:
        """The decisions that the batch will make, as far as can be seen before they are made."""
        for signal in self.signals:
            run = self._run_of(signal, snapshot)
            if run is not None and self.rules.knows(run.version) and self.rules.version(run.version).picks is not None:
                items = signal.items if isinstance(signal, WakeUp | News) else run.items
                yield build_case(self.rules, run, items, snapshot, now)

    def _run_of(self, signal: Signal, snapshot: Snapshot) -> Run | None:
        """The run that `signal` will make decide; None when it will not."""
        if isinstance(signal, Tick | WaveStep) or is_bulk(signal):
            return None
        run: Run | None = snapshot.get(self.refs(signal)[0]).value
        if isinstance(signal, Event):
            over = run is None or run.outcome is not None
            return arm(self.rules.trigger, signal) if over and self.rules.trigger.decides_at_once else None
        if run is None or run.outcome is not None:
            return None
        return run if (is_current(signal, run) if isinstance(signal, WakeUp) else is_loss(signal)) else None


def build_case(  # noqa: PLR0913  # the run, and where everything about it is known
    rules: Rulebook, run: Run, items: Iterable[str], snapshot: Snapshot, now: datetime, *, as_read: bool = False
) -> Case:
    """Everything a decision about `run` may look at.

    Args:
        rules: the trigger's.
        run: the run.
        items: products that were read with it.
        snapshot: what was read.
        now: the moment.
        as_read: whether nothing may be read besides: who shares an address, and products that joined the cart since.
    """

    def known[T](kind: Kind, blank: T) -> T:
        return snapshot.get(Ref(kind, run.person)).value or blank

    profile = known(Kind.PROFILE, Profile())
    case = Case(
        trigger=rules.version(run.version),
        policy=rules.policy,
        run=run,
        now=now,
        profile=profile,
        facts=known(Kind.FACTS, Facts()),
        consent=known(Kind.CONSENT, Consent()),
        ledger=known(Kind.LEDGER, Ledger()),
        operation=snapshot.get(OPERATION).value or Operation(),
        neighbours=NOBODY if as_read else neighbours_of(run.person, profile, snapshot),
        unit=profile.unit or run.person,
        others=rules.others,
    )
    others = () if as_read else (*case.items, *(line.product_id for line in case.cart.lines))
    case.products = _products((*items, *others), snapshot)
    return case


def _products(items: Iterable[str], snapshot: Snapshot) -> dict[str, Product]:
    """The catalogue's word on `items`; what joined after the start event is read only now, in one call."""
    refs = {item: Ref(Kind.PRODUCT, item) for item in items}
    snapshot.refresh(ref for ref in refs.values() if ref not in snapshot.documents)
    known = ((item, snapshot.get(ref).value) for item, ref in refs.items())
    return {item: product for item, product in known if product is not None}

"""Defects that vendors document and users report, D1 to D25: none is possible here, and each check can fail.

Every check is played twice: on the engine as it is, where it holds, and on the engine with the defect planted, where it
must fail. `docs/reference/defects.md` lists them, and what does not apply.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from nudgekit import event, minutes, rung
from nudgekit.adapters.memory import MemoryTimer
from nudgekit.book import Book
from nudgekit.decide import decide as deciding
from nudgekit.decide.offers import offered
from nudgekit.language.policy import Cap, Policy
from nudgekit.law.schedule import Schedule
from nudgekit.model.base import from_ms
from nudgekit.model.decision import Verdict
from nudgekit.model.facts import Fold
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import Message
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs import hand_off, operation
from nudgekit.runs.documents import Kind
from nudgekit.runs.offers import Codes
from nudgekit.runs.pool import fill
from nudgekit.runs.ports import Accepted, Refused
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from tests.defects.play import NOON, Play
from tests.stateful.model import QUIET
from tests.stateful.test_lives import an_open_line_is_tried_again, only_the_first_product_counts, with_gate, without

Check = Callable[[pytest.MonkeyPatch], None]
Plant = Callable[[pytest.MonkeyPatch], None]


class Defect(NamedTuple):
    """A check that holds, and the ways to break the engine that it must notice."""

    check: Check
    plants: tuple[Plant, ...]


def gate(name: str, **changes: Any) -> Plant:
    """The engine with a gate changed."""

    plant = with_gate(name, **changes)
    plant.__name__ = f"{name}_changed"
    return plant


def never_again(name: str) -> Plant:
    """A gate that is asked when the message is decided on, and not at hand-off."""
    return gate(name, at_hand_off=False)


# D1: a cart mail after the order; out-of-order events; several checkout events.


def d01(patch: pytest.MonkeyPatch) -> None:
    happenings: tuple[Callable[[Play], None], ...] = (
        lambda play: play.fills(at=NOON - timedelta(minutes=9)),
        lambda play: play.happens("Checkout Started", "ann", NOON - timedelta(minutes=8), checkout_id="k1"),
        lambda play: play.buys(at=NOON - timedelta(minutes=7)),
    )
    for order in permutations(happenings):
        with pytest.MonkeyPatch.context() as inner:
            play = Play(inner)
            play.knows()
            for happening in (*order, order[0]):
                happening(play)
            play.turn(days=4)
            assert play.channels("basket") + play.channels("checkout") == [], "somebody who had bought was asked to buy"


def late_orders_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    add = Fold.add

    def forgetful(self: Fold, each: Any) -> Fold:
        return self if each.name == "Order Completed" and "Checkout Started" not in self.last else add(self, each)

    patch.setattr(Fold, "add", forgetful)


# D2: whoever buys under another address is still asked to buy.


def d02(patch: pytest.MonkeyPatch) -> None:
    for is_ordered_first in (True, False):
        with pytest.MonkeyPatch.context() as inner:
            play = Play(inner)
            play.knows("guest")
            play.fills("guest")
            if is_ordered_first:
                play.buys("buyer", at=play.now + timedelta(seconds=1))
            play.happens("Identity Linked", "buyer", None, previous_id="guest")
            if not is_ordered_first:
                play.buys("guest", at=play.now + timedelta(seconds=1))
            play.turn(days=4)
            assert play.channels("basket") == [], "somebody who had bought under another id was asked to buy"
            assert play.run(person="guest").reason is Reason.MERGED
            assert play.run(person="buyer").reason is Reason.UNLESS_MET


def ids_stay_apart(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("nudgekit.lambdas.person.merge", lambda *_: Report("ignored", reason="one_already"))


def events_stay_with_their_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("nudgekit.runs.project.survivor", lambda person, _snapshot: person)


# D3: exits are looked at only at the end of a step.


def d03(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.fills()
    play.hold("deliver_push")
    play.turn(minutes=31)
    assert play.run().attempts, "nothing was decided"
    play.buys()
    play.release("deliver_push")
    assert play.channels("basket") == [], "the order came before the hand-off and was not looked at"
    assert play.run().outcome is not None, "the run waits for the end of its step"


# D4: what starts a trigger and what tells about the person are processed in any order.


def d04(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.hold("project_profile")
    play.fills()
    play.buys()
    play.turn(minutes=40)
    assert play.channels("basket") == [], "decided on facts that were not there yet"
    assert play.run().waiting is Reason.FACTS_BEHIND
    play.release("project_profile")
    play.turn(days=4)
    assert play.channels("basket") == []


# D5, D6: hours shift when the clocks change; the server's zone instead of the person's.

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


def d05(patch: pytest.MonkeyPatch) -> None:
    for change in (
        datetime(2026, 3, 29, tzinfo=UTC),
        datetime(2026, 10, 25, tzinfo=UTC),
        datetime(2026, 4, 5, tzinfo=UTC),
    ):
        for zone in ZONES:
            _night(change, zone)


def _night(change: datetime, zone: str) -> None:
    with pytest.MonkeyPatch.context() as inner:
        play = Play(inner, change - timedelta(hours=30))
        with_policy(inner, play, caps=())
        play.knows(timezone=zone)
        for hour in range(60):
            play.happens("Checkout Started", checkout_id=f"k{hour}")
            play.turn(hours=1)
        play.turn(days=2)
        sent = [(call.message.channel, call.at.astimezone(ZoneInfo(zone)).time()) for call in play.sent()]
        assert [channel for channel, _ in sent if channel in QUIET], "no message at all: a day was left out"
        for channel, clock in sent:
            start, end = QUIET.get(channel, (time.max, time.min))
            assert end <= clock < start, f"a message on {channel} at {clock}"


def standard_time_all_year(patch: pytest.MonkeyPatch) -> None:
    """Local time by an offset that was looked up in January."""
    _clock(patch, lambda moment, zone: moment + (zone.utcoffset(datetime(2026, 1, 1)) or timedelta()))  # noqa: DTZ001


def the_servers_zone(patch: pytest.MonkeyPatch) -> None:
    """Local time by the zone of the server, which is UTC."""
    _clock(patch, lambda moment, _: moment)


def _clock(patch: pytest.MonkeyPatch, local: Callable[[datetime, ZoneInfo], datetime]) -> None:
    is_open = Schedule.is_open

    def otherwise(self: Schedule, shown: datetime) -> bool:
        zone: Any = shown.tzinfo
        return is_open(self, local(shown.astimezone(UTC), zone))

    patch.setattr(Schedule, "is_open", otherwise)


# D7: editing a live rule changes what people under way get.


def d07(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.fills()
    rules = play.yard.rules["basket"]
    first = rules.trigger
    second = replace(first, version=2, ladder=(rung("email"),), within=minutes(5), unless=event("Order Completed"))
    patch.setattr(
        Rulebook, "trigger", property(lambda self: second if self.id == "basket" else self.book.trigger(self.id))
    )
    patch.setattr(Book, "trigger", _versions(Book.trigger, {1: first, 2: second}))
    play.turn(minutes=31)
    assert play.channels("basket") == ["push"], "the run did not keep the version that armed it"
    assert play.run().version == 1


def _versions(plain: Any, known: dict[int, Any]) -> Any:
    def trigger(self: Book, trigger_id: str, version: int | None = None) -> Any:
        return known[version or 2] if trigger_id == "basket" else plain(self, trigger_id, version)

    return trigger


def the_newest_version_for_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rulebook, "version", lambda self, number: self.trigger)


# D8: pausing does not hold what is under way, or loses it without a word.


def d08(patch: pytest.MonkeyPatch) -> None:
    for scope in ("all", "trigger:basket", "channel:push"):
        with pytest.MonkeyPatch.context() as inner:
            play = Play(inner)
            play.knows(without=("email", "phone"))
            play.fills()
            play.hold("deliver_push")
            play.turn(minutes=31)
            operation.stop(play.yard.store, scope, "ops", "a test", play.now)
            play.release("deliver_push")
            assert play.channels() == [], f"{scope} was stopped, and the message went out"
            held = play.rows(Kind.MESSAGE)
            assert [message.reason for message in held] == [Reason.STOPPED], "no written outcome for the held message"
            operation.resume(play.yard.store, scope)
            play.turn(hours=6)
            assert play.channels("basket") == ["push"], "resuming lost the person"


# D9, D10: a retry sends twice.


def d09(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.fills()
    play.hold("deliver_push")
    play.turn(minutes=31)
    (task,) = [task for task in play.waiting if task[0] == "deliver_push"]
    play.waiting += [task, task]
    play.release("deliver_push")
    assert play.channels("basket") == ["push"], "a redelivered message went out again"


def repeats_are_sent(patch: pytest.MonkeyPatch) -> None:
    """The row of the message is not looked at."""
    hand = hand_off.HandOff.hand_off

    def again(self: Any, ref: Any, snapshot: Any, now: Any) -> Any:
        stored = snapshot.get(hand_off.row_of(ref))
        if stored.value is not None and stored.value.status == "handed_off":
            return self._attempt(stored.value, stored.version, snapshot, now)
        return hand(self, ref, snapshot, now)

    patch.setattr(hand_off.HandOff, "hand_off", again)


def d10(patch: pytest.MonkeyPatch) -> None:
    """The worker is killed between the provider's answer and ours; or the line goes dead."""
    for death in (KeyboardInterrupt, RuntimeError):
        with pytest.MonkeyPatch.context() as inner:
            _dying(Play(inner), death("killed"))


def _dying(play: Play, death: BaseException) -> None:
    taken: list[str] = []

    def ask(message: Any, address: str) -> Any:
        taken.append(message.id)
        if len(taken) == 1:
            raise death
        return Accepted("p")

    play.knows()
    play.fills()
    play.yard.ask = ask
    _survive(play)
    play.turn(minutes=20)
    assert len(taken) == len(set(taken)), "the provider was called twice for one message"
    statuses = {str(message.status) for message in play.rows(Kind.MESSAGE) if message.id == taken[0]}
    assert statuses == {"in_doubt"}, f"nobody says that it is in doubt: {statuses}"


def _survive(play: Play) -> None:
    """Time passes; a worker that is killed leaves its record on the queue."""
    invoke = play.yard.invoke

    def killed(function: str, *bodies: Any) -> tuple[int, ...]:
        try:
            return invoke(function, *bodies)
        except KeyboardInterrupt:
            return tuple(range(len(bodies)))

    play.yard.invoke = killed  # type: ignore[method-assign]
    play.turn(minutes=31)


def called_before_claimed(patch: pytest.MonkeyPatch) -> None:
    """The hand-off is written down only once it is over."""
    attempt = hand_off.HandOff._attempt

    def hasty(self: Any, message: Any, version: int, snapshot: Any, now: Any) -> Any:
        commit = snapshot.commit
        skipped: list[bool] = []

        def late(puts: Any) -> None:
            if puts[0].value.status == "handing_off" and not skipped:
                skipped.append(True)
                return
            commit([put._replace(expect=put.expect - 1) if skipped else put for put in puts])

        snapshot.commit = late
        try:
            return attempt(self, message, version, snapshot, now)
        finally:
            snapshot.commit = commit

    patch.setattr(hand_off.HandOff, "_attempt", hasty)


# D11: somebody who unsubscribed after the decision is mailed.


def d11(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows(without=("phone",))
    play.fills()
    play.hold("deliver_push")
    play.turn(minutes=31)
    play.says("push", "denied")
    play.release("deliver_push")
    assert "push" not in play.channels(), "the refusal came before the hand-off"
    assert [str(each.reason) for each in play.rows(Kind.MESSAGE) if each.channel == "push"] == ["no_consent"]


# D12: the second message does not look at the stock again.


def d12(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.happens("Product Updated", product_id="mug", stock=3)
    play.fills()
    play.fills(product_id="pot")
    play.turn(minutes=31)
    assert play.channels("basket") == ["push"]
    for product in ("mug", "pot"):
        play.happens("Product Updated", product_id=product, stock=0)
    play.turn(days=3)
    assert play.channels("basket") == ["push"], "a message about what is sold out"
    assert play.run().outcome is Outcome.SENT


# D13: a cap by calendar day lets two messages through within an hour of midnight.


def d13(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch, datetime(2026, 6, 10, 20, tzinfo=UTC))
    play.knows(without=("email", "phone"), timezone="America/New_York")
    for hour in range(5):
        play.happens("Checkout Started", checkout_id=f"k{hour}")
        play.turn(hours=1)
    play.turn(days=2)
    times = sorted(call.at for call in play.sent() if call.message.purpose == "promotional")
    crowded = [first for first in times if sum(1 for at in times if first <= at < first + timedelta(days=1)) > 2]
    assert len(times) >= 2, "nothing was sent at all"
    assert not crowded, f"more than two within a day from {crowded}"


def caps_by_calendar_day(patch: pytest.MonkeyPatch) -> None:
    times = Ledger.times

    def of_today(self: Ledger, purpose: Any, channels: Any, since: datetime) -> Any:
        midnight = (since + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return times(self, purpose, channels, midnight)

    patch.setattr(Ledger, "times", of_today)
    patch.setattr(Policy, "caps_on", lambda self, purpose, channel: (Cap("promotional", 2, timedelta(days=1)),))
    patch.setattr(Ledger, "asked", {}, raising=False)


# D14, D15: the first that is processed takes the place; a newsletter takes that of a cart mail, or of a receipt.


def with_policy(patch: pytest.MonkeyPatch, play: Play, **changes: Any) -> None:
    policy = replace(play.yard.rules["basket"].policy, **changes)
    patch.setattr(Rulebook, "policy", property(lambda self: policy))


def d14(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    with_policy(patch, play, caps=(Cap("promotional", 1, timedelta(days=1)),), quiet_hours=())
    play.knows()
    play.fills()
    play.happens("Checkout Started", checkout_id="k1")
    play.turn(hours=2)
    assert play.run("basket").waiting is not None or play.run("basket").outcome is not None
    assert play.channels() == ["whatsapp"], "the less important message took the only place"


def d15(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    with_policy(patch, play, caps=(Cap("promotional", 1, timedelta(days=1)),), quiet_hours=())
    play.knows()
    play.happens("Product Viewed", product_id="v1")
    play.happens("Checkout Started", checkout_id="k1")
    play.turn(hours=2)
    assert len(play.sent()) == 1, "the place under the cap was not taken at all"
    play.buys()
    play.turn(minutes=10)
    assert play.channels("thanks") == ["sms"], "promotions took the place of a receipt"


def one_cap_for_everything(patch: pytest.MonkeyPatch) -> None:
    """Caps do not ask what a message is for."""
    caps_on = Policy.caps_on
    patch.setattr(Policy, "caps_on", lambda self, purpose, *others: caps_on(self, "promotional", *others))
    times = Ledger.times
    patch.setattr(Ledger, "times", lambda self, purpose, *others, **named: times(self, "promotional", *others, **named))


# D16: what waited for the end of the night goes out in one burst.


def d16(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch, datetime(2026, 6, 10, 21, tzinfo=UTC))
    with_policy(patch, play, after_quiet_hours="best", spread=timedelta(minutes=30))
    people = [f"person-{number}" for number in range(12)]
    for person in people:
        play.knows(person, without=("email",), phone=f"+4930123460{people.index(person):02}")
        play.fills(person)
        play.happens("Checkout Started", person, checkout_id="k1")
    play.turn(hours=10)
    first = {person: [call for call in play.sent() if call.message.person == person] for person in people}
    assert all(len(calls) == 1 for calls in first.values()), "several messages to one person at once, or none"
    assert all(calls[0].message.trigger == "checkout" for calls in first.values()), "not the best of them"
    minutes_of = {calls[0].at.replace(second=0, microsecond=0) for calls in first.values()}
    assert len(minutes_of) > 4, f"all at once: {len(minutes_of)} different minutes for {len(people)} people"


def backlogs_do_not_collapse(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "collapsed", lambda self, *given: self)


# D17: quiet hours by another zone than the person's.


def d17(patch: pytest.MonkeyPatch) -> None:
    for zone, given in {
        "America/Los_Angeles": {"timezone": "America/Los_Angeles"},
        "Asia/Kolkata": {"timezone": "Asia/Kolkata"},
        "Europe/Paris": {"phone": "+33612345678"},
    }.items():
        with pytest.MonkeyPatch.context() as inner:
            play = Play(inner, datetime(2026, 6, 10, 3, tzinfo=UTC))
            play.knows(without=() if "timezone" in given else ("timezone",), **given)
            for hour in range(12):
                play.happens("Checkout Started", checkout_id=f"k{hour}")
                play.turn(hours=2)
            clocks = [call.at.astimezone(ZoneInfo(zone)) for call in play.sent()]
            assert clocks, "nothing was sent at all"
            assert all(8 <= clock.hour < 22 for clock in clocks), f"{zone}: {clocks}"


def one_zone_for_all(patch: pytest.MonkeyPatch) -> None:
    """Everybody's hours are those of the shop's east."""
    _clock(patch, lambda moment, _: moment.astimezone(ZoneInfo("Pacific/Auckland")))


# D18: the holdout leaks on some path.


def d18(patch: pytest.MonkeyPatch) -> None:
    people = [f"person-{number}" for number in range(40)]
    play = Play(patch)
    for person in people:
        number = people.index(person)
        play.knows(person, email=f"{person}@example.com", phone=f"+4930123460{number:02}", without=("push",))
        play.happens("Product Viewed", person, product_id="mug")
    play.turn(days=2)
    asked = {call.message.person for call in play.sent("ideas")}
    held = {person for person in people if play.run("ideas", "mug", person).reason is Reason.HELD_OUT}
    assert 5 < len(held) < 30, f"{len(held)} of 40 are held out, of a share of 0.4"
    assert not asked & held, "somebody was held out and messaged"
    for person in people:
        play.happens("Product Viewed", person, product_id="pot")
    play.turn(days=2)
    assert not {call.message.person for call in play.sent("ideas")} & held, "held out one day, messaged another"


def d18_shared(patch: pytest.MonkeyPatch) -> None:
    """Judged apart first; then somebody who was not held out comes to share the mailbox of one who was."""
    people = [f"person-{number}" for number in range(12)]
    play = Play(patch)
    for person in people:
        play.knows(person, email=f"{person}@example.com", without=("push", "phone"))
        play.happens("Product Viewed", person, product_id="mug")
    play.turn(days=2)
    held = [each for each in people if play.run("ideas", "mug", each).reason is Reason.HELD_OUT]
    others = [each for each in people if each not in held]
    assert held
    assert others
    play.happens("Profile Updated", others[0], email=f"{held[0]}@example.com")
    before = len(play.sent("ideas"))
    play.happens("Product Viewed", others[0], product_id="pot")
    play.turn(days=2)
    assert len(play.sent("ideas")) == before, "a mailbox that is held out got a message"


def neighbours_hold_nobody_back(patch: pytest.MonkeyPatch) -> None:
    gate_of_holdouts = import_module("nudgekit.decide.gates.holdout")
    is_held = gate_of_holdouts._is_held

    def alone(case: Any, period: Any) -> Any:
        neighbours, case.neighbours = case.neighbours, {}
        held = is_held(case, period)
        case.neighbours = neighbours
        return held

    patch.setattr(gate_of_holdouts, "_is_held", alone)


def drawn_anew_each_time(patch: pytest.MonkeyPatch) -> None:
    """Whether somebody is held out is drawn by lot at every decision."""
    draws = iter(range(10_000))

    def by_lot(case: Any, _rung: Any) -> Verdict:
        held = bool(case.trigger.holdout) and next(draws) % 5 < 2
        return Verdict("end", Reason.HELD_OUT) if held else Verdict()

    gate("holdout", check=by_lot, at_hand_off=False)(patch)


# D19: promotion codes are burnt: by other branches, by each step, by messages that reach nobody.

OFFERS = Path("tests/offer_rules")
DECIDED = "nudgekit.decide.decide.offered"
CODES = ("CODE-A", "CODE-B", "CODE-C")


def d19(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch, rules=OFFERS)
    fill(play.yard.store, "printed", CODES)
    play.yard.ask = lambda message, _: Refused(Reason.REJECTED) if message.person == "lost" else Accepted("taken")
    for number, person in enumerate(("newcomer", "regular", "lost")):
        device = [{"endpoint": f"device-{person}", "platform": "fcm"}]
        play.knows(person, email=f"{person}@example.com", phone=f"+493012346{number:02}", push=device)
    play.buys("regular", at=play.now - timedelta(days=9))
    for person in ("newcomer", "regular", "lost"):
        play.fills(person)
    play.turn(days=1)
    shown = {
        person: {code for call in play.sent() for code in CODES if _shows(call.message, person, code)}
        for person in ("newcomer", "regular")
    }
    assert len([call for call in play.sent("stack") if call.message.person == "newcomer"]) == 2, "no second rung"
    assert len(shown["newcomer"]) == 1, "each rung has a code of its own"
    assert not shown["regular"], "somebody got a discount who may not have one"
    play.turn(days=12)
    drawers = play.rows(Kind.DRAWER)
    assert sum(each.given for each in drawers) == 1, "codes are gone that nobody has seen"
    free = [code for each in drawers for code in each.free]
    assert len(free) + sum(each.unopened for each in drawers) == len(CODES) - 1, "codes are lost"


def _shows(message: Message, person: str, code: str) -> bool:
    return message.person == person and code in message.content.body


def each_rung_takes_a_code(patch: pytest.MonkeyPatch) -> None:
    def forgetful(case: Any) -> Any:
        kept, case.run = case.run, case.run.model_copy(update={"offer": None})
        ledger, case.ledger = case.ledger, case.ledger.model_copy(update={"leases": {}})
        found = offered(case)
        case.run, case.ledger = kept, ledger
        return found

    patch.setattr(DECIDED, forgetful)


def no_code_comes_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Codes, "settled", lambda self, plan, snapshot, now: plan)


def both_branches_take_a_code(patch: pytest.MonkeyPatch) -> None:
    def greedy(case: Any) -> Any:
        found = offered(case)
        return found if found.promise else found._replace(draw=case.supply(case.trigger.offer).draw)

    patch.setattr(DECIDED, greedy)


# D20: nobody can tell why.


def d20(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.says("push", "denied")
    play.fills()
    play.turn(minutes=31)
    (decision,) = play.rows(Kind.TRACE)
    asked = {(step.gate, str(step.channel)): step.verdict for step in decision.trace}
    assert ("consent", "push") in asked, "no trace"
    assert asked["consent", "push"].reason is Reason.NO_CONSENT, "no trace of why the first rung was passed over"
    assert dict(asked["consent", "push"].seen)["consent"] == "denied", "the trace does not say what the gate saw"
    assert {"still_true", "audience", "expiry"} <= {step.gate for step in decision.trace}
    assert decision.message == play.run().attempts[-1].message


def decisions_keep_no_trace(patch: pytest.MonkeyPatch) -> None:
    decide = deciding.decide
    patch.setattr("nudgekit.runs.step.decide", lambda case, render: replace(decide(case, render), trace=()))


# D21: mail that was held up arrives hours after its time.


def d21(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows()
    play.happens("Checkout Started", checkout_id="k1")
    play.hold("deliver_whatsapp")
    play.turn(hours=1)
    play.yard.now = NOON + timedelta(hours=19)  # 09:00 the next day; of use until midnight
    play.release("deliver_whatsapp")
    play.turn(days=1)
    assert play.channels("checkout") == [], "a message that had outlived its use was sent"
    assert play.run("checkout", "k1").outcome is not None


# D22: facts lag behind, and nobody notices.


def d22(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    fresh = replace(play.yard.rules["basket"].policy, freshness=timedelta(minutes=10))
    patch.setattr(Rulebook, "policy", property(lambda self: fresh))
    play.knows()
    play.fills()
    operation.fold_to(play.yard.store, NOON)
    play.turn(minutes=31)
    assert play.channels("basket") == [], "decided although the facts were last complete half an hour ago"
    operation.fold_to(play.yard.store, play.now)
    play.turn(minutes=9)
    assert play.run().waiting in {Reason.FACTS_BEHIND, Reason.AWAITING_ENGAGEMENT}


# D24: the best channel cannot be reached, and nothing is sent.


def d24(patch: pytest.MonkeyPatch) -> None:
    play = Play(patch)
    play.knows(without=("push",))
    play.fills()
    play.turn(minutes=31)
    assert play.channels("basket") == ["email"], "the next rung did not have its turn at once"
    nobody = Play(patch)
    nobody.knows(without=("push", "email", "phone"))
    nobody.fills()
    nobody.turn(minutes=31)
    run = nobody.run()
    assert (run.outcome, run.reason) == (Outcome.SKIPPED, Reason.UNREACHABLE), "no stated outcome"


# D25: timers act up to an hour late.


def d25(patch: pytest.MonkeyPatch) -> None:
    for seconds in (0, 1, 59, 1799):
        with pytest.MonkeyPatch.context() as inner:
            play = Play(inner, NOON + timedelta(seconds=seconds))
            play.knows()
            play.fills()
            play.turn(hours=2)
            (first, *_) = play.sent("basket")
            late = first.at - (NOON + timedelta(seconds=seconds, minutes=30))
            assert timedelta() <= late <= timedelta(seconds=1), f"{late} late"


def timers_by_the_hour(patch: pytest.MonkeyPatch) -> None:
    wake = MemoryTimer.wake

    def at_the_full_hour(self: Any, wake_up: Any, at: datetime) -> None:
        wake(self, wake_up, from_ms(-(-int(at.timestamp()) // 3600) * 3_600_000))

    patch.setattr(MemoryTimer, "wake", at_the_full_hour)


DEFECTS: dict[str, Defect] = {
    "D1_cart_mail_after_the_order": Defect(d01, (without("still_true"), late_orders_are_forgotten)),
    "D2_a_buyer_with_another_address": Defect(d02, (ids_stay_apart, events_stay_with_their_id)),
    "D3_exit_only_at_the_end_of_a_step": Defect(d03, (never_again("still_true"),)),
    "D4_trigger_before_its_facts": Defect(d04, (without("up_to_date"),)),
    "D5_daylight_saving_time": Defect(d05, (standard_time_all_year,)),
    "D6_the_servers_time_zone": Defect(d05, (the_servers_zone,)),
    "D7_editing_a_live_rule": Defect(d07, (the_newest_version_for_everybody,)),
    "D8_a_pause_that_is_none": Defect(d08, (never_again("stopped"), never_again("channel_stopped"))),
    "D9_a_retry_delivers_twice": Defect(d09, (repeats_are_sent,)),
    "D10_a_killed_worker_sends_twice": Defect(d10, (called_before_claimed, an_open_line_is_tried_again)),
    "D11_mailed_after_unsubscribing": Defect(d11, (never_again("consent"),)),
    "D12_no_second_look_at_the_stock": Defect(d12, (without("still_true"), only_the_first_product_counts)),
    "D13_a_cap_by_calendar_day": Defect(d13, (caps_by_calendar_day, without("caps"))),
    "D14_the_first_takes_the_place": Defect(d14, (without("priority"),)),
    "D15_promotions_take_a_receipts_place": Defect(d15, (one_cap_for_everything,)),
    "D16_a_backlog_goes_out_in_a_burst": Defect(d16, (backlogs_do_not_collapse,)),
    "D17_quiet_hours_by_another_zone": Defect(d17, (one_zone_for_all,)),
    "D18_a_holdout_that_leaks": Defect(d18, (drawn_anew_each_time, without("holdout"))),
    "D18_a_holdout_that_leaks_by_a_shared_address": Defect(d18_shared, (neighbours_hold_nobody_back,)),
    "D19_promotion_codes_burnt": Defect(d19, (each_rung_takes_a_code, no_code_comes_back, both_branches_take_a_code)),
    "D20_nobody_can_tell_why": Defect(d20, (decisions_keep_no_trace,)),
    "D21_mail_that_comes_too_late": Defect(d21, (never_again("expiry"),)),
    "D22_facts_that_lag_behind": Defect(d22, (without("up_to_date"),)),
    "D24_the_best_channel_or_none": Defect(
        d24, (gate("reachable", check=lambda *_: Verdict("end", Reason.UNREACHABLE)),)
    ),
    "D25_timers_an_hour_late": Defect(d25, (timers_by_the_hour,)),
}
PLANTED = [(name, plant) for name, defect in DEFECTS.items() for plant in defect.plants]


@pytest.mark.parametrize("defect", DEFECTS)
def test_it_is_impossible(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DEFECTS[defect].check(monkeypatch)


@pytest.mark.parametrize(("defect", "plant"), PLANTED, ids=[f"{name}-{plant.__name__}" for name, plant in PLANTED])
def test_planted_it_is_noticed(defect: str, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        DEFECTS[defect].check(monkeypatch)

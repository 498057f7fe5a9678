"""A provider that does not work: after a few faults its messages go another way, and one at a time tries it again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from nudgekit.errors import Throttled, Uncertain
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.operation import FIRST_REST, LONGEST_REST, Breaker
from nudgekit.model.reasons import Reason
from nudgekit.runs.breaker import FAULTS
from nudgekit.runs.documents import OPERATION
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.operation import change, read_operation
from nudgekit.runs.ports import Refused
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.snapshot import Snapshot
from tests.builders import NOON, make_event
from tests.world import LEASE, World

DUE = NOON + timedelta(minutes=30)


DEVICES = tuple(f"device-{number}" for number in range(100))


@pytest.fixture
def crowd(rules: Rulebook) -> World:
    """Many people with a device and a mail address leave a cart; their pushes are claimed."""
    world = World(rules, NOON)
    for number in range(FAULTS + 5):
        person = f"u{number}"
        given = {"email": f"{person}@example.com", "push": [{"endpoint": f"device-{number}", "platform": "fcm"}]}
        world.tell(make_event("Profile Updated", NOON, {**given, "name": "Ada"}, person=person))
        for channel in ("push", "email"):
            said = {"channel": channel, "status": "granted"}
            world.tell(make_event("Consent Updated", NOON, said, person=person))
        world.tell(make_event(at=NOON, person=person))
    return world


def decide_all(world: World, now: datetime) -> None:
    world.now = now
    for wake_up in world.timer.due(now):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), now)


def deliver_all(world: World, handing: HandOff) -> None:
    """Hand the queued pushes over, in one process; what is asked to come back does."""
    refs = world.outbox.take()
    snapshot = handing.read(refs)
    for ref in refs:
        try:
            delivery = handing.hand_off(ref, snapshot, world.now)
        except Throttled:
            world.outbox.enqueue(ref)
            continue
        world.bus.publish(delivery.events)


def pushing(world: World) -> HandOff:
    return HandOff(lambda _: world.rules, world.store, world.providers[Channel.PUSH], LEASE)


def statuses(world: World) -> list[MessageStatus]:
    return [message.status for message in world.messages() if message.channel is Channel.PUSH]


@pytest.mark.parametrize("fault", [Throttled("down"), Uncertain("timed out"), ValueError("who knows")])
def test_after_a_few_faults_in_a_row_nobody_calls_and_every_message_is_withheld(crowd: World, fault: Exception) -> None:
    decide_all(crowd, DUE)
    crowd.providers[Channel.PUSH].answers |= dict.fromkeys(DEVICES, fault)
    deliver_all(crowd, pushing(crowd))
    breaker = read_operation(crowd.store).breakers[Channel.PUSH]
    assert (breaker.opened_at, breaker.until, breaker.trips) == (DUE, DUE + FIRST_REST, 1)
    held = [each for each in crowd.messages() if each.status is MessageStatus.WITHHELD]
    assert {each.reason for each in held} == {Reason.PROVIDER_DOWN}
    assert len(held) == len(crowd.messages()) - FAULTS
    expected = MessageStatus.CLAIMED if isinstance(fault, Throttled) else MessageStatus.IN_DOUBT
    assert statuses(crowd).count(expected) == FAULTS


def test_their_runs_go_to_the_next_rung_in_the_same_decision(crowd: World) -> None:
    decide_all(crowd, DUE)
    crowd.providers[Channel.PUSH].answers |= dict.fromkeys(DEVICES, Throttled("down"))
    handing = pushing(crowd)
    deliver_all(crowd, handing)
    deliver_all(crowd, handing)  # those that came back are withheld too
    crowd.hear(crowd.bus.take())
    crowd.settle()
    assert set(statuses(crowd)) == {MessageStatus.WITHHELD}
    assert len(crowd.providers[Channel.EMAIL].sent) == len(statuses(crowd))


def test_decisions_made_meanwhile_pass_the_channel_over(crowd: World) -> None:
    change(crowd.store, lambda before: before.with_breaker(Channel.PUSH, Breaker.opened(DUE)))
    crowd.turn(minutes=30)
    assert set(crowd.sent) == {Channel.EMAIL}


def test_where_no_other_channel_is_open_the_run_waits_for_the_provider(world: World) -> None:
    for channel in (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP):
        world.tell(make_event("Consent Updated", NOON, {"channel": channel, "status": "denied"}))
    change(world.store, lambda before: before.with_breaker(Channel.PUSH, Breaker.opened(DUE)))
    world.tell(make_event(at=NOON))
    world.turn(minutes=30)
    assert world.run().waiting is Reason.PROVIDER_DOWN
    assert DUE + FIRST_REST <= world.run().due_at <= DUE + 2 * FIRST_REST
    world.turn(minutes=2)
    assert world.sent == [Channel.PUSH]


def test_those_who_wait_for_a_provider_do_not_all_come_in_one_second(crowd: World) -> None:
    for number in range(FAULTS + 5):
        no_mail = {"channel": "email", "status": "denied"}
        crowd.tell(make_event("Consent Updated", NOON, no_mail, person=f"u{number}", event_id=f"no-mail-{number}"))
    change(crowd.store, lambda before: before.with_breaker(Channel.PUSH, Breaker.opened(DUE)))
    decide_all(crowd, DUE)
    asked = [at for at, _ in crowd.timer.queue]
    assert len(asked) == FAULTS + 5
    assert min(asked) >= DUE + FIRST_REST
    assert len(set(asked)) > FAULTS


def test_after_its_rest_one_message_tries_it_and_the_others_do_not(crowd: World) -> None:
    change(crowd.store, lambda before: before.with_breaker(Channel.PUSH, Breaker.opened(NOON)))
    decide_all(crowd, DUE)
    crowd.providers[Channel.PUSH].answers |= dict.fromkeys(DEVICES, Throttled("still down"))
    deliver_all(crowd, pushing(crowd))
    assert statuses(crowd).count(MessageStatus.CLAIMED) == 1
    breaker = read_operation(crowd.store).breakers[Channel.PUSH]
    assert (breaker.until, breaker.trips) == (DUE + 2 * FIRST_REST, 2)


def test_when_the_trial_works_everybody_may_use_it_again(crowd: World) -> None:
    change(crowd.store, lambda before: before.with_breaker(Channel.PUSH, Breaker.opened(NOON)))
    decide_all(crowd, DUE)
    deliver_all(crowd, pushing(crowd))
    assert read_operation(crowd.store).breakers == {}
    assert set(statuses(crowd)) == {MessageStatus.HANDED_OFF}


def test_a_refusal_is_an_answer(crowd: World) -> None:
    decide_all(crowd, DUE)
    crowd.providers[Channel.PUSH].answers |= dict.fromkeys(DEVICES, Refused(Reason.REJECTED))
    deliver_all(crowd, pushing(crowd))
    assert read_operation(crowd.store).breakers == {}
    assert set(statuses(crowd)) == {MessageStatus.FAILED}


def test_an_answer_between_faults_starts_the_count_anew(crowd: World) -> None:
    decide_all(crowd, DUE)
    provider: Any = crowd.providers[Channel.PUSH]
    handing = pushing(crowd)
    refs = crowd.outbox.take()
    for number, ref in enumerate(refs[: 2 * FAULTS - 1]):
        provider.answers |= dict.fromkeys(
            DEVICES, Refused(Reason.REJECTED) if number == FAULTS - 1 else Throttled("down")
        )
        try:
            handing.hand_off(ref, handing.read([ref]), DUE)
        except Throttled:
            continue
    assert read_operation(crowd.store).breakers == {}


def test_whoever_asks_while_it_rests_does_not_prolong_its_rest(crowd: World) -> None:
    breaker = pushing(crowd).breaker
    for _ in range(FAULTS):
        breaker.failed(Snapshot(crowd.store), DUE)
    opened = read_operation(crowd.store).breakers[Channel.PUSH]
    for _ in range(3):
        assert not breaker.may_try(Snapshot(crowd.store), DUE + timedelta(seconds=1))
    assert read_operation(crowd.store).breakers[Channel.PUSH] == opened
    assert breaker.may_try(Snapshot(crowd.store), opened.until)


def test_two_processes_that_find_it_down_open_it_once(crowd: World) -> None:
    """The second one read before the first one wrote: the rest that was said first counts."""
    processes = [(pushing(crowd).breaker, Snapshot(crowd.store, (OPERATION,))) for _ in range(2)]
    for number, (breaker, snapshot) in enumerate(processes):
        for _ in range(FAULTS):
            breaker.failed(snapshot, DUE + timedelta(minutes=number))
    assert read_operation(crowd.store).breakers[Channel.PUSH] == Breaker.opened(DUE)


def test_what_another_process_closed_takes_as_many_faults_to_open_again(crowd: World) -> None:
    breaker, snapshot = pushing(crowd).breaker, Snapshot(crowd.store)
    for _ in range(FAULTS):
        breaker.failed(snapshot, DUE)
    pushing(crowd).breaker.worked(Snapshot(crowd.store))
    for _ in range(FAULTS - 1):
        breaker.failed(Snapshot(crowd.store), DUE)
    assert read_operation(crowd.store).breakers == {}


def test_rests_grow_up_to_a_limit() -> None:
    breaker = Breaker.opened(NOON)
    rests = []
    for _ in range(8):
        breaker = breaker.tripped(NOON)
        rests.append((breaker.until - NOON) // timedelta(minutes=1))
    assert rests == [2, 4, 8, 16, 30, 30, 30, 30]
    assert timedelta(minutes=30) == LONGEST_REST


def test_of_two_processes_one_has_the_trial(crowd: World) -> None:
    change(crowd.store, lambda before: before.with_breaker(Channel.PUSH, Breaker.opened(NOON)))
    first, second = pushing(crowd), pushing(crowd)
    snapshots = [each.read([]) for each in (first, second)]
    for snapshot in snapshots:
        snapshot.refresh([OPERATION])
    answers = [each.breaker.may_try(snapshot, DUE) for each, snapshot in zip((first, second), snapshots, strict=True)]
    assert answers == [True, False]

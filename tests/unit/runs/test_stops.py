"""What somebody stopped: every held message has a written outcome, every run decides anew, nothing comes in a burst."""

from datetime import timedelta

import pytest

from nudgekit.decide.pauses import LONGEST, ask_again
from nudgekit.errors import Conflict
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.operation import Operation, Stop
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs import operation
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.signals import read_signal
from tests.builders import NOON, make_case, make_event, make_run
from tests.world import World

DUE = NOON + timedelta(minutes=30)


def claim(world: World) -> None:
    """A push is claimed and lies on its queue."""
    world.tell(make_event(at=NOON))
    world.now = DUE
    for wake_up in world.timer.due(DUE):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), DUE)
    assert len(world.outbox.messages) == 1


@pytest.mark.parametrize("scope", ["all", "trigger:cart_abandonment"])
def test_a_message_on_its_way_is_withheld_and_its_run_waits(world: World, scope: str) -> None:
    claim(world)
    operation.stop(world.store, scope, "ada", "wrong prices", DUE)
    world.settle()
    (message,) = world.messages()
    assert (message.status, message.reason) == (MessageStatus.WITHHELD, Reason.STOPPED)
    assert world.sent == []
    assert world.run().waiting is Reason.STOPPED


def test_after_it_goes_on_the_run_passes_every_gate_again(world: World) -> None:
    claim(world)
    operation.stop(world.store, "all", "ada", "wrong prices", DUE)
    world.settle()
    world.turn(minutes=20)
    operation.resume(world.store, "all")
    world.tell(make_event("Order Completed", world.now, {"order_id": "o1", "cart_id": "c1"}))
    world.turn(days=4)
    assert world.sent == []
    assert (world.run().outcome, world.run().reason) == (Outcome.SKIPPED, Reason.UNLESS_MET)


def test_after_it_goes_on_the_message_goes_out_once(world: World) -> None:
    claim(world)
    operation.stop(world.store, "all", "ada", "wrong prices", DUE)
    world.settle()
    world.turn(minutes=20)
    operation.resume(world.store, "all")
    world.turn(hours=1)
    assert world.sent == [Channel.PUSH]


def test_what_never_goes_on_ends_with_that_reason_within_its_expiry(world: World) -> None:
    operation.stop(world.store, "all", "ada", "wrong prices", NOON)
    world.tell(make_event(at=NOON))
    world.turn(days=4)
    run = world.run()
    assert (run.outcome, run.reason) == (Outcome.SKIPPED, Reason.STOPPED)
    assert run.ended_at is not None
    assert run.expires_at - 2 * LONGEST <= run.ended_at < run.expires_at
    assert len(world.reports) < 80, "a long stop costs few wake-ups"


def test_the_trace_says_who_and_why(world: World) -> None:
    operation.stop(world.store, "all", "ada", "wrong prices", NOON)
    world.tell(make_event(at=NOON))
    world.turn(minutes=31)
    (trace,) = [world.store.get(ref).value for ref in world.store.rows if ref.kind is Kind.TRACE]
    assert dict(trace.trace[0].verdict.seen)["by"] == "ada"
    assert dict(trace.trace[0].verdict.seen)["why"] == "wrong prices"


def test_a_stopped_channel_gives_way_to_the_next_one_at_hand_off_too(world: World) -> None:
    claim(world)
    operation.stop(world.store, "channel:push", "ada", "wrong prices", DUE)
    world.settle()
    assert world.sent == [Channel.EMAIL]
    assert [message.reason for message in world.messages()] == [Reason.STOPPED, None]


def test_what_took_the_place_of_a_held_message_and_is_held_itself_goes_out_after_all(world: World) -> None:
    """Each message has an id of its own, however the run comes to a rung again."""
    claim(world)
    operation.stop(world.store, "channel:push", "ada", "wrong prices", DUE)
    world.deliver(*world.outbox.take())
    for raw in world.bus.take():
        news = read_signal(raw, world.now)
        world.conductor.conduct(news, world.conductor.read([news]), world.now)
    operation.stop(world.store, "all", "ada", "wrong prices", DUE)
    world.settle()
    assert [message.reason for message in world.messages()] == [Reason.STOPPED, Reason.STOPPED]
    operation.resume(world.store, "all")
    world.turn(hours=1)
    assert world.sent == [Channel.EMAIL]
    assert len({message.id for message in world.messages()}) == 3


def test_with_every_channel_stopped_the_run_waits_for_one(world: World) -> None:
    for channel in Channel:
        operation.stop(world.store, f"channel:{channel}", "ada", "wrong prices", NOON)
    world.tell(make_event(at=NOON))
    world.turn(minutes=31)
    assert world.run().waiting is Reason.STOPPED
    operation.resume(world.store, "channel:sms")
    world.turn(hours=2)
    assert world.sent == [Channel.SMS]


def test_other_triggers_go_on(world: World) -> None:
    operation.stop(world.store, "trigger:another", "ada", "wrong prices", NOON)
    world.tell(make_event(at=NOON))
    world.turn(minutes=31)
    assert world.sent == [Channel.PUSH]


def test_runs_held_together_ask_again_at_different_moments() -> None:
    since = NOON - timedelta(hours=3)
    runs = [make_run(make_event(at=NOON + timedelta(milliseconds=each))) for each in range(200)]
    waits = [ask_again(make_case(run=run), since) - make_case(run=run).now for run in runs]
    assert min(waits) >= LONGEST
    assert max(waits) <= 2 * LONGEST
    assert len(set(waits)) > 150


def test_the_first_to_stop_it_stays_named_and_stopping_again_writes_nothing(world: World) -> None:
    operation.stop(world.store, "all", "ada", "wrong prices", NOON)
    version = world.store.get(Ref(Kind.OPERATION, "shop")).version
    operation.stop(world.store, "all", "bob", "me too", NOON)
    stored = world.store.get(Ref(Kind.OPERATION, "shop"))
    assert (stored.value.stops["all"].by, stored.version) == ("ada", version)


def test_two_who_change_it_at_once_lose_nothing(world: World) -> None:
    rivals = iter([True, True, False])

    def step(before: Operation) -> Operation:
        if next(rivals):
            operation.stop(world.store, f"channel:{before.folded_to and len(before.stops)}", "bob", "first", NOON)
        return before.with_stop("all", Stop(by="ada", why="wrong prices", at=NOON))

    after = operation.change(world.store, step)
    assert len(after.stops) == 3
    assert operation.read_operation(world.store) == after


def test_whoever_is_always_too_late_says_so(world: World) -> None:
    ref = Ref(Kind.OPERATION, "shop")

    def step(before: Operation) -> Operation:
        stored = world.store.get(ref)
        world.store.commit([Put(ref, stored.value or Operation(), stored.version)])
        return before.with_stop("all", Stop(by="ada", why="wrong prices", at=NOON))

    with pytest.raises(Conflict):
        operation.change(world.store, step)

"""What nobody said in time: the run asks its message's row, and every message ends in a stated fate."""

from datetime import timedelta

import pytest

from nudgekit.errors import Conflict, Throttled
from nudgekit.model.base import Channel
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.feedback import MessageNotice, read, receive
from nudgekit.runs.hand_off import HandOff
from nudgekit.runs.overdue import PATIENCE
from nudgekit.runs.ports import Accepted, MessageRef
from nudgekit.runs.receipts import Receipt
from tests.builders import NOON, make_event
from tests.world import LEASE, World

DUE = NOON + timedelta(minutes=30)


def claim(world: World) -> MessageRef:
    """A push is claimed; its queue has it."""
    world.tell(make_event(at=NOON))
    world.now = DUE
    for wake_up in world.timer.due(DUE):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), DUE)
    (ref,) = world.outbox.take()
    return ref


def rewrite(world: World, ref: MessageRef, **changes: object) -> None:
    """Change the message's row as another process would."""
    stored = world.store.get(Ref(Kind.MESSAGE, ref.person, ref.id))
    world.store.commit(
        [Put(Ref(Kind.MESSAGE, ref.person, ref.id), stored.value.model_copy(update=changes), stored.version)]
    )


def row(world: World, ref: MessageRef) -> Message:
    found: Message = world.store.get(Ref(Kind.MESSAGE, ref.person, ref.id)).value
    return found


def test_a_message_that_its_queue_lost_is_withheld_and_tried_anew_under_another_id(world: World) -> None:
    lost = claim(world)
    world.turn(hours=2)
    assert (row(world, lost).status, row(world, lost).reason) == (MessageStatus.WITHHELD, Reason.NOT_PICKED_UP)
    assert world.sent == [Channel.PUSH]
    assert world.messages()[-1].id != lost.id


def test_lost_twice_the_next_channel_has_its_turn(world: World) -> None:
    claim(world)
    for _ in range(2):
        world.now += timedelta(hours=2)
        for wake_up in world.timer.due(world.now):
            world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
        queued = world.outbox.take()
    assert [(message.channel, message.status) for message in world.messages()] == [
        (Channel.PUSH, MessageStatus.WITHHELD),
        (Channel.PUSH, MessageStatus.FAILED),
        (Channel.EMAIL, MessageStatus.CLAIMED),
    ]
    assert [ref.channel for ref in queued] == [Channel.EMAIL]


def test_found_again_after_it_was_given_up_it_is_not_sent(world: World) -> None:
    lost = claim(world)
    world.turn(hours=2)
    handing = HandOff(lambda _: world.rules, world.store, world.providers[Channel.PUSH], LEASE)
    assert handing.hand_off(lost, handing.read([lost]), world.now).report.outcome == "ignored"
    assert world.sent == [Channel.PUSH]


def test_a_message_of_a_rung_the_run_has_left_behind_is_not_sent(world: World) -> None:
    """However it came to that: its row says claimed, and another message of the run is out."""
    lost = claim(world)
    world.turn(hours=2)
    rewrite(world, lost, status=MessageStatus.CLAIMED, reason=None)
    world.outbox.enqueue(lost)
    world.settle()
    assert (row(world, lost).status, row(world, lost).reason) == (MessageStatus.WITHHELD, Reason.EXPIRED)
    assert world.sent == [Channel.PUSH]


def test_a_message_still_on_its_way_is_waited_for(world: World) -> None:
    ref = claim(world)
    world.conductor.patience = timedelta(hours=10)  # as under a clock that runs faster than the queue works
    world.turn(hours=3)
    assert row(world, ref).status is MessageStatus.CLAIMED
    assert world.run().waiting is Reason.AWAITING_ENGAGEMENT
    world.outbox.enqueue(ref)
    world.settle()
    assert world.sent == [Channel.PUSH]
    world.turn(days=4)
    assert world.sent == [Channel.PUSH, Channel.EMAIL, Channel.SMS, Channel.WHATSAPP]


def test_a_promotional_message_left_half_done_is_in_doubt_and_the_ladder_goes_on(world: World) -> None:
    ref = claim(world)
    rewrite(world, ref, status=MessageStatus.HANDING_OFF, handing_off_at=DUE)
    world.turn(hours=2)
    assert (row(world, ref).status, row(world, ref).reason) == (MessageStatus.IN_DOUBT, Reason.IN_DOUBT)
    assert world.sent == [Channel.EMAIL]


def test_on_the_last_rung_it_ends_the_run_as_in_doubt(world: World) -> None:
    for channel in (Channel.PUSH, Channel.EMAIL, Channel.SMS):
        world.tell(make_event("Consent Updated", NOON, {"channel": channel, "status": "denied"}))
    ref = claim(world)
    rewrite(world, ref, status=MessageStatus.HANDING_OFF, handing_off_at=DUE)
    world.turn_to(DUE + PATIENCE)
    assert (world.run().outcome, world.run().reason) == (Outcome.SENT, Reason.IN_DOUBT)


def test_on_the_last_rung_a_message_nobody_picked_up_is_not_called_sent(world: World) -> None:
    for channel in (Channel.PUSH, Channel.EMAIL, Channel.SMS):
        world.tell(make_event("Consent Updated", NOON, {"channel": channel, "status": "denied"}))
    claim(world)
    for _ in range(2):
        world.now += PATIENCE
        for wake_up in world.timer.due(world.now):
            world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
        world.outbox.take()
    assert world.run().outcome is Outcome.FAILED
    assert world.sent == []


def test_news_that_got_lost_is_read_off_the_row(world: World) -> None:
    ref = claim(world)
    rewrite(world, ref, status=MessageStatus.OPENED)
    world.turn(hours=2)
    assert (world.run().outcome, world.run().reason) == (Outcome.SENT, Reason.ENGAGED)


def test_a_channel_that_begins_while_the_run_gives_up_wins(world: World) -> None:
    """Both write the row; whoever is second reads again."""
    ref = claim(world)
    now = world.now = DUE + timedelta(hours=2)
    (wake_up,) = world.timer.due(now)
    snapshot = world.conductor.read([wake_up])
    rewrite(world, ref, status=MessageStatus.HANDED_OFF, handed_off_at=now)
    world.conductor.conduct(wake_up, snapshot, now)
    assert row(world, ref).status is MessageStatus.HANDED_OFF
    assert [message.channel for message in world.messages()] == [Channel.PUSH, Channel.EMAIL]


def test_an_answer_that_comes_after_the_run_gave_up_is_told_as_the_row_says_it(world: World) -> None:
    """The provider took so long that the message was closed as in doubt: nobody hears that it was handed off."""
    ref = claim(world)

    class Slow:
        channel = Channel.PUSH

        def send(self, message: Message, address: str, receipt: str) -> Accepted:
            rewrite(world, ref, status=MessageStatus.IN_DOUBT, reason=Reason.IN_DOUBT)
            return Accepted("p-1")

    handing = HandOff(lambda _: world.rules, world.store, Slow(), LEASE)
    with pytest.raises(Conflict):
        handing.hand_off(ref, handing.read([ref]), DUE)
    again = handing.hand_off(ref, handing.read([ref]), DUE + timedelta(minutes=3))
    assert [each["detail-type"] for each in again.events] == ["Message In Doubt"]


def test_a_receipt_of_an_order_that_another_process_is_handing_over_is_left_to_it_and_then_sent(world: World) -> None:
    ref = claim(world)
    rewrite(world, ref, status=MessageStatus.HANDING_OFF, handing_off_at=DUE, purpose="transactional")
    handing = HandOff(lambda _: world.rules, world.store, world.providers[Channel.PUSH], LEASE)
    with pytest.raises(Throttled):
        handing.hand_off(ref, handing.read([ref]), DUE + LEASE - timedelta(seconds=1))
    assert world.sent == []
    handing.hand_off(ref, handing.read([ref]), DUE + LEASE)
    assert world.sent == [Channel.PUSH]


def test_a_throttled_message_waits_on_its_queue_and_goes_out_once(world: World) -> None:
    ref = claim(world)
    world.providers[Channel.PUSH].answers["device-1"] = Throttled("later")
    handing = HandOff(lambda _: world.rules, world.store, world.providers[Channel.PUSH], LEASE)
    with pytest.raises(Throttled):
        handing.hand_off(ref, handing.read([ref]), DUE)
    assert row(world, ref).status is MessageStatus.CLAIMED
    world.providers[Channel.PUSH].answers.clear()
    world.now = DUE + timedelta(seconds=130)
    for _ in range(2):
        handing.hand_off(ref, handing.read([ref]), world.now)
    assert world.sent == [Channel.PUSH]


@pytest.mark.parametrize("status", [MessageStatus.DELIVERED, MessageStatus.OPENED])
def test_a_receipt_that_names_it_closes_a_message_in_doubt_even_after_the_run(
    world: World, status: MessageStatus
) -> None:
    ref = claim(world)
    rewrite(world, ref, status=MessageStatus.IN_DOUBT, reason=Reason.IN_DOUBT)
    world.turn(days=4)
    assert world.run().outcome is Outcome.SENT
    notice = MessageNotice(Receipt(ref.person, ref.id), status, world.now)
    receive(notice, read([notice], world.store))
    assert (row(world, ref).status, row(world, ref).reason) == (status, None)


def test_a_run_whose_wake_up_was_lost_is_woken_by_the_next_start_event(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.timer.due(DUE)  # taken, and lost
    world.tell(make_event(at=NOON + timedelta(hours=2)))
    assert world.timer.queue
    world.turn(hours=1)
    assert world.sent == [Channel.PUSH]


def test_how_late_a_wake_up_was_is_reported(world: World) -> None:
    world.tell(make_event(at=NOON))
    (wake_up,) = world.timer.due(DUE)
    world.now = DUE + timedelta(seconds=3)
    report = world.signal(wake_up)
    assert report.late_ms == 3000

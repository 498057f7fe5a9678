"""The life of a run, from the first event to its one stated outcome."""

from datetime import timedelta

import pytest

from nudgekit.decide.gates.whatsapp import held_back
from nudgekit.errors import Throttled
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.ledger import Entry
from nudgekit.model.message import MessageStatus
from nudgekit.model.profile import address_mark
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.feedback import MessageNotice, read, receive
from nudgekit.runs.overdue import news_of
from nudgekit.runs.ports import Refused
from nudgekit.runs.receipts import Receipt
from nudgekit.runs.signals import lost_address_events, news_event
from tests.builders import NOON, make_case, make_event, ordered
from tests.world import World

CHANNELS = tuple(Channel)


def test_without_engagement_the_ladder_is_climbed_to_its_end(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(days=4)
    assert world.sent == [Channel.PUSH, Channel.EMAIL, Channel.SMS, Channel.WHATSAPP]
    run = world.run()
    assert (run.outcome, run.reason) == (Outcome.SENT, Reason.LADDER_FINISHED)
    assert run.ended_at == NOON + timedelta(minutes=30, hours=26)


def test_an_order_in_time_means_silence(world: World) -> None:
    world.tell(make_event(at=NOON), ordered(NOON + timedelta(minutes=29)))
    world.turn(days=4)
    assert world.sent == []
    assert (world.run().outcome, world.run().reason) == (Outcome.SKIPPED, Reason.UNLESS_MET)


def test_an_order_after_the_push_reaches_the_goal(world: World) -> None:
    world.tell(make_event(at=NOON), ordered(NOON + timedelta(minutes=45)))
    world.turn(days=4)
    assert world.sent == [Channel.PUSH]
    assert (world.run().outcome, world.run().reason) == (Outcome.SENT, Reason.GOAL_REACHED)


def test_a_repeated_start_event_writes_nothing(world: World) -> None:
    event = make_event(at=NOON)
    world.tell(event)
    before = dict(world.store.rows)
    report = world.signal(event)
    assert report.outcome == "repeated"
    assert world.store.rows == before


def test_more_activity_puts_the_message_off(world: World) -> None:
    world.tell(make_event(at=NOON), make_event("Checkout Started", NOON + timedelta(minutes=20), {"cart_id": "c1"}))
    world.turn_to(NOON + timedelta(minutes=49))
    assert world.sent == []
    world.turn_to(NOON + timedelta(minutes=50))
    assert world.sent == [Channel.PUSH]


def test_reading_the_message_ends_the_ladder(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(hours=1)
    (message,) = world.messages()
    world.hear([news_event(message, MessageStatus.OPENED, world.now)])
    world.turn(days=4)
    assert world.sent == [Channel.PUSH]
    assert (world.run().outcome, world.run().reason) == (Outcome.SENT, Reason.ENGAGED)


def test_what_was_claimed_before_the_run_was_over_is_withheld(world: World) -> None:
    """The push is read in the moment in which the mail has its turn."""
    world.tell(make_event(at=NOON))
    world.turn(minutes=40)
    (push,) = world.messages()
    world.now = NOON + timedelta(hours=3)
    for wake_up in world.timer.due(world.now):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
    world.signal(news_of(push.model_copy(update={"status": MessageStatus.OPENED})))
    assert world.sent == [Channel.PUSH]
    mail = world.messages()[-1]
    assert (mail.channel, mail.status, mail.reason) == (Channel.EMAIL, MessageStatus.WITHHELD, Reason.ENGAGED)


def test_a_message_that_came_back_after_the_next_was_sent_is_written_down_and_counts_no_more(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(hours=3)
    push, mail = world.messages()
    world.signal(news_of(push.model_copy(update={"status": MessageStatus.FAILED, "reason": Reason.REJECTED})))
    assert [attempt.status for attempt in world.run().attempts] == [MessageStatus.FAILED, MessageStatus.CLAIMED]
    assert [entry.message for entry in world.store.get(Ref(Kind.LEDGER, "u1")).value.entries] == [mail.id]
    assert world.sent == [Channel.PUSH, Channel.EMAIL]


def test_a_complaint_ends_the_ladder(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(hours=3)
    mail = next(message for message in world.messages() if message.channel is Channel.EMAIL)
    world.hear([news_event(mail, MessageStatus.FAILED, world.now, Reason.COMPLAINED)])
    world.turn(days=4)
    assert world.sent == [Channel.PUSH, Channel.EMAIL]
    assert (world.run().outcome, world.run().reason) == (Outcome.SENT, Reason.COMPLAINED)


def test_a_refusal_for_good_climbs_at_once_and_gives_its_place_back(world: World) -> None:
    world.providers[Channel.PUSH].answers["device-1"] = Refused(Reason.ADDRESS_DISABLED, address_dead=True)
    world.tell(make_event(at=NOON))
    world.turn(minutes=30)
    assert world.sent == [Channel.EMAIL]
    first = world.run().attempts[0]
    assert (first.status, first.reason) == (MessageStatus.FAILED, Reason.ADDRESS_DISABLED)
    assert [entry.channel for entry in _ledger_entries(world)] == [Channel.EMAIL]


def test_a_dead_device_is_not_asked_again(world: World) -> None:
    world.providers[Channel.PUSH].answers["device-1"] = Refused(Reason.ADDRESS_DISABLED, address_dead=True)
    world.tell(make_event(at=NOON))
    world.turn(days=8)
    world.tell(
        make_event(at=world.now, properties={"cart_id": "c2", "product_id": "mug", "price": "25.00", "currency": "EUR"})
    )
    world.turn(hours=1)
    assert [attempt.channel for attempt in world.run("c2").attempts] == [Channel.EMAIL]


def test_an_address_that_is_found_dead_after_the_hand_off_is_told_to_the_bus(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(minutes=40)
    (message,) = world.messages()
    bounced = MessageNotice(
        Receipt("u1", message.id), MessageStatus.FAILED, world.now, Reason.ADDRESS_DISABLED, address_dead=True
    )
    told = receive(bounced, read([bounced], world.store)).events
    assert [each["detail-type"] for each in told] == ["Message Failed", "Address Disabled"]
    assert told[1]["detail"]["properties"]["address"] == message.address


def test_a_complaint_is_told_for_everybody_who_has_the_address() -> None:
    (told,) = lost_address_events("u1", Channel.EMAIL, address_mark("u1@example.com"), Reason.COMPLAINED, NOON)
    said = {name: told["detail"]["properties"][name] for name in ("channel", "status", "address")}
    assert said == {"channel": "email", "status": "denied", "address": address_mark("u1@example.com")}


def test_every_channel_refusing_ends_failed(world: World) -> None:
    for channel, address in {
        Channel.PUSH: "device-1",
        Channel.EMAIL: "ada@example.com",
        Channel.SMS: "+4915550100",
        Channel.WHATSAPP: "+4915550100",
    }.items():
        world.providers[channel].answers[address] = Refused(Reason.REJECTED)
    world.tell(make_event(at=NOON))
    world.turn(days=4)
    assert (world.run().outcome, world.run().reason) == (Outcome.FAILED, Reason.ALL_FAILED)


def test_an_opt_out_between_decision_and_hand_off_wins(world: World) -> None:
    world.tell(make_event(at=NOON))
    for wake_up in world.timer.due(NOON + timedelta(minutes=30)):
        world.now = NOON + timedelta(minutes=30)
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
    (ref,) = world.outbox.take()
    denied = {"channel": "push", "purpose": "promotional", "status": "denied"}
    world.tell(make_event("Consent Updated", world.now, denied))
    world.deliver(ref)
    world.hear(world.bus.take())
    world.settle()
    assert world.sent == [Channel.EMAIL]
    assert world.run().attempts[0][3:] == (MessageStatus.WITHHELD, Reason.NO_CONSENT)


def test_an_answer_that_never_came_is_in_doubt_and_not_repeated(world: World) -> None:
    world.providers[Channel.PUSH].answers["device-1"] = TimeoutError()
    world.tell(make_event(at=NOON))
    world.turn(minutes=31)
    (message,) = world.messages()
    assert message.status is MessageStatus.IN_DOUBT
    del world.providers[Channel.PUSH].answers["device-1"]
    world.turn(days=4)
    assert world.sent == [Channel.EMAIL, Channel.SMS, Channel.WHATSAPP]


def test_a_throttled_hand_off_is_released_and_tried_again(world: World) -> None:
    world.providers[Channel.PUSH].answers["device-1"] = Throttled("later")
    world.tell(make_event(at=NOON))
    with pytest.raises(Throttled):
        world.turn(minutes=31)
    (message,) = world.messages()
    assert message.status is MessageStatus.CLAIMED


def test_a_repeated_wake_up_queues_an_unsettled_message_again_and_sends_it_once(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.now = NOON + timedelta(minutes=30)
    (wake_up,) = world.timer.due(world.now)
    for _ in range(3):
        world.conductor.conduct(wake_up, world.conductor.read([wake_up]), world.now)
    assert len(world.outbox.messages) == 3
    world.settle()
    assert world.sent == [Channel.PUSH]


def test_a_finished_run_lives_again_with_new_activity_alone(world: World) -> None:
    first = make_event(at=NOON)
    world.tell(first, ordered(NOON + timedelta(minutes=5)))
    world.turn(hours=2)
    assert world.signal(first).outcome == "repeated"
    world.tell(make_event(at=world.now))
    assert world.run().outcome is None
    world.turn(minutes=30)
    assert world.sent == [Channel.PUSH]


def test_an_event_too_old_to_be_of_use_is_ignored(world: World) -> None:
    assert world.signal(make_event(at=NOON - timedelta(days=3))).outcome == "ignored"
    assert not world.timer.queue


def test_another_cart_soon_after_is_left_alone(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(days=2)
    other = {"cart_id": "c2", "product_id": "mug", "price": "25.00", "currency": "EUR"}
    world.tell(make_event(at=world.now, properties=other))
    world.turn(days=1)
    assert (world.run("c2").outcome, world.run("c2").reason) == (Outcome.SKIPPED, Reason.ASKED_RECENTLY)


def test_another_cart_is_left_alone_also_when_a_later_message_about_the_first_came_back(world: World) -> None:
    """The push reached the person; that the mail, which was the last, did not takes nothing back."""
    for channel in (Channel.SMS, Channel.WHATSAPP):
        world.tell(make_event("Consent Updated", NOON, {"channel": channel, "status": "denied"}))
    world.providers[Channel.EMAIL].answers["ada@example.com"] = Refused(Reason.REJECTED)
    world.tell(make_event(at=NOON))
    world.turn(hours=3)
    assert [message.status for message in world.messages()] == [MessageStatus.HANDED_OFF, MessageStatus.FAILED]
    other = {"cart_id": "c2", "product_id": "mug", "price": "30.00", "currency": "EUR"}
    world.tell(make_event(at=world.now, properties=other, event_id="other"))
    world.turn(hours=1)
    assert world.run("c2").reason is Reason.ASKED_RECENTLY


def test_addresses_stand_in_logs_as_marks_alone(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(days=4)
    told = repr(world.reports)
    assert all(secret not in told for secret in ("ada@example.com", "+4915550100", "Ada", "u1"))
    assert address_mark("ada@example.com") != "ada@example.com"


def _ledger_entries(world: World) -> list[Entry]:
    return list(world.store.get(Ref(Kind.LEDGER, "u1")).value.entries)


def test_marketing_held_back_climbs_at_once_and_leaves_whatsapp_alone_for_a_day(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(hours=27)
    message = next(message for message in world.messages() if message.channel is Channel.WHATSAPP)
    notice = MessageNotice(Receipt("u1", message.id), MessageStatus.FAILED, world.now, Reason.HELD_BACK)
    world.hear(receive(notice, read([notice], world.store)).events)
    world.hear(receive(notice, read([notice], world.store)).events)  # told again, it counts once
    facts = world.store.get(Ref(Kind.FACTS, "u1")).value
    assert facts.held_back_at("whatsapp") == [to_ms(world.now)]
    case = make_case(facts=facts, now=world.now + timedelta(hours=23, minutes=59))
    assert held_back(case, Rung(Channel.WHATSAPP)).reason is Reason.HELD_BACK
    assert held_back(make_case(facts=facts, now=world.now + timedelta(hours=24)), Rung(Channel.WHATSAPP)).reason is None


def test_a_text_message_says_until_when_it_may_be_delivered(world: World) -> None:
    world.tell(make_event(at=NOON))
    world.turn(hours=27)
    by_channel = {message.channel: message for message in world.messages()}
    assert by_channel[Channel.SMS].deliver_by == NOON.replace(day=11, hour=20)  # 21:00 in London's summer
    assert by_channel[Channel.PUSH].deliver_by is None

"""Under a cap with little room, the more important message goes out, whoever comes first."""

from dataclasses import replace
from datetime import timedelta

from nudgekit import Cap, days, hours, moment
from nudgekit.decide.rivals import rivals
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.consent import Status
from nudgekit.model.ledger import Ledger, Waiting
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from tests.builders import NOON, TRIGGER, consenting, make_case, ordered
from tests.shop import Shop

MINUTE = timedelta(minutes=1)


def test_a_lower_trigger_waits_while_a_higher_one_is_armed_and_not_due_yet() -> None:
    shop = Shop(NOON)
    shop.know()
    shop.look(NOON)
    shop.fill(NOON + 10 * MINUTE)
    shop.turn_to(NOON + 41 * MINUTE)
    assert shop.said("waited") == [("browse", Reason.OUTRANKED)]
    assert shop.sends() == [("cart", NOON + 40 * MINUTE)]


def test_arming_writes_nothing_but_the_run() -> None:
    shop = Shop(NOON)
    shop.know()
    shop.fill(NOON)
    assert shop.ledger().waiting == {}


def test_a_rival_that_ends_in_silence_leaves_its_place() -> None:
    shop = Shop(NOON)
    shop.know()
    shop.look(NOON)
    shop.fill(NOON + 10 * MINUTE)
    shop.tell(ordered(NOON + 15 * MINUTE, cart_id="c1", product_id="mug"))
    shop.turn(hours=1)
    assert [trigger for trigger, _ in shop.sends()] == ["browse"]


def test_with_room_for_both_nobody_waits() -> None:
    shop = Shop(NOON, caps=(Cap("promotional", 2, days(1)),))
    shop.know()
    shop.look(NOON)
    shop.fill(NOON + 10 * MINUTE)
    shop.turn(hours=1)
    assert [trigger for trigger, _ in shop.sends()] == ["browse", "cart"]
    assert (Reason.OUTRANKED) not in [reason for _, reason in shop.said("waited")]


def test_a_rival_whose_turn_comes_after_the_place_is_free_again_is_no_rival() -> None:
    shop = Shop(NOON, caps=(Cap("promotional", 1, timedelta(minutes=15)),))
    shop.know()
    shop.look(NOON)
    shop.fill(NOON + 10 * MINUTE)
    shop.turn_to(NOON + 41 * MINUTE)
    assert shop.sends() == [("browse", NOON + 20 * MINUTE), ("cart", NOON + 40 * MINUTE)]


def test_a_higher_run_that_waits_for_the_morning_keeps_its_place() -> None:
    evening = NOON.replace(hour=19, minute=45)
    shop = Shop(evening, after_quiet_hours="all")
    shop.know()
    shop.fill(evening)
    shop.turn_to(evening + 31 * MINUTE)
    assert shop.said("waited") == [("cart", Reason.QUIET_HOURS)]
    every_channel = tuple(rung.channel for rung in shop.books["cart"].trigger.ladder)
    assert [each.channels for each in shop.ledger().waiting.values()] == [every_channel]
    shop.look(evening + 40 * MINUTE, "lamp")
    shop.tell()
    shop.turn(hours=14)
    assert [trigger for trigger, _ in shop.sends()] == ["cart"]


def test_in_a_shop_of_one_trigger_the_cart_that_waited_first_goes_first() -> None:
    channels, now = (Channel.PUSH,), NOON + 30 * MINUTE
    for other, ahead in ((NOON - MINUTE, 1), (NOON + MINUTE, 0)):
        waiting = Waiting(
            TRIGGER.id, "c2", to_ms(other), TRIGGER.priority, TRIGGER.purpose, channels,
            to_ms(now), to_ms(now + hours(1)), Reason.CAPPED,
        )  # fmt: skip
        assert len(rivals(make_case(ledger=Ledger(waiting={f"{TRIGGER.id}|c2|1": waiting})))) == ahead


def test_a_rival_without_any_way_to_the_person_is_none() -> None:
    shop = Shop(NOON)
    shop.know(channels=("push",))
    shop.look(NOON)
    shop.fill(NOON)
    shop.turn_to(NOON + 25 * MINUTE)
    assert shop.sends() == []
    blocked = Shop(NOON, caps=(Cap("promotional", 1, days(1), channels=("email",)),))
    blocked.know(channels=("push",))
    blocked.look(NOON)
    blocked.fill(NOON)
    blocked.turn_to(NOON + 25 * MINUTE)
    assert [trigger for trigger, _ in blocked.sends()] == ["browse"]


def test_a_stopped_rival_keeps_nobody_back() -> None:
    from nudgekit.runs.operation import stop  # noqa: PLC0415

    shop = Shop(NOON)
    shop.know()
    stop(shop.store, "trigger:cart", "ops", "wrong price", NOON)
    shop.look(NOON)
    shop.fill(NOON)
    shop.turn_to(NOON + 21 * MINUTE)
    assert [trigger for trigger, _ in shop.sends()] == ["browse"]


def test_whoever_is_outranked_to_the_end_says_so() -> None:
    shop = Shop(NOON, caps=(Cap("promotional", 1, days(7)),))
    shop.know()
    shop.fill(NOON)
    shop.look(NOON + 15 * MINUTE)
    shop.turn(days=5)
    run = shop.runs()["browse", "vase"]
    assert (run.outcome, run.reason) == (Outcome.SKIPPED, Reason.CAPPED)
    assert [trigger for trigger, _ in shop.sends()] == ["cart"]
    assert shop.ledger().waiting == {}


def test_a_rival_in_trouble_keeps_others_back_for_an_hour_and_no_longer() -> None:
    shop = Shop(NOON, caps=(Cap("promotional", 1, hours(3)),), quiet_hours=())
    shop.know()
    shop.fill(NOON, "c0")
    shop.fill(NOON + 5 * MINUTE, "c1")
    shop.turn_to(NOON + 36 * MINUTE)
    assert ("cart", Reason.CAPPED) in shop.said("waited")
    shop.look(NOON + 40 * MINUTE)
    shop.order = lambda due: [each for each in due if each.trigger == "browse"]
    shop.turn(hours=6)
    (first, second) = shop.sends()
    assert (first[0], second[0]) == ("cart", "browse")
    assert NOON + timedelta(hours=4, minutes=30) <= second[1] <= NOON + timedelta(hours=4, minutes=41)


def test_a_higher_run_in_line_that_can_send_no_more_keeps_nobody_back() -> None:
    for bought in (False, True):
        shop = Shop(NOON, caps=(Cap("promotional", 1, days(1), trigger="cart"), Cap("promotional", 2, days(2))))
        shop.know()
        shop.fill(NOON, "c1")
        shop.fill(NOON + 5 * MINUTE, "c2")
        shop.turn_to(NOON + 40 * MINUTE)
        assert shop.said("waited")[-1] == ("cart", Reason.CAPPED)  # its turn is tomorrow, and it has a place by then
        if bought:
            shop.tell(ordered(NOON + 50 * MINUTE, cart_id="c2", product_id="mug"))
        shop.look(NOON + 60 * MINUTE)
        shop.turn_to(NOON + 90 * MINUTE)
        assert ([trigger for trigger, _ in shop.sends()] == ["cart", "browse"]) == bought
        assert (("browse", Reason.OUTRANKED) in shop.said("waited")) != bought


def test_a_higher_run_in_line_on_a_channel_that_was_refused_meanwhile_keeps_nobody_back() -> None:
    line = {"cart|c2|1": waiting_cart(to_ms(NOON + timedelta(hours=5)), (Channel.SMS,))}
    for said in (consenting(), consenting("push", "email")):
        case = make_case(trigger=LOW, ledger=Ledger(waiting=line), consent=said, others=lambda: (CART,))
        ahead = [each for each in rivals(case) if each.channels == (Channel.SMS,)]
        assert bool(ahead) == (said.status(Channel.SMS, "promotional", NOON) is Status.GRANTED)


def waiting_cart(until: int, channels: tuple[Channel, ...]) -> Waiting:
    return Waiting(CART.id, "c2", 1, CART.priority, "promotional", channels, until, until + 1, Reason.CAPPED)


def test_a_run_that_is_due_at_a_time_its_event_named_is_foreseen_by_nobody() -> None:
    alert = replace(TRIGGER, id="alert", priority=99, at=moment("ends_at").before(hours(3)), within=hours(2))
    case = make_case(trigger=LOW, others=lambda: (alert,))
    assert rivals(case) == []
    assert rivals(make_case(trigger=LOW, others=lambda: (replace(alert, at=None),))) != []


def test_of_the_same_priority_nobody_waits_for_one_that_is_merely_armed() -> None:
    equal, higher = (replace(TRIGGER, id="other", priority=each) for each in (LOW.priority, LOW.priority + 1))
    assert rivals(make_case(trigger=LOW, others=lambda: (equal,))) == []
    assert rivals(make_case(trigger=LOW, others=lambda: (higher,))) != []


CART = replace(TRIGGER, id="cart", priority=90)
LOW = replace(TRIGGER, id="low", priority=10)

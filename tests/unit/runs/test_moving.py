"""A run whose time is named anew moves with it: later, sooner, out of order, and not once its message is out."""

from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from nudgekit import at_once, hours, moment, rung
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.runs.arm import plan_start
from nudgekit.runs.documents import ABSENT, Stored
from nudgekit.runs.family import asked_for, family_of
from tests.builders import NOON, make_event
from tests.unit.runs.test_starts import Changed, world
from tests.world import World

RULE = Changed(at=moment("ends_at").before(hours(3)), within=at_once, unless=None, ladder=(rung("push"),)).trigger
DAY = timedelta(days=1)


def shop() -> World:
    return world(at=moment("ends_at").before(hours(3)), within=at_once, ladder=(rung("push"),))


def sale(ends: timedelta, said: timedelta = timedelta()) -> Event:
    mug = {"cart_id": "c1", "product_id": "mug", "name": "Mug", "price": "25.00", "currency": "EUR"}
    named = {**mug, "ends_at": (NOON + ends).isoformat()}
    return make_event(at=NOON + said, properties=named, event_id=f"said-{said}-{ends}")


def test_a_sale_that_is_prolonged_is_told_of_later_and_once() -> None:
    played = shop()
    played.tell(sale(2 * DAY), sale(4 * DAY, timedelta(hours=1)))
    assert played.run().expires_at == NOON + 4 * DAY
    played.turn_to(NOON + 3 * DAY)
    assert played.sent == []
    played.turn_to(NOON + 4 * DAY)
    assert played.sent == [Channel.PUSH]
    (message,) = played.messages()
    assert message.claimed_at == NOON + 4 * DAY - timedelta(hours=3)
    assert played.run().about["ends_at"] == (NOON + 4 * DAY).isoformat()


def test_a_sale_that_ends_sooner_is_told_of_sooner() -> None:
    played = shop()
    played.tell(sale(4 * DAY), sale(2 * DAY, timedelta(hours=1)))
    played.turn_to(NOON + 2 * DAY - timedelta(hours=3))
    assert played.sent == [Channel.PUSH]


def test_less_time_than_the_rule_gives_is_told_of_at_once() -> None:
    played = shop()
    played.tell(sale(4 * DAY), sale(timedelta(hours=3), timedelta(hours=1)))
    played.turn(minutes=1)
    assert played.sent == [Channel.PUSH]


def test_a_sale_that_is_over_is_not_told_of() -> None:
    played = shop()
    played.tell(sale(4 * DAY), sale(timedelta(hours=1), timedelta(hours=1)))
    played.turn(days=5)
    assert played.sent == []
    assert played.run().reason == "expired"


def test_an_earlier_word_that_comes_late_changes_nothing() -> None:
    played = shop()
    played.tell(sale(4 * DAY, timedelta(hours=2)))
    played.signal(sale(2 * DAY, timedelta(hours=1)))
    assert played.run().expires_at == NOON + 4 * DAY


def test_a_word_between_two_that_agree_comes_too_late() -> None:
    """The second said the same as the first: what was said between them is no longer so."""
    played = shop()
    played.tell(sale(4 * DAY), sale(4 * DAY, timedelta(hours=2)))
    played.signal(sale(2 * DAY, timedelta(hours=1)))
    assert played.run().expires_at == NOON + 4 * DAY


def test_an_event_that_names_no_time_moves_nothing() -> None:
    played = shop()
    played.tell(sale(4 * DAY), make_event(at=NOON + timedelta(hours=1), properties={"cart_id": "c1"}))
    assert played.run().expires_at == NOON + 4 * DAY


def test_a_repeat_writes_nothing() -> None:
    first = plan_start(RULE, sale(2 * DAY), ABSENT, NOON)
    run = first.puts[0].value  # type: ignore[union-attr]
    assert plan_start(RULE, sale(2 * DAY), Stored(run, 1), NOON).puts == ()


def test_once_its_message_is_out_only_its_end_moves() -> None:
    played = world(at=moment("ends_at").before(hours(3)), ladder=(rung("push", wait=hours(2)), rung("email")))
    played.tell(sale(2 * DAY))
    played.turn_to(NOON + 2 * DAY - timedelta(hours=3))
    played.tell(sale(4 * DAY, 2 * DAY - timedelta(hours=2)))
    assert played.run().expires_at == NOON + 4 * DAY
    played.turn_to(NOON + 4 * DAY)
    assert played.sent == [Channel.PUSH, Channel.EMAIL]
    push, mail = played.messages()
    assert mail.claimed_at == push.claimed_at + timedelta(hours=2)


def test_who_is_erased_takes_every_wake_up_along() -> None:
    played = shop()
    played.tell(sale(2 * DAY), sale(4 * DAY, timedelta(hours=1)), sale(3 * DAY, timedelta(hours=2)))
    known = asked_for(family_of("u1", played.store), lambda trigger, version: played.rules.trigger)
    assert {(at, wake_up) for wake_up, at in known} >= {*played.timer.queue}
    assert len(played.timer.queue) == 3


SAID = st.lists(
    st.tuples(st.integers(0, 40), st.integers(60, 200)), min_size=1, max_size=4, unique_by=lambda said: said[0]
)


@given(said=SAID)
def test_whatever_the_order_of_hearing_the_last_word_counts(said: list[tuple[int, int]]) -> None:
    """Hours at which something was said, and the hour it says the sale ends: heard in every order."""
    due: set[datetime] = set()
    for order in permutations(said):
        stored = ABSENT
        for number, (at, ends) in enumerate(order):
            plan = plan_start(
                RULE, sale(timedelta(hours=ends), timedelta(hours=at)), stored, NOON + timedelta(hours=50)
            )
            if plan.puts:
                stored = Stored(plan.puts[0].value, number + 1)  # type: ignore[union-attr]
        due.add(stored.value.due_at)
    last = max(said)
    assert due == {NOON + timedelta(hours=last[1] - 3)}

"""Many people are due at one moment: they are let go one after the other, each always in the same place."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nudgekit import at_once, event, everyone, hours, minutes, moment
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.model.event import Event
from nudgekit.runs.arm import arm, moved
from nudgekit.runs.family import asked_for, family_of
from nudgekit.runs.fan_out import is_bulk
from tests.builders import NOON, TRIGGER, make_event
from tests.unit.runs.test_starts import Changed, filled
from tests.world import World, introduced

SPREAD = minutes(15)
DAY = timedelta(days=1)
PEOPLE = [f"p{number}" for number in range(300)]
AT = NOON + DAY - hours(3)
BEFORE_IT_ENDS = replace(TRIGGER, at=moment("ends_at").before(hours(3)), within=at_once, unless=None)


def sale(person: str, ends: timedelta = DAY) -> Event:
    return make_event(person=person, properties={"ends_at": (NOON + ends).isoformat()})


def of_shop(person: str) -> Event:
    """What the shop did, as each person of a wave hears of it."""
    whole = make_event("Flash Sale Started", properties={"sale_id": "s"})
    for_all = whole.model_copy(update={"detail": whole.detail.model_copy(update={"user_id": None})})
    assert is_bulk(for_all)
    return Event.model_validate(for_all.for_person(person))


def test_d16_whoever_is_told_before_one_end_is_told_over_the_spread_and_not_in_one_second() -> None:
    due = {each: arm(BEFORE_IT_ENDS, sale(each), SPREAD).due_at for each in PEOPLE}
    assert all(AT <= each < AT + SPREAD for each in due.values())
    per_minute = Counter((each - AT) // minutes(1) for each in due.values())
    assert len(per_minute) == 15
    assert max(per_minute.values()) <= 2.5 * len(PEOPLE) / 15
    assert due == {each: arm(BEFORE_IT_ENDS, sale(each), SPREAD).due_at for each in PEOPLE}


def test_without_a_spread_everybody_is_due_at_the_time_itself() -> None:
    assert {arm(BEFORE_IT_ENDS, sale(each)).due_at for each in PEOPLE} == {AT}


def test_nobody_is_told_at_or_after_the_end() -> None:
    short = replace(BEFORE_IT_ENDS, at=moment("ends_at").before(minutes(5)))
    due = [arm(short, sale(each), hours(2)).due_at for each in PEOPLE]
    assert all(NOON + DAY - minutes(5) <= each < NOON + DAY for each in due)
    assert len(set(due)) > 150


def test_a_time_that_somebody_named_themselves_is_kept_to_the_second() -> None:
    asked = replace(TRIGGER, at=moment("ends_at").before(hours(3)) | moment("remind_at"), within=at_once, unless=None)
    at = NOON + hours(5)
    told = [make_event(person=each, properties={"remind_at": at.isoformat()}) for each in PEOPLE[:20]]
    assert {arm(asked, each, SPREAD).due_at for each in told} == {at}


def test_what_the_shop_did_is_spread_whatever_the_time_is_counted_from() -> None:
    later = replace(
        TRIGGER, when=event("Flash Sale Started"), among=everyone(), within=hours(1), unless=None, per="sale_id"
    )
    due = [arm(later, of_shop(each), SPREAD).due_at for each in PEOPLE]
    assert NOON + hours(1) <= min(due) < max(due) < NOON + hours(1) + SPREAD
    assert len(set(due)) > 200
    own = {arm(TRIGGER, make_event(person=each), SPREAD).due_at for each in PEOPLE}
    assert own == {NOON + TRIGGER.within}  # counted from what each of them did


@pytest.mark.parametrize("changes", [{"purpose": "transactional"}, {"at": None}])
def test_transactional_messages_and_what_is_decided_at_once_are_not_kept_waiting(changes: dict[str, Any]) -> None:
    rule: Trigger = replace(BEFORE_IT_ENDS, **changes)
    assert len({arm(rule, sale(each), SPREAD).due_at for each in PEOPLE[:20]}) == 1


def test_who_hears_of_another_time_keeps_their_place() -> None:
    for person in PEOPLE[:20]:
        run = arm(BEFORE_IT_ENDS, sale(person), SPREAD)
        prolonged = make_event(
            person=person, at=NOON + hours(1), properties={"ends_at": (NOON + 2 * DAY).isoformat()}, event_id="longer"
        )
        later = moved(BEFORE_IT_ENDS, prolonged, run, SPREAD)
        assert later is not None
        assert later.due_at == run.due_at + DAY


def test_the_policys_spread_is_at_work_and_the_first_wake_up_is_known_however_the_policy_changes() -> None:
    rules = Changed(at=moment("ends_at").before(hours(3)), within=at_once, unless=None)
    rules.spread = SPREAD
    shop = introduced(World(rules, NOON))
    shop.tell(filled(ends_at=(NOON + DAY).isoformat()))
    run = shop.run()
    assert AT < run.due_at < AT + SPREAD
    (at, wake_up) = shop.timer.queue[0]
    gone_on = run.model_copy(update={"step": 2, "due_at": NOON + DAY})
    family = family_of("u1", shop.store)
    documents = {ref: stored._replace(value=gone_on) if stored.value == run else stored for ref, stored in family.all}
    found = asked_for(family._replace(documents={"u1": documents}), lambda *_: rules.trigger)
    assert (wake_up, at) in found
    shop.turn_to(AT)
    assert shop.sent == []
    shop.turn_to(run.due_at)
    assert shop.sent == [Channel.PUSH]

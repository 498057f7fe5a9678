"""Who shares an address with others: what those were sent there counts, for as long as it matters and no longer."""

from datetime import datetime, timedelta

import pytest

from nudgekit import Cap, days
from nudgekit.decide.case import Neighbours
from nudgekit.decide.gates.address_shared import address_shared
from nudgekit.model.base import Channel, Purpose, to_ms
from nudgekit.model.decision import Verdict
from nudgekit.model.ledger import Entry, Ledger
from nudgekit.model.message import MessageStatus
from nudgekit.model.run import Attempt
from tests.builders import NOON, make_case, make_policy, make_run

NOW = NOON + timedelta(minutes=30)


def entry(
    at: datetime, message: str = "theirs", trigger: str = "cart_abandonment", purpose: Purpose = "promotional"
) -> Entry:
    return Entry(to_ms(at), message, trigger, Channel.PUSH, purpose)


def ask(theirs: Entry | None = None, mine: Entry | None = None, *caps: Cap) -> Verdict:
    """What the gate says of a push, at hand-off when the person's own entry is that of the run's message."""
    others = Neighbours((Ledger(entries=(theirs,) if theirs else ()),))
    run = make_run()
    if mine is not None and mine.message == "own":
        run = make_run(rung=0, attempts=(Attempt(0, Channel.PUSH, "own", MessageStatus.CLAIMED),))
    ledger = Ledger(entries=(mine,) if mine else ())
    case = make_case(now=NOW, run=run, ledger=ledger, policy=make_policy(caps=caps), neighbours={Channel.PUSH: others})
    return address_shared(case, case.trigger.ladder[0])


@pytest.mark.parametrize(("age", "answer"), [(days(7), "pass"), (days(7) - timedelta(seconds=1), "skip")])
def test_it_hears_of_a_trigger_again_once_the_rules_time_is_over(age: timedelta, answer: str) -> None:
    assert ask(entry(NOW - age)).answer == answer


def test_another_triggers_message_silences_nobody() -> None:
    assert ask(entry(NOW, trigger="price_drop")).answer == "pass"


@pytest.mark.parametrize(("purpose", "answer"), [("promotional", "skip"), ("transactional", "pass")])
def test_promotions_that_others_were_sent_take_places_under_the_caps(purpose: Purpose, answer: str) -> None:
    theirs = entry(NOW, trigger="price_drop", purpose=purpose)
    assert ask(theirs, None, Cap("promotional", 1, days(1))).answer == answer


@pytest.mark.parametrize(("age", "limit"), [(days(1), 1), (timedelta(), 2)])
def test_what_others_were_sent_before_a_caps_time_or_with_room_to_spare_is_no_hindrance(
    age: timedelta, limit: int
) -> None:
    assert ask(entry(NOW - age, trigger="price_drop"), None, Cap("promotional", limit, days(1))).answer == "pass"


def test_a_cap_that_the_person_alone_has_filled_is_a_wait_and_no_silence() -> None:
    """The gate of the caps says until when."""
    assert ask(None, entry(NOW, "mine", "price_drop"), Cap("promotional", 1, days(1))).answer == "pass"


@pytest.mark.parametrize(("theirs", "answer"), [(-1, "skip"), (1, "pass")])
def test_of_two_claimed_for_one_address_the_earlier_goes_out(theirs: int, answer: str) -> None:
    assert ask(entry(NOW + timedelta(seconds=theirs)), entry(NOW, "own")).answer == answer

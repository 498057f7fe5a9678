"""Caps of every kind: rolling and calendar, of all triggers or of one, several at once, asked again at hand-off."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from nudgekit import Cap, days, hours
from nudgekit.decide.decide import may_hand_off
from nudgekit.decide.gates.caps import caps
from nudgekit.errors import RuleError
from nudgekit.language.ladder import Rung
from nudgekit.model.base import Channel, Purpose, to_ms
from nudgekit.model.decision import Verdict
from nudgekit.model.ledger import MAX_ENTRIES, Entry, Ledger
from nudgekit.model.message import Content, Message
from nudgekit.model.reasons import Reason
from nudgekit.runs.places import entry_of
from tests.builders import PROFILE, TRIGGER, make_case, make_policy, make_run
from tests.property.test_windows import ZONES  # every zone there is

RUNG = Rung(Channel.PUSH)
ELEVEN = datetime(2026, 6, 10, 21, 0, tzinfo=UTC)
"""Eleven in the evening in Berlin, a Wednesday."""


def ledger(*entries: tuple[datetime, str, Channel]) -> Ledger:
    """Messages: when, of which trigger, on which channel."""
    return Ledger(
        entries=tuple(
            Entry(to_ms(at), f"m{number}", trigger, channel, "promotional")
            for number, (at, trigger, channel) in enumerate(sorted(entries))
        )
    )


def ask(now: datetime, *limits: Cap, before: Ledger, **changes: Any) -> Verdict:
    """What the gate says to a push."""
    return caps(make_case(now=now, policy=make_policy(caps=limits), ledger=before, **changes), RUNG)


def test_d13_after_a_message_at_eleven_a_rolling_day_has_no_room_at_midnight_and_a_calendar_day_has() -> None:
    before, midnight = ledger((ELEVEN, "other", Channel.PUSH)), ELEVEN + timedelta(hours=1)
    rolling = ask(midnight, Cap("promotional", 1, days(1)), before=before)
    assert (rolling.answer, rolling.until) == ("wait", ELEVEN + days(1))
    calendar = Cap("promotional", 1, days(1), window="calendar")
    assert ask(midnight, calendar, before=before).answer == "pass"
    late = ask(midnight - timedelta(seconds=1), calendar, before=before)
    assert (late.answer, late.until) == ("wait", midnight)


def test_d13_both_together_are_the_stricter_of_the_two() -> None:
    both = (Cap("promotional", 1, days(1), window="calendar"), Cap("promotional", 1, hours(3)))
    before = ledger((ELEVEN, "other", Channel.PUSH))
    assert ask(ELEVEN + timedelta(minutes=30), *both, before=before).until == ELEVEN + hours(3)


def test_whom_a_calendar_day_holds_back_is_let_go_after_midnight_and_not_all_at_midnight() -> None:
    before, midnight = ledger((ELEVEN, "other", Channel.PUSH)), ELEVEN + timedelta(hours=1)
    now, day = ELEVEN + timedelta(minutes=30), Cap("promotional", 1, days(1), window="calendar")
    run = make_run(expires_at=midnight + days(1))
    policy = make_policy(caps=(day,), spread=timedelta(minutes=15))
    moments = {
        caps(make_case(now=now, run=run, policy=policy, ledger=before, unit=f"p{number}"), RUNG).until
        for number in range(20)
    }
    assert len(moments) > 10
    assert all(each is not None and midnight <= each < midnight + timedelta(minutes=15) for each in moments)


def test_a_calendar_day_is_the_persons_own() -> None:
    before = ledger((ELEVEN, "other", Channel.PUSH))
    cap, now = Cap("promotional", 1, days(1), window="calendar"), ELEVEN + hours(2)
    london = PROFILE.model_copy(update={"timezone": "America/New_York"})
    assert ask(now, cap, before=before).answer == "pass"
    there = ask(now, cap, before=before, profile=london)
    assert (there.answer, there.until) == ("wait", datetime(2026, 6, 11, 4, tzinfo=UTC))


def test_a_calendar_week_begins_on_monday() -> None:
    cap = Cap("promotional", 1, days(7), window="calendar")
    sunday = datetime(2026, 6, 14, 21, 59, 59, tzinfo=UTC)
    before = ledger((datetime(2026, 6, 8, 6, tzinfo=UTC), "other", Channel.PUSH))
    assert ask(sunday, cap, before=before).until == sunday + timedelta(seconds=1)
    assert ask(sunday + timedelta(seconds=1), cap, before=before).answer == "pass"


@pytest.mark.parametrize("name", ZONES)
def test_calendar_days_follow_each_other_without_gap_in_every_zone_and_change_of_the_clock(name: str) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from nudgekit.decide.windows import calendar_window  # noqa: PLC0415

    zone, moment = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC)
    start, end = calendar_window(moment, zone, days(1))
    for _ in range(730):
        assert start <= moment < end
        assert timedelta(hours=22) <= end - start <= timedelta(hours=26)
        assert (end - timedelta(seconds=1)).astimezone(zone).date() < end.astimezone(zone).date()
        moment = end
        (start, end), before = calendar_window(moment, zone, days(1)), end
        assert start == before


def test_a_cap_of_one_trigger_counts_and_binds_that_trigger_alone() -> None:
    cap, now = Cap("promotional", 1, days(1), trigger=TRIGGER.id), ELEVEN
    assert ask(now, cap, before=ledger((now - hours(1), "other", Channel.PUSH))).answer == "pass"
    assert ask(now, cap, before=ledger((now - hours(1), TRIGGER.id, Channel.EMAIL))).reason is Reason.CAPPED
    foreign = Cap("promotional", 1, days(1), trigger="other")
    assert ask(now, foreign, before=ledger((now - hours(1), "other", Channel.PUSH))).answer == "pass"


def test_a_minimum_gap_is_a_cap_of_one() -> None:
    gap, before = Cap("promotional", 1, hours(4)), ledger((ELEVEN, "other", Channel.EMAIL))
    assert ask(ELEVEN + hours(4) - timedelta(milliseconds=1), gap, before=before).until == ELEVEN + hours(4)
    assert ask(ELEVEN + hours(4), gap, before=before).answer == "pass"


def test_of_several_caps_the_one_with_room_last_says_when_and_then_all_have_room() -> None:
    limits = (
        Cap("promotional", 2, days(1)),
        Cap("promotional", 1, hours(6)),
        Cap("promotional", 1, days(1), window="calendar", channels=("push",)),
        Cap("promotional", 3, days(7)),
    )
    times = [(ELEVEN - hours(hour), "other", Channel.PUSH) for hour in (70, 20, 2)]
    before, now = ledger(*times), ELEVEN
    verdict = ask(now, *limits, before=before)
    assert verdict.until == ELEVEN - hours(70) + days(7)
    assert ask(verdict.until, *limits, before=before).answer == "pass"
    assert ask(verdict.until - timedelta(seconds=1), *limits, before=before).answer == "wait"


@pytest.mark.parametrize("purpose", ["promotional", "transactional"])
def test_transactional_messages_are_neither_bound_nor_counted(purpose: Purpose) -> None:
    from dataclasses import replace  # noqa: PLC0415

    cap = Cap("promotional", 1, days(1))
    counted = ledger((ELEVEN - hours(1), "other", Channel.PUSH)).entries[0]._replace(purpose=purpose)
    full = Ledger(entries=(counted,))
    assert ask(ELEVEN, cap, before=full, trigger=replace(TRIGGER, purpose="transactional")).answer == "pass"
    assert (ask(ELEVEN, cap, before=full).answer == "wait") == (purpose == "promotional")


def test_at_hand_off_a_message_does_not_count_against_itself_but_others_do() -> None:
    own = ledger((ELEVEN, TRIGGER.id, Channel.PUSH))
    policy = make_policy(caps=(Cap("promotional", 1, days(1)),))
    case = make_case(policy=policy, ledger=own, message="m0")
    assert may_hand_off(case, RUNG)[0].answer == "pass"
    crowded = ledger((case.now - hours(1), "other", Channel.PUSH), (case.now, TRIGGER.id, Channel.PUSH))
    late = make_case(policy=policy, ledger=crowded, message="m1")
    assert may_hand_off(late, RUNG)[0].reason is Reason.CAPPED


def many(before: Ledger, count: int, purpose: Purpose, channel: Channel, until: datetime) -> Ledger:
    """The ledger with so many more messages, one a minute, the last a minute before `until`."""
    for number in range(count, 0, -1):
        at = until - timedelta(minutes=number)
        before = before.claimed(Entry(to_ms(at), f"x{purpose}{at}", "other", channel, purpose), "run")
    return before


def test_no_purpose_and_no_page_crowds_out_what_a_cap_counts() -> None:
    full = many(Ledger(), 8, "promotional", Channel.EMAIL, ELEVEN - days(2))
    crowded = many(full, 300, "transactional", Channel.EMAIL, ELEVEN)
    crowded = many(crowded, 300, "promotional", Channel.ONSITE, ELEVEN)
    verdict = ask(ELEVEN, Cap("promotional", 8, days(7)), before=crowded)
    assert (verdict.answer, verdict.until) == ("wait", ELEVEN - days(2) - timedelta(minutes=8) + days(7))
    assert len(crowded.entries) == 2 * MAX_ENTRIES + 8
    assert len(crowded.merged(crowded).entries) == len(crowded.entries)


@pytest.mark.parametrize("window", ["rolling", "calendar"])
def test_a_cap_is_full_when_the_person_got_more_than_a_ledger_holds(window: Literal["rolling", "calendar"]) -> None:
    texts = many(Ledger(), 2, "promotional", Channel.SMS, ELEVEN - hours(12))
    crowded = many(texts, MAX_ENTRIES, "promotional", Channel.EMAIL, ELEVEN)
    assert Channel.SMS not in {entry.channel for entry in crowded.entries}
    cap = Cap("promotional", 2, days(1), channels=("push", "sms"), window=window)
    verdict = ask(ELEVEN, cap, before=crowded)
    assert verdict.answer == "wait"
    assert verdict.until is not None
    assert ask(verdict.until, cap, before=crowded).answer == "pass"
    short = Cap("promotional", 1, hours(1), channels=("push", "sms"))  # all of its window is known
    assert ask(ELEVEN, short, before=crowded).answer == "pass"


def test_a_cap_that_no_ledger_could_count_is_told() -> None:
    assert Cap("promotional", MAX_ENTRIES, days(30)).limit == MAX_ENTRIES
    with pytest.raises(RuleError, match="write a whole number from 1 to 200"):
        Cap("promotional", MAX_ENTRIES + 1, days(30))


def push_claimed(at: datetime) -> Message:
    """A push that was claimed at `at`."""
    content = Content(channel=Channel.PUSH, body="words")
    named = {"id": "m", "person": "p", "trigger": "other", "run": "k", "channel": Channel.PUSH, "content": content}
    return Message(**named, version=1, occurrence=0, rung=0, purpose="promotional", claimed_at=at)


@pytest.mark.parametrize("claimed_us", [0, 1, 999, 1000, 1001])
@pytest.mark.parametrize("late_us", [-1001, -1000, -999, -1, 0, 1, 999, 1000])
def test_a_rolling_window_is_never_shorter_than_its_length_not_by_a_microsecond(claimed_us: int, late_us: int) -> None:
    claimed_at = ELEVEN + timedelta(microseconds=claimed_us)
    now = claimed_at + hours(4) + timedelta(microseconds=late_us)
    before = Ledger().claimed(entry_of(push_claimed(claimed_at)), "run")
    verdict = ask(now, Cap("promotional", 1, hours(4)), before=before)
    if late_us < 0:
        assert verdict.answer == "wait"
    if verdict.until is not None:  # longer by less than a millisecond
        assert now < verdict.until < claimed_at + hours(4) + timedelta(milliseconds=1)
        assert ask(verdict.until, Cap("promotional", 1, hours(4)), before=before).answer == "pass"
    assert ask(now + timedelta(milliseconds=3), Cap("promotional", 1, hours(4)), before=before).answer == "pass"

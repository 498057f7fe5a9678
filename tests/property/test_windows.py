"""Quiet hours in every zone of the world, over both changes of the clock; caps over any window."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit import days
from nudgekit.decide.gates.caps import caps
from nudgekit.decide.gates.quiet_hours import quiet_hours
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import Cap, QuietHours
from nudgekit.law.schedule import except_between
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.ledger import Entry, Ledger
from tests.builders import PROFILE, make_case, make_policy
from tests.examples import examples

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
START, END = time(21), time(8)
QUIET = except_between(START, END)
POLICY = make_policy(quiet_hours=(QuietHours("push", START, END),))
RUNG = Rung(Channel.PUSH)


def _is_quiet(local: time) -> bool:
    return local >= START or local < END


def _changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The hours of `year` in which the zone's offset changes."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=6 * n) for n in range(4 * 365)]
    return [a for a, b in pairwise(hours) if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()]


@pytest.mark.parametrize("name", ZONES)
def test_no_moment_around_a_change_of_the_clock_lets_a_message_into_the_night(name: str) -> None:
    zone = ZoneInfo(name)
    for change in [datetime(2026, 3, 29, tzinfo=UTC), *_changes(zone, 2026)]:
        for step in range(-36, 36):
            now = change + timedelta(minutes=20 * step)
            if _is_quiet(now.astimezone(zone).time()):
                until = QUIET.next_open(now, zone)
                assert until is not None
                assert now < until <= now + timedelta(hours=13)
                assert not _is_quiet(until.astimezone(zone).time())


@examples(300)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001  Hypothesis draws naive bounds
)
def test_the_gate_waits_exactly_in_the_persons_night(name: str, drawn: datetime) -> None:
    now = drawn.replace(tzinfo=UTC)
    case = make_case(now=now, policy=POLICY, profile=PROFILE.model_copy(update={"timezone": name}))
    local = now.astimezone(ZoneInfo(name)).time()
    verdict = quiet_hours(case, RUNG)
    assert (verdict.answer == "wait") == _is_quiet(local)


@examples(200)
@given(st.lists(st.integers(0, 30 * 24 * 60), max_size=40), st.integers(1, 5), st.integers(1, 72))
def test_no_window_ever_holds_more_than_its_cap(asks: list[int], limit: int, width_hours: int) -> None:
    start, width = datetime(2026, 5, 1, tzinfo=UTC), timedelta(hours=width_hours)
    policy = make_policy(caps=(Cap("promotional", limit, per=width),))
    ledger, sent = Ledger(), list[datetime]()
    for number, minute in enumerate(sorted(asks)):
        now = start + timedelta(minutes=minute)
        if caps(make_case(now=now, policy=policy, ledger=ledger), RUNG).answer == "pass":
            sent.append(now)
            ledger = ledger.claimed(Entry(to_ms(now), f"m{number}", "t", Channel.PUSH, "promotional"), "run")
    for moment in sent:
        assert sum(1 for other in sent if moment <= other < moment + width) <= limit


def test_a_cap_says_when_there_is_room_again() -> None:
    now = datetime(2026, 5, 2, tzinfo=UTC)
    ledger = Ledger(entries=tuple(_entry(now - timedelta(hours=hours)) for hours in (30, 20, 10)))
    case = make_case(now=now, policy=make_policy(caps=(Cap("promotional", 2, per=days(1)),)), ledger=ledger)
    assert caps(case, RUNG).until == now + timedelta(hours=4)


def _entry(at: datetime) -> Entry:
    return Entry(to_ms(at), at.isoformat(), "t", Channel.EMAIL, "promotional")

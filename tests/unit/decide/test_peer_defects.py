"""Time defects of other open-source engines, each as the case that shows it; none of them is one here."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from nudgekit.decide.gates.legal_hours import legal_hours
from nudgekit.decide.gates.quiet_hours import quiet_hours
from nudgekit.errors import EventError
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import QuietHours
from nudgekit.law.schedule import except_between
from nudgekit.model.base import Channel
from nudgekit.model.decision import Verdict
from nudgekit.model.event import parse_event
from nudgekit.model.phone import PhoneFacts
from nudgekit.model.profile import Profile
from tests.builders import make_case, make_event, make_policy

SMS, PUSH = Rung(Channel.SMS), Rung(Channel.PUSH)


def _night(now: datetime, zone: str, start: time, end: time) -> Verdict:
    policy = make_policy(quiet_hours=(QuietHours("push", start, end),))
    return quiet_hours(make_case(now=now, policy=policy, profile=Profile(timezone=zone)), PUSH)


def _sms(now: datetime, zone: str, country: str) -> Verdict:
    profile = Profile(timezone=zone, country=country, phone="+0", phone_place=PhoneFacts(country))
    return legal_hours(make_case(now=now, profile=profile), SMS)


def test_the_weekday_is_that_of_the_person_and_not_that_of_utc() -> None:
    """Dittofeed asks the UTC weekday: 06:00 on a Thursday in Tokyo is Wednesday 21:00 UTC."""
    friday_in_utc = datetime(2026, 7, 11, 22, 30, tzinfo=UTC)  # Saturday in UTC, Sunday 07:30 in Tokyo
    assert _sms(friday_in_utc, "Asia/Tokyo", "FR").until == datetime(2026, 7, 12, 23, tzinfo=UTC)
    sunday_in_utc = datetime(2026, 7, 12, 23, 30, tzinfo=UTC)  # Monday 08:30 in Tokyo
    assert _sms(sunday_in_utc, "Asia/Tokyo", "FR").answer == "pass"
    saturday_in_paris = datetime(2026, 7, 11, 19, 59, tzinfo=UTC)
    assert _sms(saturday_in_paris, "Europe/Paris", "FR").answer == "pass"


def test_six_on_thursday_in_tokyo_is_on_a_thursday() -> None:
    """Dittofeed's own case: asked on Wednesday 2023-12-20 08:00 Tokyo, it answers Friday 06:00."""
    tokyo = ZoneInfo("Asia/Tokyo")
    asked = datetime(2023, 12, 20, 8, tzinfo=tokyo).astimezone(UTC)
    open_from_six = except_between(time(7), time(6))
    until = open_from_six.next_open(asked, tokyo)
    assert until == datetime(2023, 12, 21, 6, tzinfo=tokyo)
    assert until is not None
    assert until.astimezone(tokyo).strftime("%A") == "Thursday"


def test_the_offset_is_the_one_that_holds_when_the_wait_is_over() -> None:
    """Dittofeed takes the offset once: 09:00 in Berlin after the change of the clock became 10:00."""
    asked = datetime(2026, 3, 28, 20, tzinfo=UTC)  # the evening before summer time begins
    until = _night(asked, "Europe/Berlin", time(21), time(9)).until
    assert until == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert until is not None
    assert until.astimezone(ZoneInfo("Europe/Berlin")).time() == time(9)
    autumn = _night(datetime(2026, 10, 24, 20, tzinfo=UTC), "Europe/Berlin", time(21), time(9)).until
    assert autumn == datetime(2026, 10, 25, 8, tzinfo=UTC)


def test_a_start_after_the_end_is_a_night_and_is_not_swapped() -> None:
    """Mautic swaps the two, so that 22:00 to 06:00 becomes the day."""
    night = (time(22), time(6))
    assert _night(datetime(2026, 6, 10, 12, tzinfo=UTC), "UTC", *night).answer == "pass"
    assert _night(datetime(2026, 6, 10, 23, tzinfo=UTC), "UTC", *night).answer == "wait"
    assert _night(datetime(2026, 6, 10, 5, 59, 59, tzinfo=UTC), "UTC", *night).answer == "wait"


def test_an_overnight_window_matches_on_both_sides_of_midnight() -> None:
    """PostHog has no overnight branch: an end before the start never matches."""
    for hour, answer in ((21, "pass"), (22, "wait"), (23, "wait"), (0, "wait"), (5, "wait"), (6, "pass")):
        assert _night(datetime(2026, 6, 10, hour, tzinfo=UTC), "UTC", time(22), time(6)).answer == answer


def test_the_end_is_exclusive_and_the_start_inclusive() -> None:
    """PostHog compares the end inclusively."""
    last, second = datetime(2026, 6, 10, 21, tzinfo=UTC), timedelta(microseconds=1)
    assert _sms(last - second, "UTC", "DE").answer == "pass"
    assert _sms(last, "UTC", "DE").answer == "wait"
    first = datetime(2026, 6, 10, 8, tzinfo=UTC)
    assert _sms(first - second, "UTC", "DE").answer == "wait"
    assert _sms(first, "UTC", "DE").answer == "pass"


def test_midnight_is_the_first_minute_of_the_day_and_never_24_00() -> None:
    """Laudspeaker formats hours so that midnight reads 24:00, which lies before no morning."""
    midnight = datetime(2026, 6, 10, 0, 0, tzinfo=UTC)
    verdict = _night(midnight, "UTC", time(0), time(6))
    assert (verdict.answer, verdict.until) == ("wait", datetime(2026, 6, 10, 6, tzinfo=UTC))
    assert dict(verdict.seen)["local_time"] == "wed 00:00"
    assert _night(midnight, "UTC", time(22), time(0)).answer == "pass"
    assert _night(midnight - timedelta(seconds=1), "UTC", time(22), time(0)).until == midnight


def test_the_clock_of_a_person_follows_summer_time_all_year() -> None:
    """Laudspeaker keeps one offset for the workspace."""
    for month, utc_hour in ((1, 20), (7, 19)):  # 21:00 in Berlin
        now = datetime(2026, month, 14, utc_hour, tzinfo=UTC)
        assert _sms(now, "Europe/Berlin", "DE").answer == "wait"
        assert _sms(now - timedelta(minutes=1), "Europe/Berlin", "DE").answer == "pass"


@pytest.mark.parametrize("timestamp", [None, "", "soon"])
def test_a_missing_date_is_refused_and_does_not_fall_through_to_now(timestamp: str | None) -> None:
    """Parcelvoy never reads a delay's date, and goes on at once."""
    event = make_event()
    raw = event.model_dump(by_alias=True, mode="json")
    raw["detail"]["timestamp"] = timestamp
    with pytest.raises(EventError, match=r"detail\.timestamp"):
        parse_event(raw, event.at)


def test_a_wait_without_a_date_ends_and_never_sends() -> None:
    """The same at the gate: where no hour is legal anywhere, the rung is passed over."""
    zones = ("America/Los_Angeles", "Europe/London", "Asia/Tokyo")
    verdict = legal_hours(make_case(profile=Profile(phone="+0", phone_place=PhoneFacts(None, zones))), SMS)
    assert (verdict.answer, verdict.until) == ("skip", None)


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_a_quiet_end_that_the_clock_skips_or_shows_twice_wakes_nobody_early(night: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    for end in (time(2, 0), time(2, 30), time(3, 0)):
        until = _night(night - timedelta(hours=3), "Europe/Berlin", time(21), end).until
        assert until is not None
        later = until + timedelta(hours=1)
        assert until.astimezone(zone).time() >= end
        assert later.astimezone(zone).time() >= end

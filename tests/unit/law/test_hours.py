"""Every row of the hours, minute by minute; which rows apply to whom; what the strictest makes of them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from nudgekit.law.hours import legal_hours, schedule_of
from nudgekit.law.places import Place, Places, places_of
from nudgekit.law.rows import WEEKDAYS, HoursRow
from nudgekit.law.schedule import ALWAYS, except_between, next_open_in_all
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel
from nudgekit.model.phone import PhoneFacts
from nudgekit.model.profile import Profile

DAY = frozenset({date(2026, 11, 22)})
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001  a clock on a wall; no holiday of any row lies in its week
ROWS = {row.id: row for row in tables().hours}


def _ids(places: Places, purpose: str = "promotional", channel: Channel = Channel.SMS) -> set[str]:
    return set(legal_hours(places, channel, purpose, DAY).rows)


@pytest.mark.parametrize(("row", "weekday"), list(product(ROWS, range(7))))
def test_every_row_opens_with_its_first_minute_and_closes_with_its_last(row: str, weekday: int) -> None:
    given, schedule = ROWS[row], schedule_of(ROWS[row], frozenset())
    span, midnight = given.span_on(WEEKDAYS[weekday]), MONDAY + timedelta(days=weekday)
    for minute in range(24 * 60):
        now = midnight + timedelta(minutes=minute)
        legal = span is not None and span.start <= now.time() < span.end
        assert schedule.is_open(now) == legal, now
        assert schedule.is_open(now + timedelta(seconds=59, microseconds=999_999)) == legal, now


EDGES = {
    "us-sms": ("08:00", "21:00"), "us-al-sms": ("08:00", "20:00"), "us-ca-sms": ("09:00", "21:00"),
    "us-ct-sms": ("09:00", "20:00"), "us-fl-sms": ("08:00", "20:00"), "us-il-sms": ("09:00", "21:00"),
    "us-ky-sms": ("10:00", "21:00"), "us-la-sms": ("08:00", "20:00"), "us-ma-sms": ("08:00", "20:00"),
    "us-md-sms": ("08:00", "20:00"), "us-mi-sms": ("09:00", "21:00"), "us-mn-sms": ("09:00", "21:00"),
    "us-ms-sms": ("08:00", "20:00"), "us-nj-sms": ("08:00", "20:00"), "us-nm-sms": ("09:00", "21:00"),
    "us-nv-sms": ("09:00", "20:00"), "us-ok-sms": ("08:00", "20:00"), "us-pa-sms": ("08:00", "21:00"),
    "us-ri-sms": ("09:00", "18:00"), "us-tx-sms": ("09:00", "21:00"), "us-ut-sms": ("08:00", "21:00"),
    "us-wa-sms": ("08:00", "20:00"), "ca-sms": ("08:00", "21:00"), "gb-sms": ("08:00", "21:00"),
    "ie-sms": ("08:00", "21:00"), "de-sms": ("08:00", "21:00"), "nl-sms": ("08:00", "21:00"),
    "au-sms": ("08:00", "21:00"), "nz-sms": ("08:00", "21:00"), "fr-sms": ("08:00", "22:00"),
    "gp-sms": ("08:00", "21:00"), "mq-sms": ("08:00", "21:00"), "gf-sms": ("08:00", "21:00"),
    "re-sms": ("08:00", "21:00"), "yt-sms": ("08:00", "21:00"), "pm-sms": ("08:00", "21:00"),
    "bl-sms": ("08:00", "21:00"), "mf-sms": ("08:00", "21:00"),
    "in-sms": ("10:00", "21:00"), "elsewhere-sms": ("08:00", "21:00"),
}  # fmt: skip


def test_the_numbers_of_a_wednesday_are_those_that_were_looked_up() -> None:
    spans = {row.id: row.span_on("wed") for row in tables().hours}
    assert {name: (f"{span.start:%H:%M}", f"{span.end:%H:%M}") for name, span in spans.items() if span} == EDGES


def test_exemptions_of_weekdays_and_holidays() -> None:
    closed_sundays = {row.id for row in tables().hours if row.closed == ("sun",)}
    french = {f"{each}-sms" for each in ("fr", "gp", "mq", "gf", "re", "yt", "pm", "bl", "mf")}
    assert closed_sundays == {"us-al-sms", "us-la-sms", "us-ms-sms", *french}
    assert all(not ROWS[each].public_holidays for each in french)
    texas, island = ROWS["us-tx-sms"].span_on("sun"), ROWS["us-ri-sms"].span_on("sat")
    assert texas
    assert texas.start.hour == 12
    assert island
    assert (island.start.hour, island.end.hour) == (10, 17)


def _clock(day: int, month: int = 7) -> datetime:
    """Noon on a wall in 2026."""
    return datetime(2026, month, day, 12)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (_clock(14), False),  # Bastille day, a Tuesday
        (_clock(15), True),
        (_clock(19), False),  # a Sunday
        (_clock(3, month=4), False),  # Good Friday: a holiday in Alsace and Moselle, and nobody knows where
    ],
)
def test_france_is_closed_on_sundays_and_holidays(day: datetime, *, open_: bool) -> None:
    assert schedule_of(ROWS["fr-sms"], frozenset()).is_open(day) == open_


@pytest.mark.parametrize("state", ["57", "67", "68", "6AE", "A", "GES", "M"])
def test_alsace_and_moselle_have_their_holidays_however_they_are_called(state: str) -> None:
    schedule = schedule_of(ROWS["fr-sms"], frozenset({state}))
    assert not schedule.is_open(_clock(3, month=4))  # Good Friday
    assert not schedule.is_open(_clock(26, month=12))
    assert schedule.is_open(_clock(7, month=4))


def test_other_regions_have_holidays_of_the_country_and_no_others() -> None:
    for state in ("75", "IDF", "2A"):
        assert schedule_of(ROWS["fr-sms"], frozenset({state})).is_open(_clock(3, month=4))
        assert not schedule_of(ROWS["fr-sms"], frozenset({state})).is_open(_clock(6, month=4))  # Easter Monday


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ("gp-sms", _clock(27, month=5)),
        ("mq-sms", _clock(22, month=5)),
        ("gf-sms", _clock(10, month=6)),
        ("yt-sms", _clock(27, month=4)),
        ("bl-sms", _clock(9, month=10)),
        ("mf-sms", _clock(28, month=5)),
    ],
)
def test_france_overseas_keeps_the_end_of_slavery_each_part_on_its_day(row: str, day: datetime) -> None:
    """They are France under country codes of their own, not places without a row."""
    assert not schedule_of(ROWS[row], frozenset()).is_open(day)
    assert schedule_of(ROWS["fr-sms"], frozenset()).is_open(day)
    assert not schedule_of(ROWS[row], frozenset()).is_open(_clock(14))
    assert not schedule_of(ROWS[row], frozenset()).is_open(_clock(19))


@pytest.mark.parametrize(
    ("year", "closed"),
    [
        (2025, ((4, 18), (4, 21), (5, 29), (6, 9))),
        (2026, ((4, 3), (4, 6), (5, 14), (5, 25))),
        (2027, ((3, 26), (3, 29), (5, 6), (5, 17))),
        (2028, ((4, 14), (4, 17), (5, 25), (6, 5))),
        (2038, ((4, 23), (4, 26), (6, 3), (6, 14))),
    ],
)
def test_french_holidays_that_move_move(year: int, closed: tuple[tuple[int, int], ...]) -> None:
    """Good Friday, Easter Monday, Ascension and Whit Monday; 2038 has one of the latest Easters there are."""
    schedule = schedule_of(ROWS["fr-sms"], frozenset())
    for month, day in closed:
        assert not schedule.is_open(datetime(year, month, day, 12))  # noqa: DTZ001


def test_the_state_narrows_its_country() -> None:
    assert _ids(Places(Place("US", "FL"))) == {"us-sms", "us-fl-sms"}
    assert _ids(Places(Place("US", "NY"))) == {"us-sms"}


def test_an_unknown_state_has_the_rows_of_all() -> None:
    assert _ids(Places(Place("US"))) == {row.id for row in tables().hours if row.country == "US"}


def test_profile_and_number_both_count() -> None:
    assert _ids(Places(Place("FR"), Place("IN"))) == {"fr-sms", "in-sms"}
    assert _ids(Places(Place("US", "NY"), Place("US", "FL"))) == {"us-sms", "us-fl-sms"}
    assert _ids(Places(Place("US"), Place("US", "FL"))) == {"us-sms", "us-fl-sms"}


def test_a_place_without_rows_falls_under_elsewhere() -> None:
    assert _ids(Places()) == _ids(Places(Place("JP"))) == _ids(Places(Place("JP"), Place("KR"))) == {"elsewhere-sms"}
    assert _ids(Places(Place("JP"), Place("DE"))) == {"elsewhere-sms", "de-sms"}


def test_other_purposes_and_channels_are_free() -> None:
    assert not _ids(Places(Place("US")), purpose="transactional")
    assert not _ids(Places(Place("US")), channel=Channel.EMAIL)


def test_an_overridden_row_does_not_count() -> None:
    law = legal_hours(Places(Place("US", "FL")), Channel.SMS, "promotional", DAY, frozenset({"us-fl-sms"}))
    assert law.rows == ("us-sms",)


def test_a_row_counts_from_the_day_it_is_in_force() -> None:
    florida = Places(Place("US", "FL"))
    assert legal_hours(florida, Channel.SMS, "promotional", frozenset({date(2021, 6, 30)})).rows == ("us-sms",)


@pytest.mark.parametrize(
    ("profile", "places"),
    [
        (Profile(), Places()),
        (Profile(country="de"), Places(Place("DE"))),
        (Profile(country="UK"), Places(Place("GB"))),
        (Profile(country="Germany"), Places()),
        (Profile(country="US", state="FL"), Places(Place("US", "FL"))),
        (Profile(country="US", state="us-fl"), Places(Place("US", "FL"))),
        (Profile(state="US-FL"), Places(Place("US", "FL"))),
        (Profile(country="US", state="Florida"), Places(Place("US"))),
        (Profile(country="US", state="ZZ"), Places(Place("US"))),
        (Profile(country="US", state="CA-ON"), Places(Place("US"))),
        (Profile(country="US", state="PR"), Places(Place("PR"))),
        (Profile(country="FR", state="974"), Places(Place("RE"))),
        (Profile(state="FR-RE"), Places(Place("RE"))),
        (Profile(phone="+13055550123"), Places(None, Place("US", "FL"))),
        (Profile(phone="+18005550123"), Places(None, Place("US"))),
        (Profile(phone="+14165550123"), Places(None, Place("CA"))),
        (Profile(phone="+447700900123"), Places(None, Place("GB"))),
        (Profile(phone="+33612345678", country="DE"), Places(Place("DE"), Place("FR"))),
        (Profile(phone="not a number"), Places()),
        (Profile(phone="+13055550123", phone_place=PhoneFacts("US")), Places(None, Place("US", "FL"))),
    ],
)
def test_places_are_read_strictly(profile: Profile, places: Places) -> None:
    assert places_of(profile) == places


def test_several_zones_leave_the_hours_that_all_share() -> None:
    zones = (ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles"))
    schedule = legal_hours(Places(Place("US", "NY")), Channel.SMS, "promotional", DAY).schedule
    asked = datetime(2026, 6, 10, 13, tzinfo=UTC)  # 09:00 in New York, 06:00 in Los Angeles
    assert next_open_in_all(schedule, asked, zones) == datetime(2026, 6, 10, 15, tzinfo=UTC)
    late = datetime(2026, 6, 11, 1, tzinfo=UTC)  # 21:00 in New York, 18:00 in Los Angeles
    assert next_open_in_all(schedule, late, zones) == datetime(2026, 6, 11, 15, tzinfo=UTC)


def test_where_no_hour_suits_all_zones_there_is_none() -> None:
    zones = tuple(map(ZoneInfo, ("America/Los_Angeles", "Europe/London", "Asia/Tokyo")))
    schedule = legal_hours(Places(), Channel.SMS, "promotional", DAY).schedule
    assert next_open_in_all(schedule, datetime(2026, 6, 10, tzinfo=UTC), zones) is None


def test_law_and_quiet_hours_together_are_one_wait() -> None:
    law = legal_hours(Places(Place("FR")), Channel.SMS, "promotional", DAY).schedule
    both = law & except_between(time(19), time(11))
    saturday_night = datetime(2026, 7, 11, 18, tzinfo=UTC)  # 20:00 in Paris; then a Sunday, a Monday, Bastille day
    assert next_open_in_all(both, saturday_night, (ZoneInfo("Europe/Paris"),)) == datetime(2026, 7, 13, 9, tzinfo=UTC)
    monday_night = datetime(2026, 7, 13, 18, tzinfo=UTC)
    assert next_open_in_all(both, monday_night, (ZoneInfo("Europe/Paris"),)) == datetime(2026, 7, 15, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "closes"),
    [
        ("2026-06-10T12:00Z", "2026-06-10T19:00Z"),  # a summer's day in Berlin: 21:00 is 19:00 UTC
        ("2026-06-10T18:59Z", "2026-06-10T19:00Z"),
        ("2026-06-10T19:00Z", "2026-06-10T19:00Z"),  # closed already
        ("2026-01-10T12:00Z", "2026-01-10T20:00Z"),
        ("2026-10-24T18:00Z", "2026-10-24T19:00Z"),
    ],
)
def test_it_is_known_when_the_hours_close(asked: str, closes: str) -> None:
    schedule = schedule_of(ROWS["de-sms"], frozenset())
    moment = schedule.closes_at(datetime.fromisoformat(asked), ZoneInfo("Europe/Berlin"))
    assert moment == datetime.fromisoformat(closes)


def test_a_stretch_over_midnight_closes_on_the_next_day_and_what_is_always_open_never() -> None:
    berlin, evening = ZoneInfo("Europe/Berlin"), datetime(2026, 6, 10, 20, tzinfo=UTC)
    assert except_between(time(13), time(15)).closes_at(evening, berlin) == datetime(2026, 6, 11, 11, tzinfo=UTC)
    assert ALWAYS.closes_at(evening, berlin) is None


def test_a_closing_time_that_the_clock_shows_twice_closes_with_the_first() -> None:
    schedule = except_between(time(2, 30), time(8))
    night = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 for the first time
    assert schedule.closes_at(night, ZoneInfo("Europe/Berlin")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_rows_are_plain_data() -> None:
    assert isinstance(ROWS["in-sms"], HoursRow)

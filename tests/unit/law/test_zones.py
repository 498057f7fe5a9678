"""The chain that finds where a person is: profile, device, phone number, country, the shop's own."""

import pytest

from nudgekit.law.zones import zones_of, zones_of_country
from nudgekit.model.phone import PhoneFacts, phone_facts
from nudgekit.model.profile import Profile, fold_profile

SHOP = "Europe/Berlin"


def _zones(profile: Profile, device: str | None = None) -> tuple[str, set[str]]:
    found = zones_of(profile, device, SHOP)
    return found.link, {zone.key for zone in found.zones}


def test_the_profile_answers_before_all_others() -> None:
    profile = Profile(timezone="Asia/Tokyo", phone="+13055550123", country="FR")
    assert _zones(profile, "America/Lima") == ("profile", {"Asia/Tokyo"})


def test_the_device_answers_next() -> None:
    assert _zones(Profile(phone="+13055550123"), "America/Lima") == ("device", {"America/Lima"})


def test_then_the_phone_number() -> None:
    assert _zones(Profile(phone="+13055550123", country="US")) == ("phone", {"America/New_York"})


def test_a_number_that_may_be_in_several_zones_names_them_all() -> None:
    link, zones = _zones(Profile(phone="+61412345678"))
    assert link == "phone"
    assert {"Australia/Perth", "Australia/Sydney", "Australia/Brisbane"} <= zones


def test_then_the_country_with_every_zone_of_it() -> None:
    link, zones = _zones(Profile(country="US"))
    assert link == "country"
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/Anchorage"} <= zones


def test_a_number_without_a_zone_still_names_its_country() -> None:
    assert _zones(Profile(phone="+447700900123")) == ("phone", {"Europe/London"})


def test_two_countries_leave_the_zones_of_both() -> None:
    both = {"Europe/Berlin", "Europe/Busingen", "Europe/London"}
    assert _zones(Profile(phone="+447700900123", country="de")) == ("phone", both)
    assert _zones(Profile(phone="+13055550123", country="FR")) == ("phone", {"America/New_York", "Europe/Paris"})


def test_a_number_of_another_country_widens_nobodys_hours() -> None:
    """Somebody who moved from London to the United States keeps the number: 08:00 in London is night at home."""
    link, zones = _zones(Profile(phone="+447700900123", country="US", state="CA"))
    assert link == "phone"
    assert {"Europe/London", "America/Los_Angeles"} <= zones


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12195550123", {"America/Chicago", "America/New_York"}),  # Gary; phonenumbers says New York of this number
        ("+18505550123", {"America/Chicago", "America/New_York"}),  # Pensacola or Tallahassee
        ("+14485550123", {"America/Chicago", "America/New_York"}),  # the same, in the code laid over it
        ("+13085550123", {"America/Chicago", "America/Denver"}),
        ("+14235550123", {"America/Chicago", "America/New_York"}),  # Chattanooga; phonenumbers says Chicago
        ("+16895550123", {"America/Chicago", "America/New_York"}),  # Orlando; phonenumbers says Chicago
        ("+19285550123", {"America/Denver", "America/Phoenix"}),  # the Navajo Nation changes its clocks
        ("+13055550123", {"America/New_York"}),
        ("+12505550123", {"America/Vancouver", "America/Edmonton", "America/Dawson_Creek"}),
    ],
)
def test_an_area_code_over_several_zones_names_them_all(number: str, zones: set[str]) -> None:
    assert _zones(Profile(phone=number)) == ("phone", zones)


def test_the_north_of_canada_is_not_one_hour() -> None:
    """phonenumbers says that numbers of 867 are in British Columbia; they are also four zones further east."""
    _, zones = _zones(Profile(phone="+18675550123"))
    assert {"America/Whitehorse", "America/Iqaluit", "America/Rankin_Inlet", "America/Cambridge_Bay"} <= zones


@pytest.mark.parametrize(
    ("number", "own", "lent"),
    [
        ("+212612345678", "Africa/Casablanca", "Atlantic/Canary"),  # an hour apart, but for Ramadan
        ("+970599123456", "Asia/Hebron", "Europe/Bucharest"),  # other days for the change of the clock
        ("+5581987654321", "America/Recife", ""),
        ("+6281234567890", "Asia/Jayapura", ""),
        ("+61412345678", "Australia/Lord_Howe", ""),
        ("+34612345678", "Atlantic/Canary", ""),
        ("+351912345678", "Atlantic/Azores", ""),
        ("+56912345678", "Pacific/Easter", ""),
        ("+79161234567", "Asia/Kamchatka", "Asia/Almaty"),
    ],
)
def test_a_mobile_number_tells_its_country_and_no_more(number: str, own: str, lent: str) -> None:
    _, zones = _zones(Profile(phone=number))
    assert own in zones
    assert lent not in zones


def test_where_the_number_would_be_comes_first() -> None:
    first = [zones_of(Profile(phone=number), None, SHOP).zones[0].key for number in ("+5511987654321", "+18504550123")]
    assert first == ["America/Sao_Paulo", "America/Chicago"]


def test_numbers_without_a_place_may_be_anywhere_on_the_continent() -> None:
    _, zones = _zones(Profile(phone="+18005550123"))
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns"} <= zones


@pytest.mark.parametrize(
    ("number", "zone"),
    [("+18765550123", "America/Jamaica"), ("+447797712345", "Europe/Jersey"), ("+16715550123", "Pacific/Guam")],
)
def test_islands_that_share_a_code_have_their_own_clock(number: str, zone: str) -> None:
    assert _zones(Profile(phone=number)) == ("phone", {zone})


@pytest.mark.parametrize(
    ("profile", "zone"),
    [
        (Profile(state="FR-974"), "Indian/Reunion"),
        (Profile(country="FR", state="RE"), "Indian/Reunion"),
        (Profile(country="US", state="PR"), "America/Puerto_Rico"),
    ],
)
def test_a_part_with_a_country_code_of_its_own_has_its_own_clock(profile: Profile, zone: str) -> None:
    assert _zones(profile) == ("country", {zone})


def test_a_state_alone_tells_the_country() -> None:
    assert _zones(Profile(state="US-FL"))[0] == "country"


def test_at_last_the_shops_own() -> None:
    assert _zones(Profile()) == ("shop", {SHOP})
    assert _zones(Profile(phone="nonsense", country="Atlantis", timezone=None), "Mars/Phobos") == ("shop", {SHOP})


def test_the_trace_tells_several_zones_in_a_few_words() -> None:
    assert zones_of(Profile(country="US"), None, SHOP).text == "America/New_York and 28 more"


def test_countries_have_the_zones_of_the_time_zone_database() -> None:
    assert zones_of_country("FR") == ("Europe/Paris",)
    assert len(zones_of_country("RU")) > 20
    assert zones_of_country("XX") == ()


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("+33612345678", PhoneFacts("FR", ("Europe/Paris",))),
        ("+919876543210", PhoneFacts("IN", ("Asia/Calcutta",))),
        ("+6591234567", PhoneFacts("SG", ("Asia/Singapore",))),
        ("+447700900123", PhoneFacts("GB")),
        ("+80012345678", PhoneFacts(None)),
        ("", PhoneFacts()),
        ("+", PhoneFacts()),
        ("9" * 500, PhoneFacts()),
        ("07700 900123", PhoneFacts()),
    ],
)
def test_numbers_tell_their_country_and_zones(number: str, facts: PhoneFacts) -> None:
    assert phone_facts(number)[:1] == facts[:1]
    assert facts.zones == () or phone_facts(number) == facts


def test_folding_keeps_what_the_number_tells_beside_it() -> None:
    known = fold_profile(Profile(), {"phone": "+33612345678", "state": "FR-57"}, 1, "a")
    assert known.phone_place == PhoneFacts("FR", ("Europe/Paris",))
    assert known.state == "FR-57"
    gone = fold_profile(known, {"phone": None}, 2, "b")
    assert (gone.phone, gone.phone_place) == (None, None)


def test_an_older_number_does_not_bring_its_place_back() -> None:
    first, second = ({"phone": "+33612345678"}, 1, "a"), ({"phone": "+919876543210"}, 2, "b")
    there = fold_profile(fold_profile(Profile(), *first), *second)
    back = fold_profile(fold_profile(Profile(), *second), *first)
    assert there == back
    assert there.phone_facts.country == "IN"


def test_profiles_of_an_earlier_release_are_looked_up() -> None:
    assert Profile(phone="+33612345678").phone_facts.country == "FR"


def test_a_decision_needs_no_phone_library() -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    told = "import sys; import nudgekit.decide.decide; print('phonenumbers' in sys.modules, 'holidays' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["False", "False"]

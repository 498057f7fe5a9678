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
    assert _zones(Profile(phone="+13055550123", country="FR")) == ("phone", {"America/New_York"})


def test_a_number_that_may_be_in_several_zones_names_them_all() -> None:
    link, zones = _zones(Profile(phone="+61412345678"))
    assert link == "phone"
    assert {"Australia/Perth", "Australia/Sydney", "Australia/Brisbane"} <= zones


def test_then_the_country_with_every_zone_of_it() -> None:
    link, zones = _zones(Profile(country="US"))
    assert link == "country"
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/Anchorage"} <= zones


def test_a_number_without_a_zone_still_names_its_country() -> None:
    assert _zones(Profile(phone="+447700900123")) == ("country", {"Europe/London"})


def test_two_countries_leave_the_zones_of_both() -> None:
    assert _zones(Profile(phone="+447700900123", country="de")) == (
        "country",
        {"Europe/Berlin", "Europe/Busingen", "Europe/London"},
    )


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

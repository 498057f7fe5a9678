"""A phone number never names fewer zones than its owner may be in: every country's mobile numbers, every area code.

The oracle is the table of zones and countries in the time zone database, and for area codes the states' own clocks.
"""

from datetime import UTC, datetime, timedelta

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from nudgekit.law.area_codes import area_codes
from nudgekit.law.zones import zones_of
from nudgekit.model.phone import phone_facts
from nudgekit.model.profile import Profile
from nudgekit.model.zone import database, zone

MOBILE = {
    region: phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS - {"US", "CA"})
    if (number := phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE))
}
NOT_IN_THE_TABLE = {"AC": {"Atlantic/St_Helena"}, "XK": {"Europe/Belgrade"}}
"""Countries that have numbers, and no line in the table: what phonenumbers says of them."""

SEASONS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(0, 730, 5)]


def _of_country(code: str) -> set[str]:
    lines = (line.split("\t") for line in (database() / "zone.tab").read_text().splitlines() if line[0] != "#")
    return {name for country, _, name, *_ in lines if country == code}


def _zones(phone: str, **fields: str) -> set[str]:
    return {each.key for each in zones_of(Profile(phone=phone, **fields), None, "UTC").zones}


@pytest.mark.parametrize("region", MOBILE)
def test_a_mobile_number_names_every_zone_of_its_country_and_no_other(region: str) -> None:
    country = phone_facts(MOBILE[region]).country
    assert country is not None
    assert _zones(MOBILE[region]) == (_of_country(country) or NOT_IN_THE_TABLE[country])


EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
BY_CLOCKS: dict[str, set[str]] = {
    "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV": {EASTERN},
    "AL AR IA IL LA MN MO MS OK WI": {CENTRAL},
    "CO MT NM UT WY": {MOUNTAIN},
    "CA WA": {PACIFIC},
    "FL IN KY MI TN": {EASTERN, CENTRAL},
    "KS ND NE SD TX": {CENTRAL, MOUNTAIN},
    "ID OR NV": {MOUNTAIN, PACIFIC},
    "AZ": {"America/Phoenix", MOUNTAIN},
    "AK": {"America/Anchorage", "America/Adak", "Pacific/Honolulu"},
    "HI": {"Pacific/Honolulu"},
}
STATES = {state: clocks for states, clocks in BY_CLOCKS.items() for state in states.split()}
SPLIT = {850, 448, 219, 574, 812, 930, 270, 364, 606, 906, 423, 308, 620, 785, 605, 701, 208, 986, 541, 458, 775, 928}
"""Codes whose numbers are in both zones of their state."""


def _clock(name: str) -> tuple[timedelta | None, ...]:
    return tuple(day.astimezone(zone(name)).utcoffset() for day in SEASONS)


@pytest.mark.parametrize("code", area_codes())
def test_an_area_code_shows_the_clocks_of_its_state(code: str) -> None:
    clocks = {_clock(name) for name in _zones(f"+1{code}5550123")}
    of_state = {_clock(name) for name in STATES[area_codes()[code]]}
    assert clocks <= of_state
    assert clocks == of_state or len(clocks) == 1
    assert clocks == of_state or int(code) not in SPLIT

"""The law tables: whole, founded, strictly read, and printed as they stand."""

import sys
from datetime import date
from pathlib import Path

import pytest
from holidays import list_supported_countries

from nudgekit.cli.law import PAGE, page, run
from nudgekit.errors import MistakesError, Problem, RuleError
from nudgekit.law.area_codes import area_codes, zones_beside
from nudgekit.law.files import text_of
from nudgekit.law.hours import schedule_of
from nudgekit.law.rows import HoursRow
from nudgekit.law.tables import KINDS, Tables, read_tables, tables
from nudgekit.model.zone import zone

ROW = """
[[hours]]
id = "xx-sms"
country = "XX"
channels = ["sms"]
purposes = ["promotional"]
start = 08:00:00
end = 21:00:00
source = "our choice"
read_on = 2026-11-22
confidence = "choice"
"""


def _read(text: str) -> Tables:
    return read_tables({"mine.toml": text})


def test_every_row_says_where_and_when_it_was_read_and_how_sure_it_is() -> None:
    rows = [row for kind in KINDS for row in getattr(tables(), kind)]
    assert len(rows) > 35
    for row in rows:
        assert row.source == "our choice" or "http" in row.source or "U.S.C." in row.source, row.id
        assert (row.source == "our choice") <= (row.confidence == "choice"), row.id
        assert row.read_on >= date(2026, 11, 22)


@pytest.mark.parametrize("country", ["US", "CA", "GB", "IE", "DE", "NL", "AU", "NZ", "FR", "IN"])
def test_every_country_that_was_looked_up_has_its_hours(country: str) -> None:
    assert any(row.country == country and not row.state for row in tables().hours)


def test_no_state_is_laxer_than_its_country() -> None:
    by_country = {row.country: schedule_of(row, frozenset()) for row in tables().hours if not row.state}
    for row in tables().hours:
        if row.state:
            own = schedule_of(row, frozenset())
            assert (own & by_country[row.country]).week == own.week, row.id


def test_every_calendar_that_a_row_asks_for_exists() -> None:
    supported = list_supported_countries()
    for row in tables().hours:
        if not row.public_holidays:
            several = (each for own in row.holiday_subdivisions.values() for each in own)
            wanted = {row.state} - {""} | set(several)
            assert wanted <= set(supported[row.country]), row.id


def test_the_digest_follows_every_change() -> None:
    assert _read(ROW).digest == _read(ROW).digest
    assert _read(ROW).digest != _read(ROW.replace("21:00", "20:00")).digest
    assert len(tables().mark) == 12


@pytest.mark.parametrize("name", ["us_area_codes", "area_code_zones"])
def test_the_digest_follows_the_area_codes_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They decide by which state's row and by which clock."""
    module, before = sys.modules["nudgekit.law.tables"], tables().digest
    monkeypatch.setattr(module, "text_of", lambda each: text_of(each) + ("# changed" if each == name else ""))
    assert tables.__wrapped__().digest != before


def test_every_zone_beside_an_area_code_is_one() -> None:
    assert all(zone(name) for names in zones_beside().values() for name in names)


def test_rows_are_in_force_from_their_first_day_to_the_day_before_their_last() -> None:
    row = _read(ROW + "valid_from = 2025-04-01\nvalid_until = 2026-01-01\n").hours[0]
    days = [date(2025, 3, 31), date(2025, 4, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [row.holds_on(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("country", "land"), "mine.toml:2: xx-sms: land: Extra inputs are not permitted (one of "),
        (('"XX"', '"Germany"'), "mine.toml:2: xx-sms: country: String should match pattern"),
        (('["sms"]', '["pigeon"]'), "mine.toml:2: xx-sms: channels.0: "),
        (('["sms"]', "[]"), "mine.toml:2: xx-sms: channels: "),
        (('["promotional"]', '["nagging"]'), "mine.toml:2: xx-sms: purposes.0: "),
        (('"choice"', '"hearsay"'), "mine.toml:2: xx-sms: confidence: "),
        (("08:00:00", "21:00:00"), "mine.toml:2: xx-sms: Value error, end is not after start"),
        (("08:00:00", "08:00:30"), "mine.toml:2: xx-sms: Value error, legal hours are told to the minute"),
        (("08:00:00", '"08:00"'), "mine.toml:2: xx-sms: start: Input should be a valid time"),
        (("2026-11-22", '"2026-11-22"'), "mine.toml:2: xx-sms: read_on: "),
        (('source = "our choice"', ""), "mine.toml:2: xx-sms: source: Field required"),
        (('"xx-sms"', '"XX SMS"'), "mine.toml:2: XX SMS: id: "),
        (("[[hours]]", "[[ours]]"), "mine.toml: [[ours]] is not a table (one of hours, "),
        (("[[hours]]", "[[hours]"), "mine.toml: it is not TOML: "),
    ],
)
def test_a_wrong_row_is_told_with_file_row_field_and_remedy(change: tuple[str, str], told: str) -> None:
    with pytest.raises(RuleError) as caught:
        _read(ROW.replace(*change))
    assert told in str(caught.value)
    assert all(each.remedy for each in getattr(caught.value, "mistakes", [caught.value]))


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        ('closed = ["someday"]', "closed.0"),
        (
            'closed = ["sun"]\ndays = { sun = { start = 10:00:00, end = 12:00:00 } }',
            "a weekday has hours and is closed",
        ),
        ("valid_from = 2026-01-01\nvalid_until = 2026-01-01", "valid_until is not after valid_from"),
        ('state = "Florida"', "state"),
    ],
)
def test_an_impossible_row_is_refused(addition: str, told: str) -> None:
    with pytest.raises(RuleError, match=told):
        _read(ROW + addition)


def test_a_mistake_is_told_with_the_line_of_its_row() -> None:
    with pytest.raises(RuleError, match=r"^mine\.toml:13: yy-sms: start: "):
        _read(ROW + ROW.replace("xx-sms", "yy-sms").replace("08:00:00", '"eight"'))


def test_several_mistakes_are_told_together_and_no_id_twice() -> None:
    with pytest.raises(MistakesError) as caught:
        _read(ROW.replace('"XX"', '"X"') + ROW + ROW)
    assert len(caught.value.mistakes) == 2
    assert "two rows are called xx-sms" in str(caught.value)


def test_area_codes_are_those_of_the_numbering_plan() -> None:
    import phonenumbers  # noqa: PLC0415
    from phonenumbers import geocoder  # noqa: PLC0415

    names = {"Florida": "FL", "Nevada": "NV", "Texas": "TX", "California": "CA", "Connecticut": "CT"}
    compared = 0
    for code, state in area_codes().items():
        place = geocoder.description_for_number(phonenumbers.parse(f"+1{code}5550123"), "en")
        if place in names or ", " in place:
            compared += 1
            assert names.get(place, place[-2:]) == state, code
    assert compared > 100
    assert len(set(area_codes().values())) == 51
    assert "800" not in area_codes()


def test_the_page_says_what_the_tables_say() -> None:
    assert PAGE.read_text() == page(tables()), "run `nudgekit law`"
    assert "not legal advice" in page(tables())


def test_check_notices_a_page_that_fell_behind(tmp_path: Path) -> None:
    (tmp_path / PAGE).parent.mkdir(parents=True)
    with pytest.raises(Problem, match="nudgekit law"):
        run(check=True, root=tmp_path)
    run(check=False, root=tmp_path)
    run(check=True, root=tmp_path)


def test_hours_rows_are_what_is_shipped() -> None:
    assert all(isinstance(row, HoursRow) for row in tables().hours)
    assert "us-fl-sms" in tables().ids

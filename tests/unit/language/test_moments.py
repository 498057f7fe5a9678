"""Times that an event names: read as they stand, never guessed."""

from datetime import UTC, datetime, timedelta

import pytest

from nudgekit import hours, moment
from nudgekit.errors import RuleError
from nudgekit.language.moments import Moment, as_moment

EVENING = "2026-11-27T20:00:00+01:00"


def test_a_moment_is_the_time_that_is_named_or_so_long_before() -> None:
    sale = moment("ends_at").before(hours(3))
    assert sale.of({"ends_at": EVENING}) == datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert sale.end({"ends_at": EVENING}) == datetime(2026, 11, 27, 19, tzinfo=UTC)


def test_of_several_the_first_that_the_event_has_counts() -> None:
    either = moment("ends_at").before(hours(3)) | moment("remind_at")
    assert either.of({"remind_at": EVENING}) == datetime(2026, 11, 27, 19, tzinfo=UTC)
    assert either.of({"remind_at": EVENING, "ends_at": EVENING}) == datetime(2026, 11, 27, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "2026-11-27T20:00:00",
        "2026-11-27",
        1795719600,
        True,
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_time_with_its_offset_is_none_at_all(value: object) -> None:
    assert as_moment(value) is None
    assert moment("ends_at").of({"ends_at": value}) is None


def test_it_stays_the_same_through_json() -> None:
    either = moment("ends_at").before(hours(3)) | moment("remind_at")
    assert Moment.from_data(either.to_data()) == either
    assert str(either) == 'moment("ends_at").before(hours(3)) | moment("remind_at")'


def test_mistakes_are_told() -> None:
    with pytest.raises(RuleError, match="names no property"):
        moment("")
    with pytest.raises(RuleError, match="is not a time"):
        moment("ends_at").before(timedelta())

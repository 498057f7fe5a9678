"""Clocks are those of the pinned release of the time zone database, whatever the machine has."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nudgekit.law.zones import zones_of
from nudgekit.model.profile import Profile
from nudgekit.model.zone import database, zone


@pytest.fixture
def old_machine(tmp_path: Path) -> Iterator[None]:
    """A machine whose own database has it that Berlin and Vancouver keep the time of Greenwich."""
    for name in ("Europe/Berlin", "America/Vancouver"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((database() / "UTC").read_bytes())
    zoneinfo.reset_tzpath(to=(str(tmp_path),))
    zoneinfo.ZoneInfo.clear_cache()
    zone.cache_clear()
    yield
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


def _offset(clock: zoneinfo.ZoneInfo | None) -> timedelta | None:
    return datetime(2026, 12, 1, 12, tzinfo=UTC).astimezone(clock).utcoffset()


@pytest.mark.usefixtures("old_machine")
def test_a_machine_with_an_old_database_shows_nobody_another_hour() -> None:
    assert _offset(zoneinfo.ZoneInfo("Europe/Berlin")) == timedelta(0)
    assert _offset(zone("Europe/Berlin")) == timedelta(hours=1)
    assert _offset(zones_of(Profile(timezone="America/Vancouver"), None, "UTC").zones[0]) == timedelta(hours=-7)
    assert _offset(zones_of(Profile(), None, "Europe/Berlin").zones[0]) == timedelta(hours=1)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Phobos",
        "../../zones",
        "/etc/localtime",
        "Europe",
        "Europe/",
        "zone.tab",
        "leapseconds",
        "x" * 999,
        "\0",
    ],
)
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone(name) is None


def test_every_zone_of_the_database_is_known() -> None:
    names = zoneinfo.available_timezones()
    assert len(names) > 590
    assert all(zone(name) for name in names)

"""A missing setting is named, with what to do about it."""

import pytest

from nudgekit.errors import SettingsError
from nudgekit.lambdas.settings import optional, required


def test_a_setting_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_BUS", "shop")
    assert required("EVENT_BUS") == optional("EVENT_BUS") == "shop"


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("EVENT_BUS", raising=False)
    if value is not None:
        monkeypatch.setenv("EVENT_BUS", value)
    with pytest.raises(SettingsError, match="EVENT_BUS: is not set"):
        required("EVENT_BUS")
    assert optional("EVENT_BUS") == ""

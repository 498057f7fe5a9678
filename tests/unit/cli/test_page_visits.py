"""Whoever views a page of the demo proves to the API who they are, as the shop's own server does."""

from datetime import UTC, datetime, timedelta

from nudgekit.cli.page_visits import TOKEN_LIFE, signed
from nudgekit.lambdas.onsite.visitor import read_token

NOW = datetime(2026, 3, 1, 11, tzinfo=UTC)
KEY = b"the shop's own key, of 32 bytes!!"


def test_the_api_knows_the_visitor_by_the_token() -> None:
    assert read_token(signed("yara", KEY, NOW), KEY, NOW) == "yara"


def test_it_expires_and_another_key_proves_nothing() -> None:
    assert read_token(signed("yara", KEY, NOW), KEY, NOW + TOKEN_LIFE + timedelta(seconds=1)) is None
    assert read_token(signed("yara", KEY[::-1], NOW), KEY, NOW) is None

"""Ada, and the shop around her."""

from pathlib import Path

import pytest

from nudgekit.book import load_book
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON
from tests.world import World, introduced


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook(load_book(Path("rules")), "cart_abandonment")


@pytest.fixture
def world(rules: Rulebook) -> World:
    """Ada, who may be messaged on every channel, at noon."""
    return introduced(World(rules, NOON))

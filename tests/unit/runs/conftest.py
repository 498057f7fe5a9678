"""Ada, and the shop around her."""

from pathlib import Path

import pytest

from nudgekit.book import load_book
from nudgekit.model.base import Channel
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World

CHANNELS = tuple(Channel)


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook(load_book(Path("rules")), "cart_abandonment")


@pytest.fixture
def world(rules: Rulebook) -> World:
    """Ada, who may be messaged on every channel, at noon."""
    world = World(rules, NOON)
    world.tell(
        make_event(
            "Profile Updated",
            NOON,
            {
                "name": "Ada Example",
                "email": "ada@example.com",
                "phone": "+4915550100",
                "timezone": "Europe/London",
                "push": [{"endpoint": "device-1", "platform": "fcm"}],
            },
        ),
        *(
            make_event("Consent Updated", NOON, {"channel": channel, "purpose": "promotional", "status": "granted"})
            for channel in CHANNELS
        ),
    )
    return world

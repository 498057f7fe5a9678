"""What somebody answers on the way out is heard by the rules that can help, by the very event that the page made."""

from datetime import timedelta
from pathlib import Path

from nudgekit import load_book
from nudgekit.model.base import Channel
from nudgekit.model.event import Event, parse_event
from nudgekit.runs.feedback import Heard
from nudgekit.runs.onsite import Answer
from tests.builders import NOON, make_event
from tests.world import Everybody, World, introduced

LAMP = {"product_id": "lamp", "name": "Brass lamp", "currency": "EUR", "stock": 5}
LATER = NOON + timedelta(days=2)


def shop(trigger: str) -> World:
    return introduced(World(Everybody(load_book(Path("rules")), trigger), NOON))


def answered(code: str, **more: object) -> Event:
    """The event that the page makes of the answer `code`."""
    world = shop("exit_intent")
    world.tell(make_event("Exit Intent Detected", world.now, {"product_id": "lamp"}))
    claim = world.visit()
    assert claim is not None
    assert claim.content is not None
    assert code in dict(claim.content.choices)
    (message,) = world.messages()
    heard = world.say(message, "answered", Answer(code, **more))  # type: ignore[arg-type]
    assert isinstance(heard, Heard)
    event = parse_event(heard.events[-1], world.now)
    assert event.name == "Exit Reason Given"
    return event


def after_a_drop(code: str) -> list[Channel]:
    """What the answer `code` leads to once the lamp is cheaper."""
    world = shop("price_drop")
    world.tell(make_event("Product Updated", world.now, {**LAMP, "price": "49.00"}))
    world.tell(answered(code))
    world.turn(days=1)
    world.tell(make_event("Product Updated", world.now, {**LAMP, "price": "39.00"}))
    world.turn(minutes=5)
    return world.sent


def test_the_price_is_watched_for_whom_it_kept_away() -> None:
    assert after_a_drop("price") == [Channel.PUSH]


def test_and_for_nobody_else() -> None:
    assert after_a_drop("just_looking") == []


def test_whoever_says_not_now_is_reminded_when_they_asked_for_it() -> None:
    world = shop("time_alert")
    world.tell(answered("not_now", remind_at=LATER))
    world.turn_to(LATER - timedelta(seconds=1))
    assert world.sent == []
    world.turn_to(LATER + timedelta(minutes=1))
    assert world.sent == [Channel.PUSH]


def test_whoever_names_no_time_is_not_reminded_of_any() -> None:
    world = shop("time_alert")
    world.tell(answered("not_now"))
    world.turn(days=10)
    assert world.sent == []

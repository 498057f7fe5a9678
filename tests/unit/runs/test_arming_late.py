"""A start event tried again after its wake-up came and found no run: another wake-up must come."""

from nudgekit.model.base import Channel
from nudgekit.runs.documents import run_ref
from tests.builders import NOON, make_event
from tests.world import World


def test_a_wake_up_that_came_before_its_run_is_asked_for_anew(world: World) -> None:
    start = make_event(at=NOON)
    world.tell(start)
    del world.store.rows[run_ref("u1", "cart_abandonment", "c1")]  # its commit failed, the wake-up was asked for
    world.turn(minutes=31)
    assert world.sent == []
    world.signal(start)
    world.turn(minutes=1)
    assert world.sent == [Channel.PUSH]

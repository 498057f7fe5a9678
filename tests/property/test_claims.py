"""What a page gets is what a decision made at that moment would send: whatever happened while the message waited."""

from collections.abc import Callable, Mapping
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from nudgekit import rung
from nudgekit.model.reasons import Reason
from nudgekit.runs.onsite import waiting
from nudgekit.runs.operation import resume, stop
from tests.builders import make_event
from tests.page import posted
from tests.world import World


def _is_staff(world: World) -> None:
    world.tell(make_event("Profile Updated", world.now, {"segments": ["staff"]}))


def _is_customer(world: World) -> None:
    world.tell(make_event("Profile Updated", world.now, {"segments": []}))


def _refuses(world: World) -> None:
    world.tell(make_event("Consent Updated", world.now, {"channel": "onsite", "status": "denied"}))


def _allows(world: World) -> None:
    world.tell(make_event("Consent Updated", world.now, {"channel": "onsite", "status": "granted"}))


def _orders(world: World) -> None:
    world.tell(make_event("Order Completed", world.now, {"order_id": "o1", "cart_id": "c1"}))


def _sells_out(world: World) -> None:
    world.tell(make_event("Product Updated", world.now, {"product_id": "mug", "stock": 0}, person=""))


def _comes_back(world: World) -> None:
    world.tell(make_event("Product Updated", world.now, {"product_id": "mug", "stock": 5}, person=""))


def _is_stopped(world: World) -> None:
    stop(world.store, "channel:onsite", "an operator", "wrong words", world.now)


def _is_resumed(world: World) -> None:
    resume(world.store, "channel:onsite")


TOGGLES: Final[Mapping[Reason, tuple[Callable[[World], None], Callable[[World], None] | None]]] = {
    Reason.STOPPED: (_is_stopped, _is_resumed),
    Reason.UNLESS_MET: (_orders, None),
    Reason.OUT_OF_STOCK: (_sells_out, _comes_back),
    Reason.NOT_IN_AUDIENCE: (_is_staff, _is_customer),
    Reason.NO_CONSENT: (_refuses, _allows),
}
"""Why a page would get nothing, what brings it about, and what takes it back."""

STEPS = st.lists(st.tuples(st.sampled_from(sorted(TOGGLES)), st.booleans()), max_size=8)


@given(STEPS)
@example([(Reason.NOT_IN_AUDIENCE, True)])
@example([(Reason.NOT_IN_AUDIENCE, True), (Reason.NOT_IN_AUDIENCE, False)])
def test_a_page_gets_the_message_when_nothing_stands_in_its_way_and_else_the_reason(
    steps: list[tuple[Reason, bool]],
) -> None:
    world, closed = posted(ladder=(rung("onsite"),)), set[Reason]()
    for reason, begins in steps:
        world.turn(minutes=1)
        act = TOGGLES[reason][0 if begins else 1]
        if act is None:
            continue
        act(world)
        closed = closed | {reason} if begins else closed - {reason}
    world.turn(minutes=1)
    claim = world.visit()
    assert claim is not None
    assert (claim.content is None) == bool(closed)
    assert claim.reason is None if not closed else claim.reason in closed
    assert waiting("u1", world.store, world.now) == () or closed, "what was fetched waits no longer"
    (first, *_) = world.messages()
    assert (first.status == "handed_off") == (not closed)

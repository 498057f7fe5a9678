"""Products and followers are the same in any order, with any repetition and in any batching of the same events."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nudgekit.adapters.memory import MemoryStore
from nudgekit.model.base import DAY_MS, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.event import Event
from nudgekit.model.prices import PERIOD_DAYS, lowest_before, noted
from nudgekit.runs.catalogue import Projected, project_catalogue
from nudgekit.runs.documents import Kind
from tests.builders import NOON, make_event

HOURS = st.integers(0, 50 * 24)
SAID = st.fixed_dictionaries(
    {},
    optional={
        "price": st.sampled_from(["5", "8", "9.50", "20"]),
        "stock": st.integers(-1, 3),
        "name": st.sampled_from(["Mug", "Cup"]),
        "variant": st.sampled_from(["M", "L"]),
        "status": st.sampled_from(["active", "removed"]),
    },
)


@st.composite
def updates(draw: st.DrawFn) -> Event:
    said = {"product_id": draw(st.sampled_from(["mug", "pot"])), **draw(SAID)}
    return make_event("Product Updated", NOON + timedelta(hours=draw(HOURS)), said, person="")


@st.composite
def signs(draw: st.DrawFn) -> Event:
    names = ("Product Viewed", "Product Added to Wishlist", "Product Removed from Wishlist", "Order Completed")
    given_ = {"product_id": draw(st.sampled_from(["mug", "pot"])), "category": draw(st.sampled_from(["cups", None]))}
    at = NOON + timedelta(hours=draw(st.integers(0, 20 * 24)))
    told = {name: value for name, value in given_.items() if value}
    return make_event(draw(st.sampled_from(names)), at, told, person=draw(st.sampled_from(["ann", "bob"])))


def shelves(batches: list[list[Event]]) -> dict[Any, Any]:
    """What the store knows after the batches, but for what follows from them and for counts."""
    store = MemoryStore()
    for batch in batches:
        answers = project_catalogue(batch, store, NOON + timedelta(days=20))
        assert all(isinstance(each, Projected) for each in answers.values()), answers
    found = {ref: store.get(ref).value for ref in store.rows if ref.kind is not Kind.POPULARITY}
    return {ref: _bare(value) for ref, value in found.items()}


def _bare(value: Any) -> Any:
    if isinstance(value, Product):
        return value.model_dump(exclude={"told"})
    if hasattr(value, "things"):
        return {name: (follow.since, follow.until) for name, follow in value.things.items()}
    return (value.since,)


@given(st.lists(st.one_of(updates(), signs()), max_size=8), st.randoms(use_true_random=False))
def test_any_order_repetition_and_batching_gives_the_same_shelves(events: list[Event], chance: Any) -> None:
    once = shelves([events])
    again = [*events, *events]
    chance.shuffle(again)
    cut = chance.randrange(len(again) + 1)
    assert shelves([again[:cut], again[cut:]]) == once


PRICES = st.lists(st.tuples(HOURS, st.decimals(1, 99, places=2)), min_size=1, max_size=20)


@given(PRICES, st.integers(0, 60 * 24), st.randoms(use_true_random=False))
def test_the_lowest_price_is_what_somebody_finds_who_keeps_every_price(
    said: list[tuple[int, Decimal]], asked: int, chance: Any
) -> None:
    history: dict[str, Any] = {}
    order = list(said)
    chance.shuffle(order)
    for hour, price in order:
        history = noted(history, price, "EUR", to_ms(NOON + timedelta(hours=hour)))
    at = to_ms(NOON + timedelta(hours=max(asked, *(hour for hour, _ in said))))
    assert lowest_before(history, "EUR", at) == _lowest(said, at)


def _lowest(said: list[tuple[int, Decimal]], at: int) -> Decimal:
    """By whole days, as it is stated: every price of the days, and the last one before them."""
    first = (at - PERIOD_DAYS * DAY_MS) // DAY_MS
    told = [(to_ms(NOON + timedelta(hours=hour)), price) for hour, price in said]
    within = [price for when, price in told if when // DAY_MS >= first]
    before = max(((when, price) for when, price in told if when // DAY_MS < first), default=None)
    return min([*within, *([before[1]] if before else [])])

"""What the shop said of a product: the last word counts, prices are remembered, and what follows is told again."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from nudgekit.errors import EventError
from nudgekit.model.base import to_ms
from nudgekit.model.catalogue import MAX_VARIANTS, Product
from nudgekit.model.event import Event
from nudgekit.model.prices import MAX_DAYS
from tests.builders import NOON, make_event


def said(days: float = 0, **properties: Any) -> Event:
    return make_event("Product Updated", NOON + timedelta(days=days), {"product_id": "mug", **properties})


def after(*events: Event) -> Product:
    product = Product(product_id="mug")
    for event in events:
        product = product.updated(event)
    return product


def told(*events: Event) -> list[tuple[str, dict[str, Any]]]:
    """What follows from the last of the events."""
    return [(each.name, each.properties) for each in after(*events).caused(events[-1])]


def dropped(*events: Event) -> tuple[Any, ...]:
    """The fall of the price that follows from the last of the events."""
    ((name, properties),) = told(*events)
    assert name == "Price Dropped"
    return tuple(properties[each] for each in ("from", "to", "lowest_30d", "amount", "percent"))


def test_each_field_has_its_own_last_word() -> None:
    product = after(said(0, name="Mug", stock=3), said(2, stock=1), said(1, name="Big mug", stock=9))
    assert (product.name, product.stock) == ("Big mug", 1)


def test_any_order_and_any_repetition_gives_the_same_product() -> None:
    events = [
        said(0, name="Mug", price="10", currency="EUR"),
        said(1, price="8", currency="EUR", stock=0),
        said(1, price="9", currency="EUR", category="mugs"),
        said(2, variant="L", stock=2),
    ]
    wanted = after(*events).model_copy(update={"told": ()})
    for order in permutations(events):
        assert after(*order, *order[:2]).model_copy(update={"told": ()}) == wanted


def test_a_price_below_all_of_the_last_month_has_dropped() -> None:
    known = said(0, price="100", currency="EUR", category="mugs")
    assert dropped(known, said(5, price="80", currency="EUR")) == ("100", "80", "100", 20.0, 20.0)
    ((_, properties),) = told(known, said(5, price="80"))
    assert properties["category"] == "mugs"
    assert properties["currency"] == "EUR"


def test_a_rise_taken_back_is_no_reduction() -> None:
    """The lowest price of the 30 days before counts, not the one that was asked a moment ago."""
    events = (said(0, price="100"), said(10, price="140"), said(11, price="105"))
    assert told(*events) == []
    assert dropped(*events, said(12, price="90")) == ("105", "90", "100", 10.0, 10.0)


@pytest.mark.parametrize(("days", "lowest"), [(30, "80"), (31, "120")])
def test_a_price_counts_for_thirty_days(days: int, lowest: str) -> None:
    events = (said(0, price="80"), said(0.1, price="120"), said(days, price="70"))
    assert dropped(*events)[2] == lowest


def test_a_price_that_was_in_force_when_the_thirty_days_began_is_among_them() -> None:
    assert dropped(said(0, price="100"), said(200, price="140"), said(201, price="90"))[2] == "100"


def test_the_same_fall_is_told_in_the_same_words_however_often_its_cause_comes() -> None:
    cause = said(1, price="8")
    once = after(said(0, price="10"), cause)
    (first,) = once.caused(cause)
    assert once.updated(cause) == once
    assert once.updated(said(2, price="20")).caused(cause) == (first,)


def test_a_late_price_drops_nothing_but_is_remembered() -> None:
    late = said(1, price="5")
    product = after(said(0, price="10"), said(2, price="9"), late)
    assert product.caused(late) == ()
    assert product.price == 9
    assert product.lowest_before(to_ms(NOON + timedelta(days=3))) == 5


def test_another_currency_is_another_price() -> None:
    assert told(said(0, price="100", currency="EUR"), said(1, price="50", currency="GBP")) == []


def test_a_first_price_has_not_dropped() -> None:
    assert told(said(0, price="10", stock=3)) == []


def test_something_that_was_gone_and_is_there_again_is_back() -> None:
    assert told(said(0, stock=0), said(1, stock=4)) == [("Back In Stock", {"product_id": "mug", "stock": 4})]
    assert told(said(0, stock=1), said(1, stock=4)) == []
    assert told(said(0, name="Mug"), said(1, stock=4)) == []


def test_each_size_comes_back_by_itself() -> None:
    sizes = said(0, variants=[{"variant": "M", "stock": 0}, {"variant": "L", "stock": 2}])
    back = {"product_id": "mug", "variant": "M", "stock": 5}
    assert told(sizes, said(1, variant="M", stock=5)) == [("Back In Stock", back)]
    assert told(sizes, said(1, variant="L", stock=5)) == []
    product = after(sizes, said(1, variant="M", stock=5))
    assert (product.stock, product.sold_out) == (7, False)


def test_a_product_is_sold_out_when_every_size_is() -> None:
    assert after(said(0, variants=[{"variant": "M", "stock": 0}, {"variant": "L", "stock": 0}])).sold_out
    assert not after(said(0, variants=[{"variant": "M", "stock": 0}, {"variant": "L"}])).sold_out


def test_a_product_without_a_price_of_its_own_costs_what_its_cheapest_size_costs() -> None:
    sizes = said(0, variants=[{"variant": "M", "price": "10"}, {"variant": "L", "price": "12"}])
    assert after(sizes).price == 10
    assert dropped(sizes, said(1, variant="L", price="8"))[:2] == ("10", "8")


def test_a_listing_is_a_product_until_it_is_sold_or_taken_down() -> None:
    def listing(what: str, days: int, **properties: Any) -> Event:
        return make_event(what, NOON + timedelta(days=days), {"product_id": "mug", **properties}, person="sue")

    published = listing("Listing Published", 0, price="30", currency="EUR", name="Old mug")
    assert after(published).available
    assert after(published).seller_id == "sue"
    sold = after(published, listing("Listing Sold", 1, price="25"))
    assert (sold.available, sold.price) == (False, Decimal(30))
    assert not after(published, listing("Listing Removed", 1)).available
    assert after(published, listing("Listing Removed", 1), listing("Listing Published", 2)).available


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"price": -1}, "price"),
        ({"stock": "many"}, "stock"),
        ({"status": "asleep"}, "status"),
        ({"currency": "euro"}, "currency"),
        ({"variants": [{"stock": 3}]}, "variants"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(wrong: dict[str, Any], named: str) -> None:
    event = make_event("Product Updated", NOON, {"product_id": "mug"})
    properties = event.detail.properties.model_copy(update=wrong)
    broken = event.model_copy(update={"detail": event.detail.model_copy(update={"properties": properties})})
    with pytest.raises(EventError, match=named):
        after(broken)


def test_a_product_stays_within_its_bounds() -> None:
    product = after(*(said(day, price=str(1000 - day), variant=f"v-{day}", stock=1) for day in range(300)))
    product = product.updated(said(301, price="1"))
    assert len(product.variants) == MAX_VARIANTS
    assert len(product.prices) <= MAX_DAYS
    assert len(product.told) <= 8

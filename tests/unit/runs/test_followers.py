"""Who follows what: begun by interest, ended by the wish list or an order, found again from the person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from nudgekit.adapters.memory import MemoryBus, MemoryStore
from nudgekit.errors import Conflict
from nudgekit.model.base import to_ms
from nudgekit.model.event import Event
from nudgekit.model.follower import KEPT, MAX_FOLLOWED, WISHED_KEPT, Follower, Following, part_of
from nudgekit.model.popularity import top
from nudgekit.runs.catalogue import Projected, project_catalogue
from nudgekit.runs.documents import InCohort, Kind, Put, Ref, Write, popularity_refs
from nudgekit.runs.merge import Identity, merge
from nudgekit.runs.suppression import Suppression
from tests.builders import NOON, make_event

KEY = Suppression(b"a key for tests")


class Watched(MemoryStore):
    """Remembers what was written, and lets somebody else be faster now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.puts: list[Put] = []
        self.rivals = 0

    def commit(self, puts: Sequence[Write]) -> None:
        if self.rivals:
            self.rivals -= 1
            raise Conflict("follower")
        super().commit(puts)
        self.puts += [put for put in puts if isinstance(put, Put)]


@pytest.fixture
def store() -> Watched:
    return Watched()


def did(name: str, days: float = 0, person: str = "ada", **properties: Any) -> Event:
    return make_event(name, NOON + timedelta(days=days), {"product_id": "mug", **properties}, person=person)


def fold(store: MemoryStore, *events: Event, now: datetime = NOON + timedelta(days=5)) -> list[str]:
    answers = project_catalogue(events, store, now, KEY)
    found = [answers[position] for position in range(len(events))]
    assert all(isinstance(each, Projected) for each in found), found
    return [each.report.outcome for each in found if isinstance(each, Projected)]


def row(store: MemoryStore, followed: str = "product_id=mug", person: str = "ada") -> Follower | None:
    found: Follower | None = store.get(Ref(Kind.FOLLOWER, followed, person)).value
    return found


def test_a_look_follows_the_product_its_category_and_its_brand(store: Watched) -> None:
    fold(store, did("Product Viewed", category="cups", brand="Fern"))
    wanted = Follower(since=to_ms(NOON), at=to_ms(NOON), how=("Product Viewed",))
    assert [row(store, each) for each in ("product_id=mug", "category=cups", "brand=Fern")] == [wanted] * 3


def test_a_follower_stands_behind_whoever_came_before(store: Watched) -> None:
    fold(store, did("Product Viewed"), did("Product Viewed", 1, "bob"))
    placed = {put.ref.name: put.cohort for put in store.puts if put.ref.kind is Kind.FOLLOWER}
    assert placed["ada"] == InCohort(part_of("product_id=mug", "ada"), f"{to_ms(NOON):013}#ada")
    assert placed["bob"] is not None
    assert placed["ada"].rank < placed["bob"].rank


def test_a_follower_is_kept_for_thirty_days_and_a_wish_for_ninety(store: Watched) -> None:
    fold(store, did("Product Viewed"), did("Product Added to Wishlist", 1, product_id="vase"))
    kept = {put.ref.owner: put.expires_at for put in store.puts if put.ref.kind is Kind.FOLLOWER}
    spare = timedelta(days=1)
    assert kept["product_id=mug"] == NOON + KEPT + spare
    assert kept["product_id=vase"] == NOON + timedelta(days=1) + WISHED_KEPT + spare


def test_what_was_followed_too_long_ago_leaves_the_list(store: Watched) -> None:
    fold(store, did("Product Viewed"), now=NOON)
    fold(store, did("Product Viewed", 31, product_id="vase"), now=NOON + timedelta(days=31))
    assert row(store) is None
    assert list(store.get(Ref(Kind.FOLLOWING, "ada")).value.things) == ["product_id=vase"]


def test_the_same_look_again_writes_nothing(store: Watched) -> None:
    look = did("Product Viewed")
    assert fold(store, look) == ["folded"]
    written = [put for put in store.puts if put.ref.kind is not Kind.POPULARITY]
    assert fold(store, look, did("Product Viewed", 0.5)) == ["duplicate"] * 2
    assert [put for put in store.puts if put.ref.kind is not Kind.POPULARITY] == written


@pytest.mark.parametrize("end", ["Product Removed from Wishlist", "Order Completed"])
def test_taken_off_the_list_or_bought_it_is_followed_no_longer(store: Watched, end: str) -> None:
    fold(store, did("Product Added to Wishlist", category="cups"), did(end, 1))
    assert row(store) is None
    assert row(store, "category=cups") is not None
    fold(store, did("Product Viewed", 0.9))
    assert row(store) is None, "an earlier look that comes late brings nothing back"
    fold(store, did("Product Viewed", 2))
    assert row(store) is not None


def test_any_order_gives_the_same_followers() -> None:
    events = [
        did("Product Viewed", 0),
        did("Product Added to Wishlist", 2),
        did("Product Removed from Wishlist", 3),
        did("Product Added", 4),
    ]
    found = set()
    for order in permutations(events):
        store = Watched()
        for event in order:
            fold(store, event)
        assert fold(store, *events) == ["duplicate"] * len(events)
        assert row(store) is not None
        found.add(store.get(Ref(Kind.FOLLOWING, "ada")).value.things["product_id=mug"].at)
    assert found == {to_ms(NOON + timedelta(days=4))}


@pytest.mark.parametrize(("reason", "follows"), [("price", True), ("just looking", False)])
def test_only_who_left_for_the_price_waits_for_another(store: Watched, reason: str, *, follows: bool) -> None:
    fold(store, did("Exit Reason Given", reason=reason))
    assert (row(store) is not None) is follows


def test_nobody_follows_more_than_the_list_bears(store: Watched) -> None:
    looks = [did("Product Viewed", number / 1000, product_id=f"p{number}") for number in range(MAX_FOLLOWED + 10)]
    fold(store, *looks)
    following: Following = store.get(Ref(Kind.FOLLOWING, "ada")).value
    rows = {ref.owner for ref in store.rows if ref.kind is Kind.FOLLOWER}
    assert len(following.things) == MAX_FOLLOWED
    assert rows == set(following.things)
    assert "product_id=p0" not in rows


def test_a_lost_race_is_run_again(store: Watched) -> None:
    store.rivals = 3
    assert fold(store, did("Product Viewed")) == ["folded"]
    assert row(store) is not None


def test_one_who_was_merged_away_follows_as_the_survivor_and_stops_for_both(store: Watched) -> None:
    fold(store, did("Product Viewed", person="guest"))
    merge(Identity("guest", "ada", NOON + timedelta(hours=1), "m1", anonymous=False), store, NOON, KEY)
    fold(store, did("Product Viewed", 2, "guest", product_id="vase"))
    assert row(store, "product_id=vase") is not None
    assert row(store, person="guest") is not None
    fold(store, did("Product Removed from Wishlist", 3))
    assert row(store, person="guest") is None


def test_what_people_look_at_is_popular_in_all_its_places(store: Watched) -> None:
    fold(store, did("Product Viewed", category="cups"), did("Order Completed", person="bob", product_id="vase"))
    parts = store.read(popularity_refs("all")).values()
    assert top([each.value for each in parts], 7, NOON) == (("vase", 5.0), ("mug", 1.0))
    parts = store.read(popularity_refs("category=cups")).values()
    assert top([each.value for each in parts], 7, NOON) == (("mug", 1.0),)


def test_batches_that_meet_on_one_part_go_on_to_the_next(store: Watched) -> None:
    view = did("Product Viewed")
    fold(store, view)
    (first,) = [ref for ref in store.rows if ref.kind is Kind.POPULARITY]

    class Busy(MemoryStore):
        def commit(self, puts: Sequence[Write]) -> None:
            if any(put.ref == first for put in puts):
                raise Conflict("popularity")
            super().commit(puts)

    busy = Busy()
    fold(busy, view)
    assert [ref for ref in busy.rows if ref.kind is Kind.POPULARITY] != [first]


def test_one_products_trouble_is_nobody_elses(store: Watched) -> None:
    events = [
        make_event("Product Updated", NOON, {"product_id": "mug", "stock": 3}),
        make_event("Product Updated", NOON, {"stock": 3}),
        did("Product Viewed"),
        did("Page Viewed"),
    ]
    answers = project_catalogue(events, store, NOON, KEY)
    assert isinstance(answers[1], Exception)
    outcomes = [each.report.outcome for each in (answers[0], answers[2], answers[3]) if isinstance(each, Projected)]
    assert outcomes == ["folded", "folded", "ignored"]


def test_a_fall_of_the_price_is_told_again_until_the_bus_has_taken_it(store: Watched) -> None:
    """The function may die between the write and the bus: its cause comes again and finds itself known."""
    bus = MemoryBus()
    cause = make_event("Product Updated", NOON + timedelta(days=1), {"product_id": "mug", "price": "8"})
    fold(store, make_event("Product Updated", NOON, {"product_id": "mug", "price": "10"}))
    for _ in range(2):
        (answer,) = project_catalogue([cause], store, NOON + timedelta(days=2), KEY).values()
        assert isinstance(answer, Projected)
        bus.publish(answer.events)
    first, again = bus.events
    assert first == again
    assert first["detail-type"] == "Price Dropped"
    assert first["source"] == "nudgekit"

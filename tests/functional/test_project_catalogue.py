"""functions/project_catalogue on moto: what it writes and tells, and what becomes of it when something fails."""

import json
from datetime import timedelta
from unittest.mock import Mock

import pytest

from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.memory import MemoryBus
from nudgekit.errors import Throttled
from nudgekit.lambdas import wiring
from nudgekit.model.follower import Follower
from nudgekit.model.popularity import top
from nudgekit.runs.documents import Kind, Ref, popularity_refs
from tests.functional.conftest import FIXTURES_START, Invoke, Turnable
from tests.functional.deployment import batch, fixture

CLEAN: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
LAMP = Ref(Kind.PRODUCT, "lamp")
FOLLOWS = Ref(Kind.FOLLOWING, "ada")


def follower(followed: str) -> Ref:
    return Ref(Kind.FOLLOWER, followed, "ada")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> MemoryBus:
    heard = MemoryBus()
    monkeypatch.setattr(wiring, "bus", lambda: heard)
    return heard


def told(bus: MemoryBus) -> list[str]:
    return [each["detail-type"] for each in bus.take()]


def test_a_batch_becomes_products_followers_counts_and_news(invoke: Invoke, store: DynamoStore, bus: MemoryBus) -> None:
    assert invoke("project_catalogue", fixture("project_catalogue/batch")) == CLEAN
    found = store.read([LAMP, Ref(Kind.PRODUCT, "l-77"), FOLLOWS, *map(follower, ("product_id=lamp", "brand=Lumen"))])
    assert str(found[LAMP].value.price) == "39.00"
    assert found[LAMP].value.stock == 5
    assert found[Ref(Kind.PRODUCT, "l-77")].value.seller_id == "sue"
    assert set(found[FOLLOWS].value.things) == {"category=lighting", "brand=Lumen"}
    assert follower("product_id=lamp") not in found, "it was taken off the wish list"
    assert isinstance(found[follower("brand=Lumen")].value, Follower)
    assert sorted(told(bus)) == ["Back In Stock", "Price Dropped"]
    parts = [each.value for each in store.read(popularity_refs("category=lighting")).values()]
    assert top(parts, 7, FIXTURES_START) == (("lamp", 3.0),)


def test_the_same_batch_again_changes_nothing_and_tells_the_same(
    invoke: Invoke, store: DynamoStore, bus: MemoryBus
) -> None:
    for _ in range(2):
        invoke("project_catalogue", fixture("project_catalogue/batch"))
    (first, second), (third, fourth) = bus.events[:2], bus.events[2:]
    assert [first, second] == [third, fourth]
    assert store.read([LAMP])[LAMP].version == 1
    assert store.read([FOLLOWS])[FOLLOWS].version == 1


def test_what_the_bus_does_not_take_comes_again_with_its_cause_alone(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, bus: MemoryBus
) -> None:
    invoke("project_catalogue", fixture("project_catalogue/product_updated"))
    drop, view = fixture("project_catalogue/price_dropped"), fixture("project_catalogue/product_viewed")
    monkeypatch.setattr(wiring, "bus", lambda: Mock(publish=Mock(side_effect=Throttled("EventBridge"))))
    assert invoke("project_catalogue", batch(view, drop)) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    monkeypatch.setattr(wiring, "bus", lambda: bus)
    assert invoke("project_catalogue", batch(drop)) == CLEAN
    assert told(bus) == ["Price Dropped"]


def test_an_erased_person_follows_nothing_by_what_was_done_before(
    invoke: Invoke, store: DynamoStore, wall: Turnable, bus: MemoryBus
) -> None:
    view = fixture("project_catalogue/product_viewed")
    invoke("project_catalogue", view)
    wall.turn(minutes=1)
    invoke("person", {"erase": "ada"})
    assert store.read([FOLLOWS, *map(follower, ("product_id=lamp", "category=lighting", "brand=Lumen"))]) == {}
    assert invoke("person", {"verify": "ada"})["left"] == []
    invoke("project_catalogue", view)
    assert store.read([FOLLOWS, follower("product_id=lamp")]) == {}
    later = json.loads(json.dumps(view))
    wall.turn(minutes=5)
    later["detail"] |= {"timestamp": (wall.now - timedelta(seconds=1)).isoformat(), "message_id": "ev-view-2"}
    invoke("project_catalogue", later)
    assert follower("product_id=lamp") in store.read([follower("product_id=lamp")])

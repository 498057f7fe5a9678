"""Which stores keep their word when threads write at once: the ground that the race suite stands on."""

import threading

import pytest

from nudgekit.adapters.memory import MemoryStore
from nudgekit.errors import Conflict
from nudgekit.model.catalogue import Product
from nudgekit.runs.documents import Kind, Put, Ref
from tests.race.backends import CarelessStore, LockedStore, MakeStore, memory, moto

ONE, OTHER = Ref(Kind.PRODUCT, "one"), Ref(Kind.PRODUCT, "other")
WORKERS, ROUNDS = 8, 25


def lost_updates(make: MakeStore) -> int:
    """How many of the updates that counted as written are missing: each adds one to both of two products."""
    make().commit([Put(ref, Product(product_id=ref.owner, stock=0), 0) for ref in (ONE, OTHER)])
    written, barrier, lock = [0], threading.Barrier(WORKERS), threading.Lock()

    def add() -> None:
        store = make()
        for _ in range(ROUNDS):
            barrier.wait()
            found = store.read([ONE, OTHER])
            barrier.wait()
            puts = [Put(ref, more(each.value), each.version) for ref, each in found.items()]
            try:
                store.commit(puts)
            except Conflict:
                continue
            with lock:
                written[0] += 1

    workers = [threading.Thread(target=add) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    found = make().read([ONE, OTHER])
    return max(int(written[0] - found[ref].value.stock) for ref in (ONE, OTHER))


def more(product: Product) -> Product:
    return product.model_copy(update={"stock": (product.stock or 0) + 1})


def test_locked_memory_loses_nothing() -> None:
    with memory() as make:
        assert lost_updates(make) == 0


def test_moto_behind_a_lock_loses_nothing() -> None:
    with moto() as make:
        assert lost_updates(make) == 0


def test_a_store_that_ignores_versions_loses_updates() -> None:
    with memory(CarelessStore) as make:
        assert lost_updates(make) > 0


def test_plain_memory_and_locked_memory_differ_only_in_their_lock() -> None:
    with pytest.raises(Conflict):
        MemoryStore().commit([Put(ONE, Product(product_id="one"), 1)])
    with pytest.raises(Conflict):
        LockedStore().commit([Put(ONE, Product(product_id="one"), 1)])

"""A trigger that would reach too many people stands still until somebody has looked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from nudgekit import SafetyLimit, minutes
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.operation import SAFETY
from nudgekit.model.reasons import Reason
from nudgekit.model.tally import Tally, slice_at
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import OPERATION, Count, Kind, Ref, Write
from nudgekit.runs.operation import read_operation, resume
from nudgekit.runs.ports import Ports, WakeUp
from nudgekit.runs.reports import Report
from tests.builders import NOON
from tests.shop import Shop

PER = minutes(10)
DUE = NOON + minutes(30)


def crowd(people: int, limit: int) -> Shop:
    """So many people who each leave a cart at noon; due and not yet decided."""
    shop = Shop(NOON, caps=(), safety=(SafetyLimit(limit, PER),))
    for number in range(people):
        shop.know(f"p{number}", channels=("push",))
    for number in range(people):
        shop.fill(NOON, "c1", f"p{number}")
    shop.now = DUE
    return shop


def claimed(shop: Shop) -> int:
    return sum(1 for each in shop.messages() if each.status is MessageStatus.CLAIMED)


def work(shop: Shop, batches: list[list[WakeUp]]) -> list[Report]:
    """Batches at work at the same moment, each by a process of its own: all read before any of them counts."""
    ports = Ports(shop.store, shop.timer, shop.outbox)
    workers = [Conductor(shop.books["cart"], ports) for _ in batches]
    snapshots = [worker.read(batch) for worker, batch in zip(workers, batches, strict=True)]
    told = []
    for worker, snapshot, batch in zip(workers, snapshots, batches, strict=True):
        told += [worker.conduct(wake_up, snapshot, shop.now) for wake_up in batch]
    for worker, snapshot in zip(workers, snapshots, strict=True):
        told += worker.finish(snapshot, shop.now)
    return told


def test_one_worker_reaches_exactly_the_limit_and_stops_the_trigger() -> None:
    shop = crowd(12, limit=5)
    told = work(shop, [shop.timer.due(DUE)])
    assert claimed(shop) == 5
    assert [each.reason for each in told if each.outcome == "waited"] == 7 * [Reason.SAFETY_LIMIT]
    assert [each for each in told if each.outcome == "tripped"] == [
        Report("tripped", "cart", reason=Reason.SAFETY_LIMIT)
    ]
    stop = read_operation(shop.store).stops["trigger:cart"]
    assert (stop.by, stop.at) == (SAFETY, DUE)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_at_once_pass_the_limit_by_no_more_than_their_batches(workers: int) -> None:
    size, limit = 4, 4
    shop = crowd(workers * size + 6, limit)
    due = shop.timer.due(DUE)
    work(shop, [due[number * size : (number + 1) * size] for number in range(workers)])
    assert claimed(shop) == limit + (workers - 1) * size  # the worst there can be, and it comes about
    work(shop, [due[workers * size :]])
    assert claimed(shop) == limit + (workers - 1) * size


def test_a_count_is_kept_longer_than_the_time_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, written = crowd(1, limit=5), list[Write]()
    commit = shop.store.commit

    def noting(writes: Sequence[Write]) -> None:
        written.extend(writes)
        commit(writes)

    monkeypatch.setattr(shop.store, "commit", noting)
    work(shop, [shop.timer.due(DUE)])
    (tally,) = [each for each in written if isinstance(each, Count)]
    assert tally.expires_at >= DUE + PER


def test_batches_one_after_the_other_count_in_one_write_each() -> None:
    shop = crowd(9, limit=10)
    due = shop.timer.due(DUE)
    for number in range(3):
        before = sum(version for ref, (_, version) in shop.store.rows.items() if ref.kind is Kind.TALLY)
        work(shop, [due[3 * number : 3 * number + 3]])
        after = sum(version for ref, (_, version) in shop.store.rows.items() if ref.kind is Kind.TALLY)
        assert after == before + 1
    assert claimed(shop) == 9


def test_after_an_operator_resumes_the_count_begins_anew_and_nobody_is_lost() -> None:
    shop = crowd(12, limit=5)
    work(shop, [shop.timer.due(DUE)])
    shop.settle()
    shop.turn_to(DUE + minutes(5))
    assert shop.sends() == []  # what was claimed is held back as well: somebody must look first
    resumed = 0
    while read_operation(shop.store).stops:
        resume(shop.store, "trigger:cart")
        resumed += 1
        before = len(shop.sends())
        shop.turn_to(shop.now + minutes(9))
        assert len(shop.sends()) - before <= 5
    assert resumed == 3
    assert len({message.person for message, _ in shop.providers[Channel.PUSH].sent}) == 12
    shop.turn(days=4)
    assert all(run.outcome is not None for run in shop.runs().values())


def test_whom_the_stop_outlasts_ends_with_its_reason() -> None:
    shop = crowd(3, limit=1)
    work(shop, [shop.timer.due(DUE)])
    shop.settle()
    shop.turn(days=4)
    assert {run.reason for run in shop.runs().values()} == {Reason.SAFETY_LIMIT}


def test_a_triggers_own_limit_goes_before_the_general_one() -> None:
    shop = Shop(NOON, safety=(SafetyLimit(5, PER), SafetyLimit(2, PER, trigger="cart")))
    policy = shop.books["cart"].policy
    assert policy.safety_limit("cart") == SafetyLimit(2, PER, trigger="cart")
    assert policy.safety_limit("browse") == SafetyLimit(5, PER)


def test_without_a_limit_nothing_is_counted() -> None:
    shop = Shop(NOON)
    shop.know(channels=("push",))
    shop.fill(NOON)
    shop.turn(hours=1)
    assert len(shop.sends()) == 1
    assert not [ref for ref in shop.store.rows if ref.kind is Kind.TALLY]


def test_a_tally_counts_at_least_its_stretch_and_at_most_a_slice_more() -> None:
    tally = reached(Tally(), 3, NOON)
    assert tally.within(NOON + PER - timedelta(milliseconds=1), PER, None) == 3
    assert tally.within(NOON + PER + minutes(1), PER, None) == 0
    assert len(reached(tally, 1, NOON + timedelta(days=1)).people) == 1


def test_counting_from_a_moment_on_forgets_what_was_before() -> None:
    anew = NOON + timedelta(seconds=30)
    tally = reached(reached(Tally(), 3, NOON), 2, anew, since=anew)
    assert tally.within(anew, PER, anew) == 2


def reached(tally: Tally, people: int, now: datetime, since: datetime | None = None) -> Tally:
    """The tally with so many more, as a batch writes it."""
    return tally.counted({slice_at(now, PER, since): people}, tally.over(now, PER))


def test_batches_that_read_the_same_all_count_in_one_write_each_and_nobody_is_lost() -> None:
    shop = crowd(40, limit=10_000)
    due = shop.timer.due(DUE)
    tries: list[Count] = []
    commit = shop.store.commit

    def watched(puts: Sequence[Write]) -> None:
        tries.extend(each for each in puts if isinstance(each, Count))
        commit(puts)

    shop.store.commit = watched  # type: ignore[method-assign]
    told = work(shop, [due[4 * number : 4 * number + 4] for number in range(10)])
    assert "uncounted" not in {each.outcome for each in told}
    assert len(tries) == 10
    tally: Tally = shop.store.get(Ref(Kind.TALLY, "cart")).value
    assert tally.within(DUE, PER, None) == claimed(shop) == 40


def test_a_count_that_cannot_be_written_is_told_and_nothing_comes_again() -> None:
    shop = crowd(3, limit=10)
    commit = shop.store.commit

    def broken(puts: Sequence[Write]) -> None:
        if any(isinstance(each, Count) for each in puts):
            raise RuntimeError("the table is out of reach")
        commit(puts)

    shop.store.commit = broken  # type: ignore[method-assign]
    told = work(shop, [shop.timer.due(DUE)])
    assert [each.outcome for each in told] == ["claimed", "claimed", "claimed", "uncounted"]


def test_of_all_who_go_over_the_limit_at_once_one_writes_that_it_stops() -> None:
    shop = crowd(12, limit=1)
    due = shop.timer.due(DUE)
    work(shop, [due[3 * number : 3 * number + 3] for number in range(4)])
    assert shop.store.get(OPERATION).version == 1

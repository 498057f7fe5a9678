"""Many workers, few codes: none is given to two people, none is lost, no budget is passed; on memory and on moto."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from nudgekit import load_book
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import MessageStatus
from nudgekit.model.offer import DRAWERS
from nudgekit.runs.documents import Kind
from nudgekit.runs.pool import fill
from tests.race.backends import CarelessStore, MakeStore, memory, moto
from tests.race.crowd import Crowd, event, introduced
from tests.race.scenarios import NOON
from tests.yard import Yard

RULES = Path("tests/offer_rules")
PEOPLE = [f"p{number}" for number in range(12)]
FEW = 5


def rush(crowd: Crowd, start: str) -> None:
    """Everybody comes due at one moment, and each is woken twice."""
    for number, person in enumerate(PEOPLE):
        crowd.publish(*introduced(person, NOON))
        crowd.publish(event(number, start, NOON, person, product_id="mug"))
    crowd.live(NOON + timedelta(hours=1), copies=2)


def check(crowd: Crowd) -> None:
    ledgers: list[Ledger] = list(crowd.documents(Kind.LEDGER))
    codes = [lease.promise.code for ledger in ledgers for lease in ledger.leases.values()]
    given = sum(each.given for each in crowd.documents(Kind.DRAWER))
    assert len(set(codes)) == len(codes) == given == FEW, f"{len(codes)} leases, {given} given, of {FEW} codes"
    sent = [each for each in crowd.messages if each.status is MessageStatus.HANDED_OFF]
    assert {each.person for each in sent} == set(PEOPLE), "somebody heard nothing"
    shown = Counter(code for each in sent for code in codes if each.content.body.endswith(f" {code}"))
    assert shown == Counter(codes), "a code is shown to two people, or to none"


def play(trigger: str, make: MakeStore, size: int) -> Crowd:
    book = load_book(RULES)
    if trigger == "visit":
        welcome = book.offers["welcome"]
        book.__dict__["offers"] = {"welcome": type(welcome)(**{**vars(welcome), "budget": FEW})}
    with pytest.MonkeyPatch.context() as patch:
        crowd = Crowd(Yard(book, (trigger,), NOON), make, size, patch)
        if trigger == "stack":
            fill(crowd.plain, "printed", [f"CODE{number}" for number in range(FEW)])
        rush(crowd, "Product Viewed" if trigger == "visit" else "Product Added")
        check(crowd)
    return crowd


@pytest.mark.parametrize("trigger", ["visit", "stack"])
@pytest.mark.parametrize(("backend", "size"), [(memory, 4), (memory, 16), (moto, 4)])
def test_a_rush_for_few_codes(
    backend: Callable[[], AbstractContextManager[MakeStore]], size: int, trigger: str
) -> None:
    assert FEW < DRAWERS
    with backend() as make:
        assert play(trigger, make, size).tally.conflicts > 0, "nobody met anybody: this proves nothing"


@pytest.mark.parametrize("trigger", ["visit", "stack"])
def test_a_store_that_ignores_versions_is_found_out(trigger: str) -> None:
    for _ in range(10):
        with memory(CarelessStore) as make:
            try:
                play(trigger, make, 8)
            except AssertionError:
                return
    pytest.fail("a store that ignores versions passes")

"""Two tabs of one visitor claim at the same moment: what is shown counts once, and a cap of the page holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import Cap, days, event, load_book
from nudgekit.adapters.memory import MemoryStore
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind, Put, Ref, Stored, Write
from nudgekit.runs.onsite import Claim, Page, waiting
from nudgekit.runs.ports import MessageRef, Ports
from nudgekit.runs.rulebook import Rulebook
from tests.builders import NOON, make_event
from tests.world import World

BOOK = load_book(Path("rules"))
ONE_A_DAY = replace(BOOK.policy, caps=(Cap("promotional", limit=1, per=days(1), channels=("onsite",)),))


class Asking(Rulebook):
    """The rule of exit_intent under another name, with one message a day on the page."""

    def __init__(self, name: str, start: str) -> None:
        super().__init__(BOOK, "exit_intent")
        self.name, self.start = name, start
        self.__dict__["policy"] = ONE_A_DAY

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, id=self.name, when=event(self.start), again_after=None, holdout=0)

    def version(self, number: int) -> Trigger:
        return self.trigger


RULES = {name: Asking(name, start) for name, start in (("asks", "Cart Viewed"), ("offers", "Product Viewed"))}


class Interrupted:
    """A store that lets somebody else be faster, once, just before the first commit."""

    def __init__(self, store: MemoryStore, faster: Callable[[], Any], *, careless: bool = False) -> None:
        self.store, self.faster, self.careless = store, faster, careless

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        return self.store.read(refs)

    def commit(self, puts: Sequence[Write]) -> None:
        faster, self.faster = self.faster, lambda: None
        faster()
        if self.careless:
            puts = [put._replace(expect=self.store.get(put.ref).version) for put in puts if isinstance(put, Put)]
        self.store.commit(puts)


@pytest.fixture
def shop() -> World:
    """A shop where two messages wait for one visitor."""
    world = World(RULES["asks"], NOON)
    for number, (name, rules) in enumerate(RULES.items()):
        start = make_event(rules.start, NOON, {"product_id": "mug"}, event_id=f"start-{number}")
        world.fold(start)
        conductor = Conductor(rules, Ports(world.store, world.timer, world.outbox))
        assert conductor.conduct(start, conductor.read([start]), NOON).outcome == "claimed", name
    assert len(waiting("u1", world.store, NOON)) == 2
    return world


def refs(shop: World) -> list[MessageRef]:
    found = waiting("u1", shop.store, NOON)
    return [MessageRef(each.message, "u1", each.trigger, each.key, Channel.ONSITE, each.items) for each in found]


def claim(store: Any, ref: MessageRef) -> Claim:
    return Page(RULES.__getitem__, store).claim(ref, NOON + timedelta(minutes=1))


def seen(shop: World) -> int:
    ledger = shop.store.get(Ref(Kind.LEDGER, "u1")).value
    return sum(not entry.unseen for entry in ledger.entries)


def test_two_tabs_that_claim_one_message_show_the_same_and_count_once(shop: World) -> None:
    ref, found = refs(shop)[0], list[Claim]()
    store = Interrupted(shop.store, lambda: found.append(claim(shop.store, ref)))
    slower = claim(store, ref)
    (faster,) = found
    assert slower.content == faster.content is not None
    assert (faster.report.outcome, slower.report.outcome) == ("handed_off", "ignored")
    assert [each["detail"]["message_id"] for each in slower.events] == [
        each["detail"]["message_id"] for each in faster.events
    ]
    assert seen(shop) == 1


def test_two_tabs_that_claim_two_messages_do_not_go_over_the_cap(shop: World) -> None:
    one, other = refs(shop)
    store = Interrupted(shop.store, lambda: claim(shop.store, other))
    slower = claim(store, one)
    assert (slower.content, slower.reason) == (None, "capped")
    assert seen(shop) == 1


def test_what_waits_takes_no_place_under_the_cap_from_what_is_fetched_first(shop: World) -> None:
    one, other = refs(shop)
    assert claim(shop.store, other).reason is None
    assert claim(shop.store, one).reason == "capped"


def test_a_store_that_ignores_versions_is_found_out(shop: World) -> None:
    """The suite can fail."""
    one, other = refs(shop)
    careless = Interrupted(shop.store, lambda: claim(shop.store, other), careless=True)
    assert claim(careless, one).reason is None, "over the cap, as planted"

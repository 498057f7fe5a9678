"""Nothing that is out of stock is ever recommended, however stock changes between the decision and the provider."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from nudgekit import bestsellers, days, rung, similar
from nudgekit.decide.gates import ASKED
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.ports import Accepted, MessageRef, Refused
from tests.builders import NOON
from tests.picking import Picking, adds, goes_with, sells, stock, stocked
from tests.world import World

PRODUCTS = ("bowl", "jug", "lamp", "plate", "vase")
Stocks = Mapping[str, int]
stocks = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(0, 1), max_size=len(PRODUCTS))


class Story(NamedTuple):
    """What is in stock at first, and what changes each time just before a message is handed over."""

    first: Stocks
    changes: tuple[Stocks, ...]


STORIES = st.builds(Story, stocks, st.lists(stocks, max_size=6).map(tuple))


class Fickle(World):
    """A world in which stock changes while messages lie on their queue, and which looks after what its providers take.

    Attributes:
        changes: what changes before each hand-off.
        handed: how many messages providers took.
        gone: how many products of those were out of stock that very moment.
    """

    def __init__(self, story: Story) -> None:
        ladder = (rung("email", wait=days(1)), rung("push"))
        picks = similar(at_least=2, at_most=3) | bestsellers(of="all")
        super().__init__(Picking(picks, ladder=ladder, expires_after=days(2)), NOON)
        self.changes, self.handed, self.gone = iter(story.changes), 0, 0

    def deliver(self, ref: MessageRef) -> None:
        for product, left in next(self.changes, {}).items():
            stock(self, product, left)
        super().deliver(ref)

    def look_after(self, channel: Channel) -> None:
        """Count what the channel's provider is given."""
        provider = self.providers[channel]
        send = provider.send

        def sent(message: Message, address: str, receipt: str) -> Accepted | Refused:
            assert message.content.shown, "a message that recommends shows something"
            rows = (self.store.get(Ref(Kind.PRODUCT, each.product)).value for each in message.content.shown)
            self.handed += 1
            self.gone += sum(not row.available for row in rows)
            return send(message, address, receipt)

        provider.send = sent  # type: ignore[method-assign]


def play(story: Story) -> Fickle:
    """The story in a shop that asks by mail, and after a day by push."""
    world = stocked(Fickle(story))
    world.look_after(Channel.EMAIL)
    world.look_after(Channel.PUSH)
    goes_with(world, "mug", "bowl", "jug", "lamp", "plate")
    sells(world, "sold:all", *PRODUCTS)
    for product, left in story.first.items():
        stock(world, product, left)
    adds(world, "mug")
    world.turn(hours=50)
    return world


@given(STORIES)
def test_nothing_out_of_stock_is_sent_and_every_run_ends_with_a_reason(story: Story) -> None:
    world = play(story)
    assert world.gone == 0
    run = world.run("mug")
    assert run.outcome is not None
    assert run.reason is not None
    if run.outcome == "skipped":
        assert run.reason == "nothing_to_recommend"


ALL_GONE = dict.fromkeys(PRODUCTS, 0)


def test_what_sells_out_is_replaced_and_when_nothing_is_left_the_run_ends_in_silence() -> None:
    """The property is about something: each of these comes about."""
    replaced = play(Story({}, ({"bowl": 0},)))
    assert [str(message.status) for message in replaced.messages()].count("withheld") == 1
    assert replaced.handed == 2
    silent = play(Story({}, (ALL_GONE,)))
    assert (silent.handed, silent.run("mug").reason) == (0, "nothing_to_recommend")
    half = play(Story({}, ({}, ALL_GONE)))
    assert (half.handed, half.run("mug").reason, half.run("mug").outcome) == (1, "nothing_to_recommend", "sent")


def test_a_planted_defect_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks again at hand-off."""
    blind = {channel: tuple(row for row in rows if row.gate != "as_shown") for channel, rows in ASKED.hand_off.items()}
    with monkeypatch.context() as patch:
        patch.setattr("nudgekit.decide.decide.ASKED", ASKED._replace(hand_off=blind))
        story = find(STORIES, lambda story: play(story).gone > 0)
    assert play(story).gone == 0

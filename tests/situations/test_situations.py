"""Every trigger does in every situation what its situations.yaml says, and nothing else."""

from pathlib import Path

import pytest

from nudgekit import Trigger, at_once, load_book
from nudgekit.model.base import OUTGOING
from nudgekit.model.reasons import Reason
from tests.situations.reading import Situation, read_situations
from tests.situations.stage import Stage

RULES = Path(__file__).parents[2] / "rules"
BOOK = load_book(RULES)
SITUATIONS = [each for trigger in BOOK.ids for each in read_situations(RULES / trigger)]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: f"{each.trigger}: {each.name}")
def test_the_trigger_does_what_its_situation_says(situation: Situation) -> None:
    told = Stage(BOOK, situation).play()
    assert told == [{key: str(value) for key, value in each.items()} for each in situation.then]


@pytest.mark.parametrize("trigger_id", BOOK.ids)
def test_the_situations_show_every_channel_and_every_way_to_be_silent(trigger_id: str) -> None:
    trigger = BOOK.trigger(trigger_id)
    lines = [line for each in SITUATIONS if each.trigger == trigger_id for line in each.then]
    sent = {line["sends"] for line in lines if "sends" in line}
    reasons = {line.get("because", line.get("waits")) for line in lines}
    assert {str(rung.channel) for rung in trigger.ladder} <= sent
    assert suppressions(trigger) <= reasons


def suppressions(trigger: Trigger) -> set[str]:
    """The reasons for silence that the rule and the policy make possible."""
    policy, channels = BOOK.policy, [rung.channel for rung in trigger.ladder]
    possible = {
        Reason.UNLESS_MET: bool(trigger.stop_events),
        Reason.STILL_ACTIVE: trigger.within > at_once and not _starts_in_bulk(trigger),
        Reason.NOT_IN_AUDIENCE: trigger.audience is not None or policy.left_out(trigger.purpose) is not None,
        Reason.NOTHING_TO_RECOMMEND: trigger.picks is not None,
        Reason.NO_LONGER_TRUE: trigger.only_while is not None,
        Reason.HELD_OUT: trigger.holdout > 0,
        Reason.ASKED_RECENTLY: trigger.again_after is not None,
        Reason.NO_CONSENT: trigger.purpose == "promotional",
        Reason.UNREACHABLE: any(channel in OUTGOING for channel in channels),
        Reason.QUIET_HOURS: trigger.purpose == "promotional" and any(map(policy.quiet_window, channels)),
        Reason.CAPPED: any(policy.caps_on(trigger.purpose, channel, trigger.id) for channel in channels),
        Reason.EXPIRED: True,
        Reason.CART_EMPTY: trigger.per == "cart_id",
        Reason.OUT_OF_STOCK: trigger.per in {"cart_id", "product_id"},
        Reason.ENGAGED: _can_be_engaged(trigger),
    }
    return {str(reason) for reason, is_possible in possible.items() if is_possible}


def _starts_in_bulk(trigger: Trigger) -> bool:
    """Whether nothing that the person goes on doing is a start event of the trigger."""
    return trigger.among is not None


def _can_be_engaged(trigger: Trigger) -> bool:
    """Whether a rung before the last ends the ladder by what became of its message: the last one's ends the run."""
    return any(rung.until != "never" for rung in trigger.ladder[:-1])

"""A fault at every port call of every function, then redelivery.

Whatever call fails, on whichever side of its work, and whether the process survives it: no run is lost, every run ends
in a stated outcome, no promotional message reaches a provider twice, and nothing is left in a dead-letter queue.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nudgekit.book import load_book
from nudgekit.errors import Throttled
from nudgekit.model.base import Channel
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.documents import Kind
from nudgekit.runs.ports import Refused
from nudgekit.runs.receipts import Receipt, write_receipt
from nudgekit.runs.rulebook import Rulebook
from tests.crash.faults import Broke, Died, Fault, Gremlin
from tests.crash.town import Town
from tests.functional.deployment import ROOT, fixture

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=2)
ENDPOINT = fixture("project_profile/profile_updated")["detail"]["properties"]["push"][0]["endpoint"]

FINAL = {
    MessageStatus.HANDED_OFF,
    MessageStatus.DELIVERED,
    MessageStatus.OPENED,
    MessageStatus.CLICKED,
    MessageStatus.FAILED,
    MessageStatus.WITHHELD,
    MessageStatus.IN_DOUBT,
}


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook(load_book(ROOT / "rules"), "cart_abandonment")


def nobody_reacts(rules: Rulebook, gremlin: Gremlin) -> Town:
    """Every channel has its turn."""
    return populated(Town(rules, BEFORE, gremlin))


def mail_is_opened(rules: Rulebook, gremlin: Gremlin) -> Town:
    """The second rung arrives and is read."""

    def react(message: Message) -> list[dict[str, Any]]:
        return (
            [] if message.channel is not Channel.EMAIL else [about(message, "ses_delivery"), about(message, "ses_open")]
        )

    return populated(Town(rules, BEFORE, gremlin, react))


def about(message: Message, name: str) -> dict[str, Any]:
    """A receipt fixture that names `message`."""
    receipt = fixture(f"delivery_feedback/{name}")
    receipt["detail"]["mail"]["tags"]["receipt"] = [write_receipt(Receipt(message.person, message.id))]
    return receipt


def device_is_gone(rules: Rulebook, gremlin: Gremlin) -> Town:
    """The first rung is refused for good."""
    town = populated(Town(rules, BEFORE, gremlin))
    town.providers[Channel.PUSH].answers[ENDPOINT] = Refused(Reason.ADDRESS_DISABLED, address_dead=True)
    return town


def cart_is_bought(rules: Rulebook, gremlin: Gremlin) -> Town:
    """The order comes before the wake-up."""
    town = populated(Town(rules, BEFORE, gremlin))
    order = fixture("project_profile/order_completed")
    order["detail"]["properties"]["cart_id"] = "cart-1"
    town.at(NOON + timedelta(minutes=10), order)
    return town


def populated(town: Town) -> Town:
    """Ada is known and allows everything; she leaves a cart, and the event comes twice."""
    for name in ("profile_updated", "product_updated", *(f"consent_granted_{channel}" for channel in Channel)):
        event = fixture(f"project_profile/{name}")
        town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)
    for _ in range(2):
        town.at(NOON, fixture("cart_abandonment/start"))
    return town


Story = Callable[[Rulebook, Gremlin], Town]
STORIES: Mapping[Story, tuple[Outcome, Reason, int]] = {
    nobody_reacts: (Outcome.SENT, Reason.LADDER_FINISHED, 4),
    mail_is_opened: (Outcome.SENT, Reason.ENGAGED, 2),
    device_is_gone: (Outcome.SENT, Reason.LADDER_FINISHED, 3),
    cart_is_bought: (Outcome.SKIPPED, Reason.UNLESS_MET, 0),
}


def lived(story: Story, rules: Rulebook, *faults: Fault) -> Town:
    """The story from its beginning to its end, with `faults` in it."""
    town = story(rules, Gremlin(*faults))
    with pytest.MonkeyPatch.context() as patch:
        town.wire(patch)
        town.live()
    return town


@cache
def quietly(story: Story, rules: Rulebook) -> Town:
    """The story without a fault."""
    return lived(story, rules)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_without_a_fault_the_story_ends_as_it_should(story: Story, rules: Rulebook) -> None:
    town = lived(story, rules)
    outcome, reason, messages = STORIES[story]
    (run,) = town.runs()
    assert (run.outcome, run.reason) == (outcome, reason)
    assert len(town.taken()) == messages


@pytest.mark.parametrize(
    ("kind", "side"),
    [(Died, "before"), (Died, "after"), (Broke, "before"), (Broke, "after"), (Throttled, "before")],
)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_with_any_one_fault_nothing_is_lost_and_nothing_sent_twice(
    story: Story, kind: type[BaseException], side: Any, rules: Rulebook
) -> None:
    quiet = quietly(story, rules)
    for at in range(1, quiet.gremlin.calls + 1):
        town = lived(story, rules, Fault(at, side, kind))
        check(town, quiet, f"{side} call {at}, {town.gremlin.names[at - 1]}")


FAULTS = st.lists(
    st.builds(
        Fault, at=st.integers(1, 80), side=st.sampled_from(["before", "after"]), kind=st.sampled_from([Died, Broke])
    ),
    min_size=2,
    max_size=3,
    unique_by=lambda fault: fault.at,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=FAULTS)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_with_several_faults_it_is_the_same(story: Story, rules: Rulebook, faults: list[Fault]) -> None:
    check(lived(story, rules, *faults), quietly(story, rules), str(faults))


def check(town: Town, quiet: Town, where: str) -> None:
    assert len(town.runs()) == 1, f"a run was lost: {where}"
    (run,) = town.runs()
    assert run.outcome is not None, f"a run has no end: {where}"
    assert run.reason is not None, f"an end has no reason: {where}"
    assert len(set(town.taken())) == len(town.taken()), f"a message was sent twice: {where}"
    channels = [message.channel for provider in town.providers.values() for message, _ in provider.sent]
    assert len(set(channels)) == len(channels), f"a channel was used twice: {where}"
    assert {message.status for message in town.rows(Kind.MESSAGE)} <= FINAL, f"a message has no end: {where}"
    assert town.dead.letters == [], f"something was given up: {where}"
    assert town.taken() == [] or quiet.taken(), f"something was sent that should not be: {where}"

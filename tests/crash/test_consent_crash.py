"""A fault at every port call of functions/consent, then redelivery: no word is lost, nobody is answered twice."""

import importlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.memory import MemoryBus, MemoryProvider, MemoryStore
from nudgekit.content.links import Link, write_token
from nudgekit.errors import Throttled
from nudgekit.lambdas import wiring
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent, Status
from nudgekit.model.event import Event
from nudgekit.model.profile import address_mark
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.project import project
from tests.builders import NOON, make_event, make_policy
from tests.crash.faults import Broke, Died, Fault, Gremlin, Watched
from tests.crash.town import REDELIVERY, KeptLetters
from tests.functional.deployment import batch
from tests.functional.test_consent import link

KEY = b"a-key"
NUMBER, MAIL = "+447700900123", "ada@example.com"
MOST_TRIES = 6


class Office:
    """functions/consent in memory, its queue and its callers, who try again when they are not answered."""

    def __init__(self, *faults: Fault) -> None:
        self.now, self.gremlin = NOON, Gremlin(*faults)
        self.store, self.bus, self.dead = MemoryStore(), MemoryBus(), KeptLetters()
        self.provider = MemoryProvider(Channel.SMS)
        for person in ("ada", "ben"):
            self.fold(make_event("Profile Updated", NOON, {"phone": NUMBER, "email": MAIL}, person=person))
            for channel in ("sms", "email"):
                granted = {"channel": channel, "status": "granted"}
                self.fold(make_event("Consent Updated", NOON - timedelta(days=1), granted, person=person))

    def fold(self, event: Event) -> None:
        project([event], self.store, NOON)

    def wire(self, patch: pytest.MonkeyPatch) -> None:
        clock = Clock(wall=lambda: self.now)
        ports = {"store": self.store, "bus": self.bus, "dead_letters": self.dead}
        for name, port in ports.items():
            watched = Watched(port, self.gremlin)
            patch.setattr(wiring, name, lambda watched=watched: watched)
        patch.setattr(wiring, "clock", lambda: clock)
        patch.setattr(wiring, "provider", lambda channel: Watched(self.provider, self.gremlin))
        patch.setattr(wiring, "policy", lambda: make_policy(double_opt_in=("email",)))
        patch.setattr(wiring, "secret", lambda name: KEY)

    def deliver(self, body: dict[str, Any]) -> None:
        """The queue delivers until the function says it is done, and once more."""
        extra = 1
        for _ in range(MOST_TRIES):
            done = self._try(batch(body))
            if done is not None and done["batchItemFailures"] == []:
                if not extra:
                    return
                extra -= 1
            else:
                self.now += REDELIVERY
        raise AssertionError("the queue gave up")

    def request(self, invocation: dict[str, Any]) -> None:
        """The caller tries until it is answered with success."""
        for _ in range(MOST_TRIES):
            answer = self._try(invocation)
            self.now += timedelta(seconds=30)
            if answer is not None and answer["statusCode"] == 200:
                return
        raise AssertionError("the caller gave up")

    def _try(self, invocation: dict[str, Any]) -> Any:
        try:
            return importlib.import_module("functions.consent.app").handler(invocation, None)
        except Died:
            return None

    def consent(self, person: str) -> Consent:
        found = self.store.get(Ref(Kind.CONSENT, person)).value
        assert isinstance(found, Consent)
        return found

    def evidence(self) -> int:
        return sum(ref.kind is Kind.EVIDENCE for ref in self.store.rows)

    def told(self) -> set[tuple[str, str]]:
        return {(each["detail"]["user_id"], each["detail"]["message_id"]) for each in self.bus.events}


def somebody_writes_stop(office: Office) -> None:
    inner = {"originationNumber": NUMBER, "messageBody": "stop it", "inboundMessageId": "in-1"}
    told = {"Type": "Notification", "TopicArn": "t", "Message": json.dumps(inner), "Timestamp": office.now.isoformat()}
    office.deliver(told)


def somebody_clicks(office: Office) -> None:
    token = write_token(Link("message", "ada", Channel.EMAIL, "m-1", address_mark(MAIL)), KEY)
    office.request(link("unsubscribe", token, "POST", "List-Unsubscribe=One-Click"))


def somebody_asks(office: Office) -> None:
    asked = {"channel": "email", "status": "granted", "topic": "news"}
    event = make_event("Consent Updated", office.now, asked, person="new", event_id="asked")
    office.deliver(event.model_dump(mode="json", by_alias=True))


def a_provider_tells(office: Office) -> None:
    said = {"channel": "email", "status": "denied", "source": "provider:complained", "address": address_mark(MAIL)}
    event = make_event("Consent Updated", office.now, said, person="ada", event_id="complaint")
    office.deliver(event.model_dump(mode="json", by_alias=True))


Story = Callable[[Office], None]
STORIES: tuple[Story, ...] = (somebody_writes_stop, somebody_clicks, somebody_asks, a_provider_tells)


def lived(story: Story, *faults: Fault) -> Office:
    office = Office(*faults)
    with pytest.MonkeyPatch.context() as patch:
        office.wire(patch)
        story(office)
    return office


@cache
def quietly(story: Story) -> Office:
    return lived(story)


def check(office: Office, story: Story, where: str) -> None:
    quiet = quietly(story)
    for person in ("ada", "ben"):
        for channel in ("sms", "email"):
            wanted = quiet.consent(person).status(Channel(channel), "promotional", NOON + timedelta(days=1))
            found = office.consent(person).status(Channel(channel), "promotional", NOON + timedelta(days=1))
            assert found is wanted, f"{person}'s word was lost: {where}"
    assert len(office.provider.sent) <= 1, f"answered twice: {where}"
    assert office.evidence() == quiet.evidence(), f"evidence was lost or doubled: {where}"
    assert len(office.told()) == len(quiet.told()), f"the bus did not hear of it: {where}"
    assert office.dead.letters == [], f"something was given up: {where}"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_without_a_fault_everybody_is_heard(story: Story) -> None:
    office = quietly(story)
    check(office, story, "nowhere")
    assert len(office.gremlin.calls) > 5
    statuses: dict[Story, tuple[Channel, Status, int]] = {
        somebody_writes_stop: (Channel.SMS, Status.DENIED, 1),
        somebody_clicks: (Channel.EMAIL, Status.DENIED, 0),
        somebody_asks: (Channel.EMAIL, Status.GRANTED, 0),
        a_provider_tells: (Channel.EMAIL, Status.DENIED, 0),
    }
    channel, status, answers = statuses[story]
    assert office.consent("ben").status(channel, "promotional", NOON) is status
    assert len(office.provider.sent) == answers


@pytest.mark.parametrize(
    ("kind", "side"),
    [(Died, "before"), (Died, "after"), (Broke, "before"), (Broke, "after"), (Throttled, "before")],
)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_with_any_one_fault_no_word_is_lost_and_nobody_is_answered_twice(story: Story, kind: Any, side: Any) -> None:
    for at in range(1, len(quietly(story).gremlin.calls) + 1):
        office = lived(story, Fault(at, side, kind))
        check(office, story, f"{side} call {at}, {office.gremlin.calls[at - 1]}")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_with_any_two_faults_it_is_the_same(story: Story) -> None:
    calls = len(quietly(story).gremlin.calls)
    for first in range(1, calls + 1, 2):
        for second in range(first + 1, calls + 1, 3):
            faults = (Fault(first, "after", Died), Fault(second, "before", Broke))
            check(lived(story, *faults), story, str(faults))

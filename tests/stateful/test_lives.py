"""Random lives of people on the real handlers, judged by a naive model of what may be sent; and planted defects, found.

NUDGEKIT_STEPS says how many steps are played (make prove: 100,000).
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from nudgekit.decide import case as cases
from nudgekit.decide import decide as deciding
from nudgekit.decide.gates import MESSAGE_GATES, PERSON_GATES, RUNG_GATES
from nudgekit.decide.gates.asking import lay_out
from nudgekit.errors import Throttled
from nudgekit.law.schedule import Schedule
from nudgekit.law.zones import zones_of
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent, Status
from nudgekit.model.decision import Verdict
from nudgekit.model.facts import Fold
from nudgekit.model.ledger import Ledger
from nudgekit.model.profile import Profile
from nudgekit.runs import arm, climb, conduct, hand_off
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.snapshot import Snapshot
from tests.stateful.life import Step, played, script, shrunk

STEPS = int(os.environ.get("NUDGEKIT_STEPS", "10000"))
FIRST = int(os.environ.get("NUDGEKIT_SEED", "0"))
LENGTH = 60
MOST_LIVES = 400
"""Lives in which a planted defect must show."""


Tell = Callable[[str, object], None]


def test_no_random_life_breaks_a_promise(record_property: Tell) -> None:
    steps, messages, seed = 0, 0, FIRST
    while steps < STEPS:
        life = script(seed, LENGTH)
        wrong, driver = played(life)
        assert wrong is None, f"seed {seed}: {wrong}\n{_told(life)}"
        steps, messages, seed = steps + len(life), messages + len(driver.shop.taken), seed + 1
    record_property("told", f"{seed - FIRST} random lives, {steps} steps, {messages} messages: no violation")
    assert messages > steps / 100, "lives without messages prove nothing"


def _told(life: list[Step]) -> str:
    return "\n".join(f"  {step.kind} {step.given}" for step in shrunk(life))


Plant = Callable[[pytest.MonkeyPatch], None]


def without(name: str) -> Plant:
    """The engine without a gate."""
    return with_gate(name, check=lambda *_: Verdict())


def with_gate(name: str, **changes: Any) -> Plant:
    """The engine with a gate changed."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        kinds = (PERSON_GATES, RUNG_GATES, MESSAGE_GATES)
        assert name in {gate.name for gates in kinds for gate in gates}
        changed = (tuple(g._replace(**changes) if g.name == name else g for g in gates) for gates in kinds)
        patch.setattr(deciding, "ASKED", lay_out(*changed))

    return plant


def asked_once(patch: pytest.MonkeyPatch) -> None:
    """Nothing is asked again at hand-off."""
    patch.setattr(hand_off, "may_hand_off", lambda case, rung: (Verdict(), ()))


def a_cap_counts_one_less(patch: pytest.MonkeyPatch) -> None:
    """The window of a cap is off by one."""
    times = Ledger.times
    patch.setattr(Ledger, "times", lambda *given: times(*given)[1:])


def a_window_is_an_hour_short(patch: pytest.MonkeyPatch) -> None:
    """The window of a cap begins an hour late."""
    times = Ledger.times
    late = timedelta(hours=1)
    patch.setattr(
        Ledger,
        "times",
        lambda self, purpose, channels, since, *rest: times(self, purpose, channels, since + late, *rest),
    )


def night_ends_a_minute_early(patch: pytest.MonkeyPatch) -> None:
    """Off by one at the end of the night."""
    is_open, next_open, minute = Schedule.is_open, Schedule.next_open, timedelta(minutes=1)

    def early(self: Schedule, now: Any, zone: Any) -> Any:
        found = next_open(self, now, zone)
        return found if found is None or found - minute <= now else found - minute

    patch.setattr(Schedule, "is_open", lambda self, local: is_open(self, local) or is_open(self, local + minute))
    patch.setattr(Schedule, "next_open", early)


def orders_out_of_order_get_lost(patch: pytest.MonkeyPatch) -> None:
    """The fold forgets an order that comes late (D1)."""
    add = Fold.add

    def forgetful(self: Fold, event: Any) -> Fold:
        late = (
            self.last and max(at for each in self.last.values() for at in each.values()) > event.at.timestamp() * 1000
        )
        return self if late and event.name == "Order Completed" else add(self, event)

    patch.setattr(Fold, "add", forgetful)


def an_open_line_is_tried_again(patch: pytest.MonkeyPatch) -> None:
    """A call whose end is unknown is repeated (D9)."""
    call = hand_off.HandOff._call

    def again(self: Any, *given: Any) -> Any:
        send = self.provider.send

        class Hasty:
            channel = self.provider.channel

            @staticmethod
            def send(*given: Any) -> Any:
                try:
                    return send(*given)
                except RuntimeError:
                    raise Throttled("so be it") from None

        patient, self.provider = self.provider, Hasty()
        try:
            return call(self, *given)
        finally:
            self.provider = patient

    patch.setattr(hand_off.HandOff, "_call", again)


def stale_wake_ups_count(patch: pytest.MonkeyPatch) -> None:
    """A repeated wake-up makes the run climb."""
    patch.setattr(conduct, "is_current", lambda wake_up, run: run is not None and run.outcome is None)


def readers_are_written_to_again(patch: pytest.MonkeyPatch) -> None:
    """That somebody read the message does not end the ladder."""
    patch.setattr(climb, "_ending", lambda news, trigger: None)


def a_late_repeat_begins_anew(patch: pytest.MonkeyPatch) -> None:
    """A start event that is older than the message about it brings another."""
    patch.setattr(arm, "_is_covered", lambda event, over: event.at <= over.active_at)


def only_the_first_product_counts(patch: pytest.MonkeyPatch) -> None:
    """Stock is looked up for the products of the start event alone (D12)."""
    products = conduct._products

    def first(items: Any, snapshot: Any) -> Any:
        return products(tuple(items)[:1], snapshot)

    patch.setattr(conduct, "_products", first)


def a_lost_message_keeps_its_place(patch: pytest.MonkeyPatch) -> None:
    """What never arrived counts under the caps."""
    patch.setattr(Ledger, "returned", lambda self, message: self)


def late_hand_offs_count_from_their_decision(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hand_off, "moved_by_delay", lambda *given: ())


def everybody_lives_where_the_shop_is(patch: pytest.MonkeyPatch) -> None:
    """The person's own zone is not looked at (D17)."""
    patch.setattr(cases, "zones_of", lambda profile, device, default: zones_of(Profile(), None, default))


def topics_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    status = Consent.status
    patch.setattr(Consent, "status", lambda self, channel, purpose, now, topic="": status(self, channel, purpose, now))


def consent_never_lapses(patch: pytest.MonkeyPatch) -> None:
    def status(self: Consent, channel: Channel, purpose: Any, now: Any, topic: str = "") -> Status:
        word = self.last_word(channel, purpose, topic)
        return Status.UNKNOWN if word is None else word.status

    patch.setattr(Consent, "status", status)


def dead_addresses_are_used(patch: pytest.MonkeyPatch) -> None:
    address = Profile.address

    def any_address(self: Profile, channel: Channel) -> str | None:
        push = {name: each._replace(dead=0) for name, each in self.push.items()}
        return address(self.model_copy(update={"dead": {}, "push": push}), channel)

    patch.setattr(Profile, "address", any_address)


def a_wake_up_gets_lost(patch: pytest.MonkeyPatch) -> None:
    """A run that waits is never woken."""
    from nudgekit.adapters.memory import MemoryTimer  # noqa: PLC0415

    wake = MemoryTimer.wake
    patch.setattr(MemoryTimer, "wake", lambda self, each, at: None if each.step == 3 else wake(self, each, at))


def orders_are_read_late(patch: pytest.MonkeyPatch) -> None:
    """What the run read when it was armed is what it decides by: later facts are not looked at."""
    get = Snapshot.get
    first: dict[Ref, Any] = {}

    def remembered(self: Any, ref: Ref) -> Any:
        found = get(self, ref)
        return first.setdefault(ref, found) if ref.kind is Kind.CONSENT and found.value is not None else found

    patch.setattr(Snapshot, "get", remembered)


PLANTS: dict[str, Plant] = {
    **{f"without_{name}": without(name) for name in (
        "consent", "reachable", "quiet_hours", "caps", "still_true", "expiry", "audience", "again_after", "up_to_date",
    )},
    **{each.__name__: each for each in (
        asked_once, a_cap_counts_one_less, a_window_is_an_hour_short, night_ends_a_minute_early,
        orders_out_of_order_get_lost, an_open_line_is_tried_again, stale_wake_ups_count, readers_are_written_to_again,
        a_late_repeat_begins_anew, only_the_first_product_counts, a_lost_message_keeps_its_place,
        late_hand_offs_count_from_their_decision, everybody_lives_where_the_shop_is, topics_do_not_matter,
        consent_never_lapses, dead_addresses_are_used, a_wake_up_gets_lost, orders_are_read_late,
    )},
}  # fmt: skip


@pytest.fixture
def planted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    PLANTS[request.param](monkeypatch)
    yield request.param
    monkeypatch.undo()


@pytest.mark.parametrize("planted", PLANTS, indirect=True)
def test_a_planted_defect_is_found(planted: str, record_property: Tell) -> None:
    for seed in range(MOST_LIVES):
        wrong, _ = played(script(seed, LENGTH))
        if wrong is not None:
            record_property("told", f"planted {planted}: found in life {seed + 1}")
            return
    pytest.fail(f"{planted} was not found in {MOST_LIVES} lives")

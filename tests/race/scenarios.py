"""What many workers at once must not break. Each takes a crowd, plays, and asserts."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

from nudgekit.model.base import Channel
from nudgekit.model.facts import Facts
from nudgekit.model.message import LOST, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind
from nudgekit.runs.receipts import Receipt, write_receipt
from tests.functional.deployment import fixture
from tests.race.crowd import Crowd, event, introduced

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
D, H, M = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CAPS: tuple[tuple[int, timedelta, frozenset[str]], ...] = (
    (2, D, frozenset(Channel)),
    (5, 7 * D, frozenset(Channel)),
    (1, 2 * D, frozenset({"sms", "whatsapp"})),
)
"""Those of tests/shop_rules, as plain numbers."""

Scenario = Callable[[Crowd], None]


def wake_ups_of_one_moment(crowd: Crowd) -> None:
    """Many runs of one person come due at once, and each is woken twice: the caps hold, and every run ends."""
    crowd.publish(*introduced("ann", NOON))
    starts = [
        event(number, "Checkout Started", NOON, "ann", checkout_id=f"k{number}") for number in range(2 * crowd.size)
    ]
    starts += [event(900, "Product Added", NOON, "ann", cart_id="c", product_id="mug", price="25.00", currency="EUR")]
    starts += [event(901, "Product Viewed", NOON, "ann", product_id="pot")]
    crowd.publish(*starts)
    crowd.live(NOON + 5 * D, copies=2)
    _all_in_order(crowd, runs=2 * crowd.size + 2)


def start_events_of_one_cart(crowd: Crowd) -> None:
    """One cart is filled by many events, each delivered twice: one run, one message a rung."""
    crowd.publish(*introduced("ann", NOON))
    lines = [
        event(
            number, "Product Added", NOON + number * M / 10, "ann", cart_id="c", product_id=f"p{number}", price="9.00"
        )
        for number in range(2 * crowd.size)
    ]
    crowd.yard.now = NOON + 10 * M
    crowd.publish(*lines, copies=2)
    facts: Facts = crowd.document(Kind.FACTS, "ann")
    assert facts.count("Product Added", NOON - D) == 2 * crowd.size, "an update was lost"
    assert facts.cart("c").size == min(2 * crowd.size, 40), "a line was lost"
    crowd.live(NOON + 5 * D, copies=2)
    _all_in_order(crowd, runs=1)


def one_message_handed_over_by_everybody(crowd: Crowd) -> None:
    """The same message is on the queue many times: its provider is called once."""
    crowd.publish(*introduced("ann", NOON))
    crowd.publish(event(1, "Checkout Started", NOON, "ann", checkout_id="k"))
    crowd.yard.now = NOON + 45 * M
    crowd.work(crowd.arrived())
    crowd.work(crowd.arrived(), copies=2 * crowd.size)
    assert len(crowd.yard.calls) == 1, f"{len(crowd.yard.calls)} calls for one message"
    crowd.live(NOON + 5 * D)
    _all_in_order(crowd, runs=1)


def receipts_in_any_order(crowd: Crowd) -> None:
    """Everything that providers say about one message comes at once: the furthest word stays."""
    crowd.publish(*introduced("ann", NOON))
    crowd.publish(event(1, "Product Viewed", NOON, "ann", product_id="mug"))
    crowd.live(NOON + H)
    assert len(crowd.messages) == 1, "no message, or too many"
    (message,) = crowd.messages
    tasks = []
    for word in ("ses_delivery", "ses_open", "ses_click", "ses_delivery") * crowd.size:
        receipt = fixture(f"delivery_feedback/{word}")
        receipt["detail"]["mail"]["tags"]["receipt"] = [write_receipt(Receipt("ann", message.id))]
        for part in ("delivery", "open", "click"):
            receipt["detail"].get(part, {})["timestamp"] = crowd.yard.now.isoformat()
        tasks.append(("delivery_feedback", json.dumps(receipt)))
    crowd.work(tasks)
    (message,) = crowd.messages
    assert message.status is MessageStatus.CLICKED, f"the last word is lost: {message.status}"
    crowd.live(NOON + 5 * D)
    _all_in_order(crowd, runs=1)


def everything_folded_once(crowd: Crowd) -> None:
    """Many things about one person at once, and much of it twice: nothing is lost, nothing counts twice."""
    size = min(6 * crowd.size, 80)  # counts are exact up to 256 events of one person in three days
    told = [event(number, "Product Viewed", NOON, "ann", product_id=f"p{number}") for number in range(size)]
    told += [
        event(1000 + n, "Profile Updated", NOON + n * M / 100, "ann", **{f"trait{n % 20}": n}) for n in range(size)
    ]
    told += [
        event(
            2000 + n,
            "Consent Updated",
            NOON + n * M / 100,
            "ann",
            channel="email",
            status="denied" if n % 2 else "granted",
        )
        for n in range(size)
    ]
    crowd.yard.now = NOON + 10 * M
    functions = {function for each in told for function in crowd.yard.listeners(each)} - {"ideas"}
    tasks = [(name, json.dumps(each)) for each in told for name in crowd.yard.listeners(each) if name in functions]
    crowd.work(tasks, copies=2)
    facts: Facts = crowd.document(Kind.FACTS, "ann")
    assert facts.count("Product Viewed", NOON - D) == size, "an update was lost"
    profile = crowd.document(Kind.PROFILE, "ann")
    wanted = {f"trait{n % 20}": n for n in range(size)}
    assert profile.traits == wanted, "a trait was lost"
    assert len(crowd.documents(Kind.EVIDENCE)) == size, "evidence was lost"
    consent = crowd.document(Kind.CONSENT, "ann")
    assert consent.last_word(Channel.EMAIL, "promotional").event_id == f"e{2000 + size - 1}"


def opt_outs_against_claims(crowd: Crowd) -> None:
    """Whoever's refusal was written down before a hand-off began to read gets nothing (D11)."""
    people = [f"p{number}" for number in range(max(2, crowd.size // 2))]
    refused: dict[str, int] = {}
    late: list[str] = []
    ask = crowd.yard.ask

    def watch(message: Any, address: str) -> Any:
        if message.channel is Channel.WHATSAPP and refused.get(message.person, 1 << 60) < crowd.own.began:
            late.append(message.person)
        return ask(message, address)

    crowd.yard.ask = watch
    for number, person in enumerate(people):
        crowd.publish(*introduced(person, NOON))
        crowd.publish(event(number, "Checkout Started", NOON, person, checkout_id="k"))
    crowd.yard.now = NOON + 45 * M
    crowd.work(crowd.arrived())
    handing = crowd.arrived()
    refusals = [
        (name, json.dumps(said))
        for number, person in enumerate(people)
        for said in [
            event(5000 + number, "Consent Updated", crowd.yard.now, person, channel="whatsapp", status="denied")
        ]
        for name in crowd.yard.listeners(said)
    ]
    invoke = crowd.yard.invoke

    def noting(function: str, *bodies: Any) -> Any:
        failed = invoke(function, *bodies)
        body = json.loads(bodies[0])
        if not failed and body.get("detail-type") == "Consent Updated" and "consent" in _writers(crowd, body):
            refused[body["detail"]["user_id"]] = next(crowd.sequence)
        return failed

    crowd.yard.invoke = noting  # type: ignore[method-assign]
    mixed = [task for pair in zip(handing, refusals, strict=False) for task in pair]
    crowd.work([*mixed, *handing, *handing])
    assert not late, f"{len(late)} messages after a refusal"
    crowd.live(NOON + 5 * D)
    _all_in_order(crowd, runs=len(people))


def _writers(crowd: Crowd, body: Any) -> set[str]:
    """The word `consent` once the refusal can be read."""
    found = crowd.plain.read([_consent_of(body["detail"]["user_id"])])
    said = [stored.value.status(Channel.WHATSAPP, "promotional", crowd.yard.now) for stored in found.values()]
    return {"consent"} if "denied" in said else set()


def _consent_of(person: str) -> Any:
    from nudgekit.runs.documents import Ref  # noqa: PLC0415

    return Ref(Kind.CONSENT, person)


def two_ids_become_one(crowd: Crowd) -> None:
    """Guests log in as their carts come due, or as their messages go out: nothing is lost, and no rung used twice."""
    people = [f"p{number}" for number in range(max(2, crowd.size // 2))]
    links: list[list[tuple[str, str]]] = [[], []]
    for number, person in enumerate(people):
        guest, base = f"{person}-guest", 100 * number
        cart = {"product_id": "mug", "price": "30.00", "currency": "EUR"}
        crowd.publish(*introduced(guest, NOON), *introduced(person, NOON))
        crowd.publish(
            event(base, "Product Added", NOON, guest, cart_id="c", **cart),
            event(base + 1, "Checkout Started", NOON - 15 * M, person, checkout_id="k"),
        )
        said = event(base + 2, "Identity Linked", NOON + 29 * M, person, previous_id=guest)
        links[number % 2] += [(name, json.dumps(said)) for name in crowd.yard.listeners(said)]
    crowd.yard.now = NOON + 30 * M
    for linked in links:
        pairs = zip_longest(crowd.arrived(), linked)
        crowd.work([task for pair in pairs for task in pair if task is not None], copies=2)
    crowd.live(NOON + 9 * D, copies=2)
    calls = crowd.yard.calls
    for person in people:
        ids = {person, f"{person}-guest"}
        mine = [call.message for call in calls if call.message.person in ids]
        rungs = Counter((each.trigger, each.rung) for each in mine)
        assert max(rungs.values(), default=0) == 1, "a rung was used twice, or nothing was sent"
        ledger = crowd.document(Kind.LEDGER, person)
        assert {each.id for each in mine} == {each.message for each in ledger.entries}, "a message is in no ledger"
        _within_caps([call for call in calls if call.message.person in ids])
        ends = {run.person: run.reason for run in crowd.runs if run.trigger == "basket" and run.person in ids}
        assert ends[f"{person}-guest"] is Reason.MERGED, "the run goes on under both ids"
    _all_in_order(crowd, runs=3 * len(people))


def a_town_full_of_people(crowd: Crowd) -> None:
    """Many people, all triggers, orders in between, everything twice: caps, duplicates, ends."""
    people = [f"p{number}" for number in range(4)]
    told = []
    for number, person in enumerate(people):
        told += introduced(person, NOON)
        for cart in range(3):
            at, base = NOON + cart * M, 100 * number + 10 * cart
            told += [
                event(
                    base,
                    "Product Added",
                    at,
                    person,
                    cart_id=f"c{cart}",
                    product_id="mug",
                    price="30.00",
                    currency="EUR",
                ),
                event(base + 1, "Checkout Started", at, person, checkout_id=f"k{cart}"),
                event(base + 2, "Product Viewed", at, person, product_id=f"v{cart}"),
            ]
        told += [event(100 * number + 90, "Order Completed", NOON + 2 * M, person, order_id="o", cart_id="c0")]
    crowd.yard.now = NOON + 3 * M
    crowd.publish(*told, copies=2)
    crowd.live(NOON + 9 * D, copies=2)
    _all_in_order(crowd, runs=len(people) * 10)
    bought = [call for call in crowd.yard.calls if call.message.trigger == "basket" and call.message.run == "c0"]
    assert not bought, "somebody who has bought was asked about it"


def _all_in_order(crowd: Crowd, runs: int) -> None:
    """No cap exceeded in any window, no message and no rung handed over twice, no run without an end."""
    calls = crowd.yard.calls
    assert max(Counter(call.message.id for call in calls).values(), default=0) <= 1, "a message was handed over twice"
    sent = [call.message for call in calls]
    rungs = Counter((each.person, each.trigger, each.run, each.occurrence, each.rung) for each in sent)
    assert max(rungs.values(), default=0) <= 1, "a rung was used twice"
    for person in {call.message.person for call in calls}:
        _within_caps([c for c in calls if c.message.person == person and c.message.purpose == "promotional"])
    assert len(crowd.runs) == runs, f"{len(crowd.runs)} runs instead of {runs}"
    open_runs = [run for run in crowd.runs if run.outcome is None or run.reason is None]
    assert not open_runs, f"{len(open_runs)} runs have no end, as {open_runs[:1]}"
    unsettled = [each for each in crowd.messages if each.status in {MessageStatus.CLAIMED, MessageStatus.HANDING_OFF}]
    assert not unsettled, f"{len(unsettled)} messages have no end"
    taken = {call.message.id for call in calls}
    lost = [each.id for each in crowd.messages if each.id not in taken and each.status not in LOST]
    assert not lost, f"{len(lost)} messages count as sent and were not"
    assert not crowd.yard.letters.kept, "something was given up"


def _within_caps(calls: Any) -> None:
    for limit, per, channels in CAPS:
        times = sorted(call.at for call in calls if call.message.channel in channels)
        for start in times:
            held = [at for at in times if start <= at < start + per]
            assert len(held) <= limit, f"{len(held)} messages within {per}, of {limit}"


SCENARIOS: tuple[Scenario, ...] = (
    wake_ups_of_one_moment,
    start_events_of_one_cart,
    one_message_handed_over_by_everybody,
    receipts_in_any_order,
    everything_folded_once,
    opt_outs_against_claims,
    two_ids_become_one,
    a_town_full_of_people,
)

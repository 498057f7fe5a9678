"""What each step costs in calls: counted on the ports, and again as calls of AWS. Batches share their reads."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from nudgekit.adapters import clients
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.cli.recommend import Written, put_rows
from nudgekit.model.catalogue import Product
from nudgekit.model.message import MessageStatus
from nudgekit.model.recommendation import Complement, Complements
from nudgekit.runs.documents import Kind, Put, Ref
from tests.builders import NOON, make_event
from tests.counting import PERSON, SENT, Desk, life
from tests.functional.conftest import Invoke, Turnable
from tests.functional.deployment import REGION, Deployment, batch, fixture

SHELF = ("throw", "rug", "cushion")
READ, WRITE = {"read": 1}, {"read": 1, "commit": 1}

BY_PORT = {
    "an event is folded": WRITE,
    "the same event is folded again": READ,
    "a start event arms a run": {**WRITE, "wake": 1},
    "the start event comes again": READ,
    "a wake-up waits": {**WRITE, "wake": 1},
    "a wake-up sends": {"read": 1, "commit": 2, "wake": 1, "enqueue": 1},
    "a message is handed off": {"read": 1, "commit": 2, "send": 1, "publish": 1},
    "the message is queued again": {"read": 1, "publish": 1},
    "a receipt is heard": {**WRITE, "publish": 1},
}


def test_every_step_makes_exactly_these_calls() -> None:
    assert {step: dict(calls) for step, calls in life().items()} == BY_PORT


def test_a_batch_of_starts_reads_once_and_writes_each_run_once() -> None:
    desk = Desk()
    starts = [make_event(person=f"p{number}") for number in range(10)]
    with desk.counting() as calls:
        desk.signal([*starts, *starts], NOON)
    assert calls == {"read": 1, "wake": 10, "commit": 10}


def test_a_batch_of_decisions_and_hand_offs_reads_once() -> None:
    desk = Desk()
    people = [f"{PERSON}-{number}" for number in range(80)]
    for person in people:
        desk.introduce(person)
        start = make_event(person=person)
        desk.fold(start)
        desk.signal([start], NOON)
    with desk.counting() as calls:
        desk.signal(desk.wake_ups(), SENT)
    messages = desk.outbox.take()
    held = sum(1 for each in messages if desk.message(each).status is MessageStatus.HELD_OUT)
    assert (len(messages), held > 0) == (len(people), True)  # who is held out is told of like the others
    counted = len(people) + 1  # whom the batch reached is counted in one write
    assert calls == {"read": 1, "commit": counted, "wake": len(messages) - held, "enqueue": len(messages)}
    with desk.counting() as calls:
        desk.hand_off(messages)
    assert (calls["read"], calls["publish"], calls["send"]) == (1, 1, len(messages) - held)


def recommending(people: int) -> tuple[Desk, list[str]]:
    """A desk of a rule that recommends, where so many people ordered a mug, which two other things go with."""
    desk = Desk("complementary_items")
    shelf = {product: Product(product_id=product, category="Textiles", stock=5) for product in ("throw", "rug")}
    found = Complements(categories=(Complement("Textiles", 2.0, tuple(shelf)),))
    desk.memory.commit([
        Put(Ref(Kind.COMPLEMENTS, "Kitchen"), found, 0),
        *(Put(Ref(Kind.PRODUCT, name), product, 0) for name, product in shelf.items()),
    ])  # fmt: skip
    names = [f"{PERSON}-{number}" for number in range(people)]
    for person in names:
        desk.introduce(person)
        lines = [{"product_id": "mug", "category": "Kitchen"}]
        order = make_event("Order Completed", NOON, {"order_id": f"o-{person}", "products": lines}, person=person)
        desk.fold(order)
        desk.signal([order], NOON)
    return desk, names


@pytest.mark.parametrize("people", [1, 30])
def test_a_batch_that_recommends_reads_twice_more_however_many_it_decides(people: int) -> None:
    desk, names = recommending(people)
    with desk.counting() as calls:
        desk.signal(desk.wake_ups(), NOON + timedelta(days=3))
    assert (len(desk.outbox.take()), calls["read"]) == (len(names), 3)


def test_a_batch_in_which_nobody_is_to_be_recommended_anything_reads_once() -> None:
    desk, names = recommending(10)
    for person in names:
        no_mail = {"channel": "email", "status": "denied"}
        staff = {"segments": ["staff"]}
        desk.fold(make_event("Profile Updated", NOON, staff, person=person))
        desk.fold(make_event("Consent Updated", NOON, no_mail, person=person))
    with desk.counting() as calls:
        desk.signal(desk.wake_ups(), NOON + timedelta(days=3))
    assert (desk.outbox.take(), calls["read"]) == ([], 1)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The AWS operations that the functions call; what the tests themselves call is not counted."""
    counted: Counter[str] = Counter()
    build: Callable[..., Any] = clients._client

    def count(model: Any, **_: Any) -> None:
        counted[model.name] += 1

    def client(service: str, config: Any) -> Any:
        made = build(service, config)
        made.meta.events.register("before-call", count)
        return made

    monkeypatch.setattr(clients, "_client", client)
    return counted


def counted(calls: Counter[str], work: Callable[[], Any]) -> dict[str, int]:
    """The calls that `work` makes, but for the secrets that each process reads once."""
    calls.clear()
    assert work() == {"batchItemFailures": []}
    return {name: times for name, times in calls.items() if name != "GetSecretValue"}


def by_mail_only() -> list[dict[str, Any]]:
    """What makes ada known, by mail and no other way."""
    profile = fixture("project_profile/profile_updated")
    profile["detail"]["properties"].pop("push")
    consent = fixture("consent/granted_push")
    consent["detail"]["properties"]["channel"] = "email"
    return [profile, consent]


def test_the_same_life_in_calls_of_aws(
    invoke: Invoke, deployment: Deployment, wall: Turnable, calls: Counter[str]
) -> None:
    deployment.put_rules()
    known = batch(*by_mail_only(), fixture("cart_abandonment/start"))
    start, wake_up = fixture("cart_abandonment/start"), fixture("cart_abandonment/wake_up")
    reading = {"BatchGetItem": 1}

    meeting = {"BatchGetItem": 2}  # of somebody unknown it is looked up whether they were erased
    assert counted(calls, lambda: invoke("project_profile", known)) == {**meeting, "TransactWriteItems": 1}
    assert counted(calls, lambda: invoke("project_profile", known)) == reading
    assert counted(calls, lambda: invoke("cart_abandonment", start)) == {
        **reading,
        "CreateSchedule": 1,
        "TransactWriteItems": 1,  # the run, and that its person was not erased
    }
    assert counted(calls, lambda: invoke("cart_abandonment", start)) == reading
    wall.turn(minutes=30)
    claiming = {"CreateSchedule": 1, "TransactWriteItems": 1, "SendMessage": 1}
    counting = {"UpdateItem": 1}  # whom the batch reached, for the safety limit
    sending = {**reading, **claiming, **counting}
    assert counted(calls, lambda: invoke("cart_abandonment", wake_up)) == sending
    queued = batch(*(each["body"] for each in deployment.take("DeliverEmailQueue")))
    handing = {**reading, "PutItem": 2, "SendEmail": 1, "PutEvents": 1}
    assert counted(calls, lambda: invoke("deliver_email", queued)) == handing
    assert counted(calls, lambda: invoke("deliver_email", queued)) == {**reading, "PutEvents": 1}


def test_a_recommendation_in_calls_of_aws_and_what_sells_out_before_it_is_sent(
    invoke: Invoke, deployment: Deployment, store: DynamoStore, wall: Turnable, calls: Counter[str]
) -> None:
    rows = {Ref(Kind.COMPLEMENTS, "Lighting"): Complements(categories=(Complement("Textiles", 2.0, SHELF),))}
    assert put_rows(store, rows) == Written(1, 0)
    shelf = [Product(product_id=name, name=name.title(), category="Textiles", stock=1) for name in SHELF]
    store.commit([Put(Ref(Kind.PRODUCT, each.product_id), each, 0) for each in shelf])
    start, wake_up = fixture("complementary_items/start"), fixture("complementary_items/wake_up")
    invoke("project_profile", batch(*by_mail_only(), start))
    invoke("complementary_items", start)
    wall.turn(days=3)
    read = {"BatchGetItem": 3}  # one, the rows, the products
    claiming = {"CreateSchedule": 1, "TransactWriteItems": 1, "SendMessage": 1, "UpdateItem": 1}
    assert counted(calls, lambda: invoke("complementary_items", wake_up)) == {**read, **claiming}
    ref = Ref(Kind.PRODUCT, SHELF[0])
    store.commit([Put(ref, shelf[0].model_copy(update={"stock": 0}), 1)])
    queued = batch(*(each["body"] for each in deployment.take("DeliverEmailQueue")))
    handed = counted(calls, lambda: invoke("deliver_email", queued))
    assert handed == {"BatchGetItem": 1, "PutItem": 1, "PutEvents": 1}  # withheld


def test_news_that_changes_nothing_costs_one_read(invoke: Invoke, wall: Turnable, calls: Counter[str]) -> None:
    wall.turn(hours=1)
    opened = fixture("cart_abandonment/message_opened")
    assert counted(calls, lambda: invoke("cart_abandonment", opened)) == {"BatchGetItem": 1}


def test_a_batch_on_aws_reads_once(invoke: Invoke, wall: Turnable, calls: Counter[str]) -> None:
    start = fixture("cart_abandonment/start")
    starts = [{**start, "detail": {**start["detail"], "user_id": f"p{number}"}} for number in range(10)]
    made = counted(calls, lambda: invoke("cart_abandonment", batch(*starts)))
    assert made == {"BatchGetItem": 1, "CreateSchedule": 10, "TransactWriteItems": 10}
    names = boto3.client("scheduler", region_name=REGION).list_schedules(GroupName="ScheduleGroup")["Schedules"]
    assert len(names) == 10


def test_a_batch_of_looks_reads_once_and_writes_each_person_once(invoke: Invoke, calls: Counter[str]) -> None:
    looks = batch(*(_look(number) for number in range(8)))
    counts = {"BatchGetItem": 1, "PutItem": 3}  # what is popular: in the shop, in the category, of the brand
    made = counted(calls, lambda: invoke("project_catalogue", looks))
    assert made == {**counts, "TransactWriteItems": 8}
    assert counted(calls, lambda: invoke("project_catalogue", looks)) == counts


def _look(number: int) -> dict[str, Any]:
    event = fixture("project_catalogue/product_viewed")
    event["detail"] |= {"user_id": f"visitor-{number}", "message_id": f"look-{number}"}
    return event

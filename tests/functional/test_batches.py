"""Batches fail in part: what is malformed is set aside at once, what failed comes again, all else is done."""

import json
from typing import Any
from unittest.mock import Mock

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from nudgekit.adapters import clients
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.errors import Conflict, EventFailed, Throttled
from nudgekit.lambdas import wiring
from nudgekit.runs.documents import Kind, Ref, run_ref
from nudgekit.runs.feedback import Heard
from nudgekit.runs.reports import Report
from tests.functional.conftest import Invoke, Turnable
from tests.functional.deployment import Deployment, batch, fixture

RUN = run_ref("ada", "cart_abandonment", "cart-1")
FUNCTIONS = [
    ("cart_abandonment", "CartAbandonmentDlq"),
    ("project_profile", "ProjectProfileDlq"),
    ("project_catalogue", "ProjectCatalogueDlq"),
    ("deliver_push", "DeliverPushDlq"),
    ("deliver_email", "DeliverEmailDlq"),
    ("deliver_sms", "DeliverSmsDlq"),
    ("deliver_whatsapp", "DeliverWhatsappDlq"),
    ("delivery_feedback", "DeliveryFeedbackDlq"),
]
MALFORMED = ["{not json", "[1, 2]", '"text"', "null", "{}", '{"wake_up": 5}', '{"message": null}', "[" * 5_000]


@pytest.mark.parametrize(("function", "dead_letters"), FUNCTIONS)
def test_what_can_never_work_goes_to_the_dead_letters_at_once(
    invoke: Invoke, deployment: Deployment, function: str, dead_letters: str
) -> None:
    assert invoke(function, batch(*MALFORMED)) == {"batchItemFailures": []}
    letters = deployment.take(dead_letters)
    assert sorted(each["body"] for each in letters) == sorted(MALFORMED)
    assert all(each["reason"] for each in letters)


def test_a_malformed_record_does_not_keep_the_others(
    invoke: Invoke, deployment: Deployment, store: DynamoStore
) -> None:
    assert invoke("cart_abandonment", fixture("cart_abandonment/malformed_not_json_batch")) == {"batchItemFailures": []}
    assert RUN in store.read([RUN])
    (letter,) = deployment.take("CartAbandonmentDlq")
    assert (letter["body"], letter["reason"]) == (
        "{not json",
        "body: not a JSON object (send one JSON object a message)",
    )


@pytest.mark.parametrize("name", ["malformed_missing_person", "malformed_bad_timestamp"])
def test_a_malformed_bare_event_is_set_aside_too(invoke: Invoke, deployment: Deployment, name: str) -> None:
    event = fixture(f"project_profile/{name}")
    assert invoke("project_profile", event) == {"batchItemFailures": []}
    (letter,) = deployment.take("ProjectProfileDlq")
    assert json.loads(letter["body"]) == event


def test_an_oversized_event_is_set_aside(invoke: Invoke, deployment: Deployment) -> None:
    event = fixture("cart_abandonment/start")
    event["detail"]["properties"]["note"] = "x" * 70_000
    assert invoke("cart_abandonment", batch(event)) == {"batchItemFailures": []}
    (letter,) = deployment.take("CartAbandonmentDlq")
    assert "too large" in letter["reason"]


def test_one_failing_record_comes_again_alone(
    invoke: Invoke, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class FirstFails:
        def wake(self, wake_up: Any, at: Any) -> None:
            asked.append(wake_up)
            if len(asked) == 1:
                raise Throttled("EventBridge Scheduler asks to come back later")

    monkeypatch.setattr(wiring, "timer", FirstFails)
    first, second = fixture("cart_abandonment/start"), fixture("cart_abandonment/start_second_cart")
    answer = invoke("cart_abandonment", batch(first, second))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert RUN not in store.read([RUN])
    assert invoke("cart_abandonment", batch(first)) == {"batchItemFailures": []}
    assert RUN in store.read([RUN])


def test_when_the_shared_read_fails_all_records_come_again(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "store", lambda: Mock(read=Mock(side_effect=Throttled("DynamoDB"))))
    for function, name in (
        ("cart_abandonment", "start_batch"),
        ("project_profile", "batch"),
        ("project_catalogue", "batch"),
        ("deliver_push", "batch"),
        ("delivery_feedback", "batch"),
    ):
        event = fixture(f"{function}/{name}")
        answer = invoke(function, event)
        assert len(answer["batchItemFailures"]) == len(event["Records"])


def test_a_bare_event_that_fails_raises_without_telling_anything(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "store", lambda: Mock(read=Mock(side_effect=RuntimeError("about ada@example.com"))))
    with pytest.raises(EventFailed) as caught:
        invoke("cart_abandonment", fixture("cart_abandonment/start"))
    assert "RuntimeError" in str(caught.value)
    assert "ada" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_when_the_dead_letters_are_out_of_reach_the_record_comes_again(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "dead_letters", lambda: Mock(put=Mock(side_effect=Throttled("SQS"))))
    assert invoke("project_profile", batch("{not json")) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_when_the_bus_is_out_of_reach_the_message_is_told_about_again(
    invoke: Invoke, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = fixture("delivery_feedback/push_endpoint_disabled")
    invoke("project_profile", fixture("project_profile/profile_updated"))
    deployment.put_rules()
    with monkeypatch.context() as patch:
        patch.setattr(wiring, "bus", lambda: Mock(publish=Mock(side_effect=Throttled("EventBridge"))))
        assert invoke("delivery_feedback", batch(event)) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert invoke("delivery_feedback", batch(event)) == {"batchItemFailures": []}
    assert len(deployment.take("ProjectProfileQueue")) == 1


def test_two_functions_racing_for_one_person_both_get_their_word_in(
    invoke: Invoke, store: DynamoStore, wall: Turnable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process writes between our read and our write: we read again, and nothing is lost."""
    invoke("project_profile", fixture("project_profile/profile_updated"))
    wall.turn(minutes=10)
    client, raced = clients.dynamodb(), list[bool]()
    write = client.put_item

    def put(**given: Any) -> Any:
        if not raced:
            raced.append(True)
            monkeypatch.setattr(client, "put_item", write)
            invoke("project_profile", fixture("project_profile/order_completed"))
        return write(**given)

    monkeypatch.setattr(client, "put_item", put)
    assert invoke("project_profile", fixture("project_profile/product_added")) == {"batchItemFailures": []}
    facts = store.read([Ref(Kind.FACTS, "ada")])[Ref(Kind.FACTS, "ada")].value
    assert set(facts.last) >= {"Product Added", "Order Completed"}
    assert raced


def test_a_batch_costs_one_read(invoke: Invoke, dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = clients.dynamodb()
    spy = Mock(wraps=client.batch_get_item)
    monkeypatch.setattr(client, "batch_get_item", spy)
    invoke("cart_abandonment", fixture("cart_abandonment/start_batch"))
    assert spy.call_count == 1
    spy.reset_mock()
    wake_ups = fixture("cart_abandonment/wake_up_batch")
    invoke("cart_abandonment", wake_ups)
    assert spy.call_count == 1


def test_a_repeated_start_event_writes_nothing(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    invoke("cart_abandonment", fixture("cart_abandonment/start"))
    client = clients.dynamodb()
    for name in ("put_item", "transact_write_items"):
        monkeypatch.setattr(client, name, Mock(side_effect=AssertionError("written")))
    assert invoke("cart_abandonment", fixture("cart_abandonment/start_repeated")) == {"batchItemFailures": []}


def test_a_writer_that_always_loses_gives_the_record_back(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    invoke("project_profile", fixture("project_profile/profile_updated"))
    store = wiring.store()
    losing = Mock(read=store.read, commit=Mock(side_effect=Conflict("profile")))
    monkeypatch.setattr(wiring, "store", lambda: losing)
    answer = invoke("project_profile", batch(fixture("project_profile/product_added")))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert losing.commit.call_count > 1


@pytest.mark.parametrize("said_at", ["2031-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"])
def test_a_receipt_by_a_clock_that_is_wrong_is_news_all_the_same(
    invoke: Invoke, wall: Turnable, monkeypatch: pytest.MonkeyPatch, said_at: str
) -> None:
    """The bus takes nothing from the future and nothing ancient: what a provider says so was said now."""
    receipt = fixture("delivery_feedback/ses_open")
    receipt["detail"]["open"]["timestamp"] = said_at
    heard: list[Any] = []

    def hear(notice: Any, _snapshot: Any) -> Heard:
        heard.append(notice)
        return Heard(Report("received"))

    monkeypatch.setattr("nudgekit.lambdas.delivery_feedback.receive", hear)
    assert invoke("delivery_feedback", receipt) == {"batchItemFailures": []}
    assert [notice.at for notice in heard] == [wall.now]

"""The fixtures of events/ tell one story; the functions play it from end to end on moto."""

import json
from typing import Any

import boto3
import pytest
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.whatsapp import META_API_VERSION
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome, Run
from nudgekit.runs.documents import Kind, Ref, run_ref
from tests.functional.conftest import Invoke, Turnable, Unknown
from tests.functional.deployment import ACCOUNT, REGION, Deployment, batch, fixture

CLEAN: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
LEDGER = Ref(Kind.LEDGER, "ada")


def run_of(store: DynamoStore, cart: str = "cart-1") -> Run:
    run: Run = store.read([run_ref("ada", "cart_abandonment", cart)])[run_ref("ada", "cart_abandonment", cart)].value
    return run


def message_of(store: DynamoStore, rung: int) -> Any:
    ref = Ref(Kind.MESSAGE, "ada", run_of(store).attempts[rung].message)
    return store.read([ref])[ref].value


@pytest.fixture
def endpoint() -> str:
    """The push endpoint that the profile fixture names."""
    sns = boto3.client("sns", region_name=REGION)
    application = sns.create_platform_application(Name="shop", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    arn = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="device")["EndpointArn"]
    (device,) = fixture("project_profile/profile_updated")["detail"]["properties"]["push"]
    named: str = device["endpoint"]
    endpoints = sns_backends[ACCOUNT][REGION].platform_endpoints
    endpoints[named] = endpoints.pop(arn)
    return named


@pytest.fixture
def armed(invoke: Invoke, endpoint: str) -> None:
    """Ada is known, allows everything, and left a cart."""
    assert invoke("project_profile", fixture("project_profile/batch")) == CLEAN
    assert invoke("cart_abandonment", fixture("cart_abandonment/start")) == CLEAN


def test_a_start_event_arms_one_run_and_one_schedule(invoke: Invoke, store: DynamoStore, armed: None) -> None:
    assert invoke("cart_abandonment", fixture("cart_abandonment/start_repeated")) == CLEAN
    assert invoke("cart_abandonment", fixture("cart_abandonment/start_batch")) == CLEAN
    schedules = boto3.client("scheduler", region_name=REGION).list_schedules(GroupName="ScheduleGroup")["Schedules"]
    assert len(schedules) == 2  # one a cart
    assert run_of(store).outcome is None


@pytest.fixture
def pushed(invoke: Invoke, deployment: Deployment, wall: Turnable, armed: None) -> None:
    """Half an hour later a push went out."""
    wall.turn(minutes=30)
    assert invoke("cart_abandonment", fixture("cart_abandonment/wake_up")) == CLEAN
    (queued,) = deployment.take("DeliverPushQueue")
    assert json.loads(queued["body"]) == fixture("deliver_push/message")
    assert invoke("deliver_push", fixture("deliver_push/batch")) == CLEAN


def test_the_push_reaches_sns_once(invoke: Invoke, store: DynamoStore, endpoint: str, pushed: None) -> None:
    assert invoke("deliver_push", fixture("deliver_push/batch")) == CLEAN
    device = sns_backends[ACCOUNT][REGION].platform_endpoints[endpoint]
    (payload,) = device.messages.values()
    assert "Brass lamp" in json.loads(payload)["default"]
    assert message_of(store, 0).status is MessageStatus.HANDED_OFF


def test_the_ladder_climbs_to_every_channel(
    invoke: Invoke,
    deployment: Deployment,
    wall: Turnable,
    store: DynamoStore,
    unknown: Unknown,
    pushed: None,
) -> None:
    wake_up = fixture("cart_abandonment/wake_up")["wake_up"]
    unknown.sms.add_response("send_text_message", {"MessageId": "sms-1"})
    unknown.whatsapp.add_response("send_whatsapp_message", {"messageId": "wa-1"})
    for step, (hours, channel) in enumerate([(2, "email"), (20, "sms"), (4, "whatsapp")], 2):
        wall.turn(hours=hours)
        assert invoke("cart_abandonment", batch({"wake_up": {**wake_up, "step": step}})) == CLEAN
        (queued,) = deployment.take(f"Deliver{channel.capitalize()}Queue")
        assert json.loads(queued["body"]) == fixture(f"deliver_{channel}/message")
        assert invoke(f"deliver_{channel}", fixture(f"deliver_{channel}/batch")) == CLEAN
        assert message_of(store, step - 1).status is MessageStatus.HANDED_OFF
    (mail,) = ses_backends[ACCOUNT][REGION].sent_messages
    assert mail.destinations["ToAddresses"] == ["ada@example.com"]
    unknown.sms.assert_no_pending_responses()
    unknown.whatsapp.assert_no_pending_responses()
    assert META_API_VERSION.startswith("v")


def test_after_the_order_nothing_is_sent(
    invoke: Invoke, deployment: Deployment, wall: Turnable, store: DynamoStore, armed: None
) -> None:
    invoke("cart_abandonment", fixture("cart_abandonment/start_second_cart"))
    wall.turn(minutes=30)
    invoke("project_profile", fixture("project_profile/order_completed"))
    assert invoke("cart_abandonment", fixture("cart_abandonment/wake_up_after_order")) == CLEAN
    run = run_of(store, "cart-2")
    assert (run.outcome, run.reason) == (Outcome.SKIPPED, Reason.UNLESS_MET)
    assert deployment.take("DeliverPushQueue") == []


def test_an_opened_message_ends_the_run(invoke: Invoke, store: DynamoStore, wall: Turnable, pushed: None) -> None:
    wall.turn(minutes=1)
    assert invoke("cart_abandonment", fixture("cart_abandonment/message_opened")) == CLEAN
    assert (run_of(store).outcome, run_of(store).reason) == (Outcome.SENT, Reason.ENGAGED)


def test_a_failed_message_climbs_at_once(
    invoke: Invoke, deployment: Deployment, store: DynamoStore, wall: Turnable, pushed: None
) -> None:
    wall.turn(minutes=1)
    assert invoke("cart_abandonment", fixture("cart_abandonment/message_failed")) == CLEAN
    assert len(deployment.take("DeliverEmailQueue")) == 1
    assert run_of(store).rung == 1


def test_a_disabled_endpoint_fails_the_message_and_is_told(
    invoke: Invoke, deployment: Deployment, wall: Turnable, store: DynamoStore, endpoint: str, armed: None
) -> None:
    deployment.put_rules()
    sns = boto3.client("sns", region_name=REGION)
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})
    wall.turn(minutes=30)
    invoke("cart_abandonment", fixture("cart_abandonment/wake_up"))

    assert invoke("deliver_push", fixture("deliver_push/batch")) == CLEAN

    assert message_of(store, 0).reason is Reason.ADDRESS_DISABLED
    told = [json.loads(each["body"]) for each in deployment.take("ProjectProfileQueue")]
    assert {each["detail-type"] for each in told} == {"Address Disabled"}
    assert invoke("project_profile", batch(*told)) == CLEAN
    profile = store.read([Ref(Kind.PROFILE, "ada")])[Ref(Kind.PROFILE, "ada")].value
    assert profile.address(message_of(store, 0).channel) is None
    (heard,) = [json.loads(each["body"]) for each in deployment.take("CartAbandonmentQueue")]
    assert heard["detail-type"] == "Message Failed"


def test_a_receipt_moves_the_message_on_and_is_told(
    invoke: Invoke, deployment: Deployment, wall: Turnable, store: DynamoStore, pushed: None
) -> None:
    deployment.put_rules()
    wall.turn(hours=2)
    wake_up = fixture("cart_abandonment/wake_up")["wake_up"]
    invoke("cart_abandonment", {"wake_up": {**wake_up, "step": 2}})
    invoke("deliver_email", fixture("deliver_email/batch"))
    deployment.take("CartAbandonmentQueue")

    assert invoke("delivery_feedback", fixture("delivery_feedback/ses_delivery")) == CLEAN
    assert invoke("delivery_feedback", fixture("delivery_feedback/ses_open")) == CLEAN

    assert message_of(store, 1).status is MessageStatus.OPENED
    told = [json.loads(each["body"])["detail-type"] for each in deployment.take("CartAbandonmentQueue")]
    assert told == ["Message Delivered", "Message Opened"]


def test_a_push_failure_notice_disables_the_endpoint(
    invoke: Invoke, deployment: Deployment, store: DynamoStore, wall: Turnable, pushed: None
) -> None:
    deployment.put_rules()
    assert invoke("delivery_feedback", fixture("delivery_feedback/push_endpoint_disabled_in_envelope")) == CLEAN
    told = [json.loads(each["body"]) for each in deployment.take("ProjectProfileQueue")]
    assert [each["detail-type"] for each in told] == ["Address Disabled"]

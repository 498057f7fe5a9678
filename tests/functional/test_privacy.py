"""Whatever comes in, whatever fails: no log line, metric or exception text names a person, an address or content."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from nudgekit.adapters import clients
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.errors import EventFailed
from nudgekit.lambdas import wiring
from tests.functional.conftest import Invoke, Turnable, Unknown
from tests.functional.deployment import Deployment, batch, fixture

SECRETS = {
    "ada@example.com": "person.secret@example.org",
    "+447700900123": "+447700900777",
    "447700900123": "447700900777",
    "Ada Example": "Zebulon Secretname",
    "Brass lamp": "Embarrassing purchase",
    '"ada"': '"secret-person-id"',
}
GIVEN_AWAY = ["secret", "zebulon", "700900777", "embarrassing", "endpoint/gcm"]


def hostile(path: str) -> Any:
    """A fixture whose every personal value is one that can be searched for."""
    text = json.dumps(fixture(path))
    for plain, secret in SECRETS.items():
        text = text.replace(plain, secret).replace(plain.replace('"', '\\"'), secret.replace('"', '\\"'))
    return json.loads(text)


def spoiled(path: str) -> list[Any]:
    """The bodies of a fixture, each with every field in turn made a personal value of the wrong kind."""
    event = hostile(path)
    found: list[Any] = []
    for keys in list(_places(event)):
        copy = json.loads(json.dumps(event))
        inner = copy
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = {"person.secret@example.org": ["Zebulon Secretname"]}
        found.append(copy)
    return found


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _places(each, (*path, key))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Any:
    """All that was written to the logs so far, every field of every line, in lower case."""

    def read() -> str:
        captured = capsys.readouterr()
        fields = " ".join(str(vars(record)) for record in caplog.records)
        return (captured.out + captured.err + caplog.text + fields).lower()

    return read


def silent(text: str) -> None:
    assert text
    assert [word for word in GIVEN_AWAY if word in text] == []


def test_the_whole_story_names_nobody(
    invoke: Invoke, deployment: Deployment, wall: Turnable, unknown: Unknown, store: DynamoStore, told: Any
) -> None:
    invoke("project_profile", hostile("project_profile/batch"))
    invoke("cart_abandonment", hostile("cart_abandonment/start"))
    wake_up = hostile("cart_abandonment/wake_up")["wake_up"]
    for step, channel in enumerate(("push", "email", "sms", "whatsapp"), 1):
        wall.turn(hours=20 if step > 1 else 0.5)
        invoke("cart_abandonment", batch({"wake_up": {**wake_up, "step": step}}))
        for queued in deployment.take(f"Deliver{channel.capitalize()}Queue"):
            invoke(f"deliver_{channel}", batch(queued["body"]))
    invoke("delivery_feedback", hostile("delivery_feedback/batch"))
    silent(told())


@pytest.mark.parametrize(
    "path",
    [
        "cart_abandonment/start",
        "cart_abandonment/wake_up",
        "cart_abandonment/message_failed",
        "project_profile/profile_updated",
        "consent/denied_sms",
        "deliver_email/message",
        "delivery_feedback/ses_bounce_permanent",
        "delivery_feedback/sms_blocked",
        "delivery_feedback/whatsapp_failed",
        "delivery_feedback/push_endpoint_disabled",
    ],
)
def test_whatever_field_is_wrong_the_rejection_names_nobody(
    invoke: Invoke, deployment: Deployment, told: Any, path: str
) -> None:
    function = path.partition("/")[0]
    for body in spoiled(path):
        invoke(function, batch(body))
    silent(told())
    reasons = " ".join(each["reason"] for name in deployment.queues for each in deployment.take(name)).lower()
    assert [word for word in GIVEN_AWAY if word in reasons] == []


@pytest.mark.parametrize(
    ("client", "operation"),
    [("dynamodb", "put_item"), ("dynamodb", "batch_get_item"), ("scheduler", "create_schedule")],
)
def test_what_a_service_says_in_its_errors_stays_there(invoke: Invoke, told: Any, client: str, operation: str) -> None:
    with Stubber(getattr(clients, client)()) as stub:
        for _ in range(10):
            stub.add_client_error(operation, "ValidationException", service_message="person.secret@example.org")
        with pytest.raises(EventFailed) as caught:
            invoke("project_profile" if client == "dynamodb" else "cart_abandonment", hostile(_event_of(client)))
    silent(told() + str(caught.value).lower())


def _event_of(client: str) -> str:
    return "project_profile/product_added" if client == "dynamodb" else "cart_abandonment/start"


def test_what_a_provider_says_in_its_errors_stays_there(
    invoke: Invoke, deployment: Deployment, wall: Turnable, told: Any
) -> None:
    invoke("project_profile", hostile("project_profile/batch"))
    invoke("cart_abandonment", hostile("cart_abandonment/start"))
    wall.turn(minutes=30)
    invoke("cart_abandonment", hostile("cart_abandonment/wake_up"))
    (queued,) = deployment.take("DeliverPushQueue")
    with Stubber(clients.sns()) as stub:
        stub.add_client_error("publish", "InternalError", service_message="person.secret@example.org")
        invoke("deliver_push", batch(queued["body"]))
    silent(told())


def test_settings_errors_name_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROFILES_TABLE", raising=False)
    wiring.store.cache_clear()
    with pytest.raises(Exception, match="PROFILES_TABLE: is not set"):
        wiring.store()

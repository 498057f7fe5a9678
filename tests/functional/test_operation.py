"""Stopped from the shell, withheld by the deployed function: operators and functions read and write one document."""

from typing import Any

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.cli import operation, reach
from nudgekit.errors import Problem
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind, Ref, run_ref
from tests.functional.conftest import TABLES, Invoke, Turnable
from tests.functional.deployment import REGION, batch, fixture

RUN = run_ref("ada", "cart_abandonment", "cart-1")
OUTPUTS = {
    "ProfilesTableName": TABLES.profiles,
    "EngagementTableName": TABLES.engagement,
    "CatalogueTableName": TABLES.catalogue,
    "CartAbandonmentFunctionName": "f",
}


class Stacks:
    """CloudFormation, which knows one stack."""

    def __init__(self, outputs: dict[str, str]) -> None:
        self.outputs = outputs

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803  # the service's own spelling
        assert StackName == "shop"
        return {
            "Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": name} for key, name in self.outputs.items()]}]
        }


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch, dynamodb: DynamoDBClient) -> dict[str, str]:
    """The outputs of the stack `shop` in the account of any profile."""
    given = dict(OUTPUTS)

    def account_client(service: str, profile: str | None) -> Any:
        assert profile == "work"
        return Stacks(given) if service == "cloudformation" else boto3.client("dynamodb", region_name=REGION)

    monkeypatch.setattr(reach, "account_client", account_client)
    return given


@pytest.mark.usefixtures("outputs")
def test_a_message_on_its_way_is_withheld_by_a_stop_from_the_shell(
    invoke: Invoke, store: DynamoStore, wall: Turnable
) -> None:
    invoke("project_profile", fixture("project_profile/batch"))
    invoke("cart_abandonment", fixture("cart_abandonment/start"))
    wall.turn(minutes=30)
    invoke("cart_abandonment", fixture("cart_abandonment/wake_up"))
    operation.run_stop("all", why="wrong prices", by="bob", profile="work", stack="shop")
    assert invoke("deliver_push", batch(fixture("deliver_push/message"))) == {"batchItemFailures": []}
    held = Ref(Kind.MESSAGE, "ada", store.read([RUN])[RUN].value.attempts[0].message)
    message = store.read([held])[held].value
    assert (message.status, message.reason) == (MessageStatus.WITHHELD, Reason.STOPPED)
    operation.run_resume("all", profile="work", stack="shop")


def test_another_stack_is_refused(outputs: dict[str, str]) -> None:
    del outputs["EngagementTableName"]
    with pytest.raises(Problem, match="is it nudgekit's"):
        operation.run(profile="work", stack="shop")

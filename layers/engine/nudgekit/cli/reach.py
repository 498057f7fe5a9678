"""The documents of a stack: of the local one, or of one in an account."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.item_keys import Tables
from nudgekit.cli.local import paths
from nudgekit.cli.local.clients import account_client, client
from nudgekit.cli.local.stack import running
from nudgekit.cli.template import camel
from nudgekit.errors import Problem

Profile = Annotated[str | None, typer.Option(help="AWS profile; without it, the local stack.")]
StackName = Annotated[str, typer.Option(help="Stack name in the account of --profile.")]

TABLES = ("ProfilesTableName", "EngagementTableName", "CatalogueTableName")


@dataclass(frozen=True)
class Reached:
    """A stack within reach.

    Attributes:
        store: its documents.
        clock: its clock.
        outputs: the deployed template's outputs by name.
    """

    store: DynamoStore
    clock: Clock
    outputs: dict[str, str]

    def deploys(self, trigger: str) -> bool:
        """Whether the stack has a function for the trigger."""
        return f"{camel(trigger)}FunctionName" in self.outputs


def reach(profile: str | None, stack: str) -> Reached:
    """The stack `stack` in the account of `profile`, or without a profile the local one.

    Raises:
        Problem: it does not run, cannot be reached, or is not nudgekit's.
    """
    if profile is None:
        local = running(paths.project())
        return _reached(client("dynamodb", local.aws), local.clock, local.outputs)
    try:
        found = account_client("cloudformation", profile).describe_stacks(StackName=stack)["Stacks"][0]
        outputs = {each["OutputKey"]: str(each["OutputValue"]) for each in found.get("Outputs", [])}
        return _reached(account_client("dynamodb", profile), Clock(), outputs)
    except (BotoCoreError, ClientError) as error:
        raise Problem(f"The stack {stack} cannot be reached with the profile {profile}: {error}") from None


def _reached(dynamodb: Any, clock: Clock, outputs: dict[str, str]) -> Reached:
    if missing := [name for name in TABLES if name not in outputs]:
        raise Problem(f"The stack has no output {missing[0]}; is it nudgekit's?")
    return Reached(DynamoStore(dynamodb, Tables(*(outputs[name] for name in TABLES)), clock), clock, outputs)

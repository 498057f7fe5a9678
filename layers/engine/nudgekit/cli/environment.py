"""`nudgekit environment`: what the deployed functions are given, as `sam local invoke --env-vars` takes it."""

import json
from typing import Annotated

import typer

from nudgekit.cli.local import credentials, paths
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack, running

LOOPBACK = "http://127.0.0.1:"


def run(
    host: Annotated[str, typer.Option(help="How a container calls this machine.")] = "127.0.0.1",
) -> None:
    """Print the environment of every function of the local stack that is up, as JSON by logical id."""
    print(json.dumps(environments(running(paths.project()), host), indent=2))


def environments(stack: Stack, host: str = "127.0.0.1") -> dict[str, dict[str, str]]:
    """The variables of each function, with the local AWS's credentials, by logical id.

    Args:
        stack: the running stack.
        host: put in the place of the loopback address in every endpoint.
    """
    names = {key.removesuffix("Name"): name for key, name in stack.outputs.items() if key.endswith("FunctionName")}
    return {logical_id: _variables(stack, name, host) for logical_id, name in sorted(names.items())}


def _variables(stack: Stack, function: str, host: str) -> dict[str, str]:
    configuration = client("lambda", stack.aws).get_function_configuration(FunctionName=function)
    variables: dict[str, str] = configuration["Environment"]["Variables"] | credentials.environment(stack.aws)
    return {name: value.replace(LOOPBACK, f"http://{host}:") for name, value in variables.items()}

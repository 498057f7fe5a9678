"""Wake every function, so that the first event does not pay for the start and a broken import shows at once."""

import json
from concurrent.futures import ThreadPoolExecutor

from nudgekit.adapters.clock import VARIABLE
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack
from nudgekit.errors import Problem

AT_ONCE = 2  # as many as two cores can start


def warm(aws: str, functions: list[str]) -> None:
    """Invoke each function with an empty batch.

    Raises:
        Problem: A function does not start; with its error.
    """
    # One process of each: a second one of thirty functions each costs a minute, and the busy ones start it themselves.
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        complaints = sorted(filter(None, pool.map(lambda name: _start(aws, name), functions)))
    if complaints:
        raise Problem("Not every function starts:\n" + "\n".join(complaints))


def set_clock(stack: Stack) -> None:
    """Give every function the stack's clock, as a deployment with another `TimeScale` would."""
    functions = client("lambda", stack.aws)
    for name in stack.functions():
        settings = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": settings | {VARIABLE: stack.time_scale}}
        )


def _start(aws: str, function: str) -> str:
    answer = client("lambda", aws).invoke(FunctionName=function, Payload=json.dumps({"Records": []}))
    body = answer["Payload"].read().decode(errors="replace")
    return f"{function}: {body[:500]}" if answer.get("FunctionError") else ""

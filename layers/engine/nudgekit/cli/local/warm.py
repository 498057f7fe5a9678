"""Wake every function, so that the first event does not pay for the start and a broken import shows at once."""

import json
from concurrent.futures import ThreadPoolExecutor

from nudgekit.adapters.clock import VARIABLE
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import Stack
from nudgekit.errors import Problem

COPIES = 2


def warm(aws: str, functions: list[str]) -> None:
    """Invoke each function with an empty batch.

    Raises:
        Problem: A function does not start; with its error.
    """
    # Two calls at once start two processes of a function, as many as two cores can use.
    calls = [name for name in functions for _ in range(COPIES)]
    with ThreadPoolExecutor(max_workers=COPIES) as pool:
        complaints = sorted({complaint for complaint in pool.map(lambda name: _start(aws, name), calls) if complaint})
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

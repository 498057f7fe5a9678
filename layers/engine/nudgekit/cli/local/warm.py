"""Wake every function once, so that the first event does not pay for the start and a broken import shows at once."""

import json
from concurrent.futures import ThreadPoolExecutor

from nudgekit.cli.console import Problem
from nudgekit.cli.local.clients import client


def warm(aws: str, functions: list[str]) -> None:
    """Invoke each function with an empty batch.

    Raises:
        Problem: A function does not start; with its error.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        complaints = [complaint for complaint in pool.map(lambda name: _start(aws, name), functions) if complaint]
    if complaints:
        raise Problem("Not every function starts:\n" + "\n".join(complaints))


def _start(aws: str, function: str) -> str:
    answer = client("lambda", aws).invoke(FunctionName=function, Payload=json.dumps({"Records": []}))
    body = answer["Payload"].read().decode(errors="replace")
    return f"{function}: {body[:500]}" if answer.get("FunctionError") else ""

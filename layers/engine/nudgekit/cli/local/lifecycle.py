"""Bring the local stack up and take it down; the one place that knows the order."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nudgekit.adapters.clock import Clock
from nudgekit.cli.console import say
from nudgekit.cli.local import deploy, ministack, paths, tools
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.processes import Server, await_answer, end, free_port, start
from nudgekit.cli.local.stack import Stack, load, save
from nudgekit.cli.local.warm import set_clock, warm
from nudgekit.errors import Problem
from nudgekit.runs.beat import beat_body

SHOP_ADDRESS = "hello@shop.example"
CHANNELS = {"EmailFrom": SHOP_ADDRESS, "SmsOrigination": "pool-local", "WhatsappPhoneNumberId": "phone-number-id-local"}
DEPLOYMENT = timedelta(minutes=10)  # a clock that has not started runs at the wall's pace: nothing is hurried meanwhile
START = timedelta(seconds=0.8)  # what starting one function may take, of two at once
TRIES = 4  # of setting the clock, each with half as much time again as the functions needed before
SETTING = timedelta(seconds=15)  # and what it may take at least

Scale = Callable[[datetime], Clock | None]
"""Gives the clock for a stage that is ready at a moment; None for the wall's own."""


def up(root: Path, scale: Scale) -> Stack:
    """Start, build, deploy, warm.

    Args:
        root: The project.
        scale: Gives the stage its clock.

    Returns:
        The running stack; its state stands in the state file.

    Raises:
        Problem: A stack is up already, or a step failed; what had been started is ended then.
    """
    if load(root) is not None:
        raise Problem("A local stack is up already (or was, and left its state). End it with `nudgekit down`.")
    for name in ("ministack", "lambda-runtime", "sam"):
        tools.ensure(root, name)
    paths.work(root).mkdir(exist_ok=True)
    try:
        return _bring_up(root, scale)
    except BaseException:
        down(root)
        raise


def down(root: Path) -> bool:
    """End everything that `up` started and remove what it left; says whether there was anything."""
    stack = load(root)
    for server in stack.servers if stack else ():
        end(server)
    shutil.rmtree(paths.work(root), ignore_errors=True)
    return stack is not None


def _bring_up(root: Path, scale: Scale) -> Stack:
    stack = _servers(root)
    say("building functions and layers (sam build)")
    deploy.build(root)
    say(f"deploying template.yaml to the local AWS at {stack.aws} (sam deploy)")
    client("sesv2", stack.aws).create_email_identity(EmailIdentity=SHOP_ADDRESS)
    stack = _deploy_in_time(root, stack, scale)
    _beat_once(stack)
    save(root, stack)
    return stack


def _beat_once(stack: Stack) -> None:
    """The template's rule beats once a minute; the first beat is ours, so that nobody has to wait for it.

    What beats and calendars noted while the clock was still being set does not count: it may lie far ahead of the
    clock that holds.
    """
    table, database = stack.outputs["EngagementTableName"], client("dynamodb", stack.aws)
    for item in database.scan(TableName=table, ProjectionExpression="pk, sk")["Items"]:
        database.delete_item(TableName=table, Key=item)
    beat(stack)


def beat(stack: Stack) -> None:
    """Beat as the template's rule does once a minute: whoever hears it knows up to when all is folded."""
    body = json.dumps(beat_body(datetime.now(UTC)))
    client("sqs", stack.aws).send_message(QueueUrl=stack.outputs["ProjectProfileQueueUrl"], MessageBody=body)


def _deploy_in_time(root: Path, stack: Stack, scale: Scale) -> Stack:
    """Deploy, and then set the clock so that the functions are ready before it starts to run.

    A function starts anew when its clock is set, so they are started after that. How long a busy machine takes nobody
    knows: a clock that has started too early is set once more, later.
    """
    clock = scale(datetime.now(UTC) + DEPLOYMENT)
    stack = replace(stack, time_scale=str(clock) if clock else "")
    stack = replace(stack, outputs=deploy.deploy(root, stack.aws, _parameters(stack)))
    if clock is None:
        warm(stack.aws, stack.functions())
        return stack
    took = START * len(stack.functions())
    for _ in range(TRIES):
        began = datetime.now(UTC)
        clock = scale(began + max(SETTING, took * 1.5))
        stack = replace(stack, time_scale=str(clock))
        set_clock(stack)
        warm(stack.aws, stack.functions())
        took = datetime.now(UTC) - began
        if clock is None or began + took < clock.real_start:
            return stack
    raise Problem("This machine is too busy to start the functions in time. Try again when it is less so.")


def _servers(root: Path) -> Stack:
    """Start both servers; the state file names each as soon as it runs, so that `down` can always end it."""
    port = free_port()
    sink = Stack(sink=f"http://127.0.0.1:{port}")
    local_aws, address = ministack.launch(root, sink.sink)
    stack = replace(sink, servers=(local_aws,), aws=address)
    save(root, stack)
    stack = replace(stack, servers=(local_aws, _sink(root, port, address)))
    save(root, stack)
    await_answer(stack.servers[1], f"{stack.sink}/health")
    return stack


def _sink(root: Path, port: int, aws: str) -> Server:
    command = [sys.executable, "-m", "nudgekit.cli.sink", "--port", str(port), "--aws", aws, "--project", str(root)]
    return start("The sink", command, {"PATH": "/usr/bin:/bin"}, root, paths.work(root) / "sink.log")


def _parameters(stack: Stack) -> dict[str, str]:
    own = {"Stage": "local", "Architecture": deploy.architecture(), "TimeScale": stack.time_scale}
    ends = {"EndpointOverride": stack.aws, "SmsEndpointOverride": stack.sink, "SocialEndpointOverride": stack.sink}
    return own | ends | CHANNELS | {"LinksUrl": stack.sink}

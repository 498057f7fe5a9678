"""Start MiniStack with four facts of the local stage; run by MiniStack's own Python, never imported by ours.

Each fact below is an internal of the pinned version. A fact that is gone ends the start with a clear message: a local
AWS that quietly behaves otherwise would make a demonstration lie.
"""

import importlib
import os
import sys
from typing import Any


def fact(module: str, name: str) -> Any:
    """Get an internal of MiniStack, or end with what to do."""
    found = getattr(importlib.import_module(module), name, None)
    if found is None:
        sys.exit(f"MiniStack has no {module}.{name} any more: adapt {os.path.basename(__file__)} to the new pin.")  # noqa: PTH119
    return found


def sweep_schedules_every_second() -> None:
    """Ten seconds between sweeps are an hour under a time scale."""
    scheduler = importlib.import_module("ministack.services.scheduler")
    fact("ministack.services.scheduler", "_SCHEDULE_TICK_INTERVAL")
    scheduler._SCHEDULE_TICK_INTERVAL = 0.25  # type: ignore[attr-defined]  # noqa: SLF001


def run_functions_with(python: str) -> None:
    """Functions must see what Lambda's runtime has (boto3) and their layers, not what MiniStack happens to need."""
    runtime = importlib.import_module("ministack.core.lambda_runtime")
    choose = fact("ministack.core.lambda_runtime", "_detect_runtime_binary")

    def detect(name: str) -> tuple[str, str]:
        binary, script = choose(name)
        return (python if name.startswith("python") else binary), script

    runtime._detect_runtime_binary = detect  # type: ignore[attr-defined]  # noqa: SLF001


def let_the_sink_speak_for_aws() -> None:
    """SES and SMS put their receipts on the bus as `aws.ses` and `aws.sms-voice`; here the sink does it for them."""
    put_events = fact("ministack.services.eventbridge", "_put_events")
    if put_events.__defaults__ != (False,):
        sys.exit("MiniStack's _put_events has changed: adapt the launcher to the new pin.")
    put_events.__defaults__ = (True,)


if __name__ == "__main__":
    sweep_schedules_every_second()
    run_functions_with(os.environ["NUDGEKIT_LAMBDA_PYTHON"])
    let_the_sink_speak_for_aws()
    sys.argv = ["ministack"]
    fact("ministack.app", "main")()

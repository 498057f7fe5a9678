"""Start MiniStack with the facts of the local stage; run by MiniStack's own Python, never imported by ours.

Each fact below is an internal of the pinned version. A fact that is gone ends the start with a clear message: a local
AWS that quietly behaves otherwise would make a demonstration lie.
"""

import hashlib
import importlib
import os
import sys
import tempfile
import zipfile
from types import SimpleNamespace
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


class UnpackedOnce(zipfile.ZipFile):
    """A layer's archive, of which all workers share one unpacked copy.

    Each unpacking thousands of files for itself takes longer than a function may, and throwing the copies away stops
    the whole emulator meanwhile.
    """

    def extractall(self, path: Any = None, *rest: Any) -> None:
        """Unpack, or link to where an earlier worker unpacked the same."""
        if not os.path.basename(path).startswith("layer_"):  # noqa: PTH119
            super().extractall(path, *rest)
            return
        names = "".join(f"{each.filename}{each.CRC}" for each in self.infolist())
        shared = os.path.join(tempfile.gettempdir(), "layers", hashlib.sha256(names.encode()).hexdigest())  # noqa: PTH118
        if not os.path.isdir(shared):  # noqa: PTH112
            unpacking = tempfile.mkdtemp()
            super().extractall(unpacking, *rest)
            os.makedirs(os.path.dirname(shared), exist_ok=True)  # noqa: PTH103, PTH120
            try:
                os.rename(unpacking, shared)  # noqa: PTH104
            except OSError:  # another worker was faster
                if not os.path.isdir(shared):  # noqa: PTH112
                    raise
        os.rmdir(path)  # noqa: PTH106
        os.symlink(shared, path)  # noqa: PTH211


def unpack_layers_once() -> None:
    """Twenty workers that unpack the engine each are two gigabytes of small files."""
    runtime = importlib.import_module("ministack.core.lambda_runtime")
    fact("ministack.core.lambda_runtime", "zipfile")
    runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": UnpackedOnce})  # type: ignore[attr-defined]


if __name__ == "__main__":
    unpack_layers_once()
    sweep_schedules_every_second()
    run_functions_with(os.environ["NUDGEKIT_LAMBDA_PYTHON"])
    let_the_sink_speak_for_aws()
    sys.argv = ["ministack"]
    fact("ministack.app", "main")()

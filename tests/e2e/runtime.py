"""A built function in the real Lambda runtime, without containers.

The runtime interface emulator is the program that SAM CLI puts into its containers; it drives the real Python runtime
client (`awslambdaric`), which imports the handler from the built artefacts and nothing else of this project.
"""

import json
import os
import platform
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nudgekit.cli.local import tools

ROOT = Path(__file__).parents[2]
STARTING = 20.0  # seconds to wait for the emulator's door to open
LAYERS = ("EngineLayer", "RulesLayer")


class HandlerError(AssertionError):
    """The handler raised; the text is what Lambda would report."""


class Runtime:
    """A running function.

    Attributes:
        url: where the emulator takes invocations.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Invoke the handler with an event and return its answer.

        Raises:
            HandlerError: the handler raised or could not be imported.
        """
        body = json.dumps(event).encode()
        request = urllib.request.Request(f"{self.url}/2015-03-31/functions/function/invocations", body)
        with urllib.request.urlopen(request, timeout=60) as answer:
            result = json.loads(answer.read() or b"null")
        if isinstance(result, dict) and "errorType" in result:
            raise HandlerError(f"{result['errorType']}: {result.get('errorMessage')}")
        return result


@contextmanager
def running(built: Path, logical_id: str, environment: Mapping[str, str], log: Path) -> Iterator[Runtime]:
    """Run a built function until the block ends.

    Args:
        built: `.aws-sam/build`, as `sam build` left it.
        logical_id: the function's logical id.
        environment: its environment variables, all of them: none of the shell's are passed.
        log: where its log lines go.
    """
    door, api = _free_port(), _free_port()
    command = [
        str(_emulator()),
        *("--log-level", "error"),
        *("--runtime-interface-emulator-address", f"127.0.0.1:{door}"),
        *("--runtime-api-address", f"127.0.0.1:{api}"),
        *(str(_python()), "-P", "-m", "awslambdaric", "app.handler"),
    ]
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command,
            cwd=built / logical_id,
            env=_environment(built, logical_id, environment),
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(door, process, log)
            yield Runtime(f"http://127.0.0.1:{door}")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def python_path(built: Path, logical_id: str) -> str:
    """Where a function's imports come from in Lambda: its own folder, then its layers."""
    return os.pathsep.join(map(str, (built / logical_id, *(built / layer / "python" for layer in LAYERS))))


def _environment(built: Path, logical_id: str, environment: Mapping[str, str]) -> dict[str, str]:
    folder = str(built / logical_id)
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": python_path(built, logical_id),
        "LAMBDA_TASK_ROOT": folder,
        "AWS_LAMBDA_FUNCTION_NAME": logical_id,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
        **environment,
    }


def _emulator() -> Path:
    machine = "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"
    (folder,) = (tools.ensure(ROOT, "sam") / "lib").glob("python3*/site-packages/samcli/local/rapid")
    return folder / f"aws-lambda-rie-{machine}"


def _python() -> Path:
    return tools.ensure(ROOT, "lambda-runtime") / "bin" / "python"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise HandlerError(f"the runtime did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")

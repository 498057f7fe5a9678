"""Start MiniStack: on the loopback, without Docker, its temporary files below the project."""

import os
from pathlib import Path

from nudgekit.cli.local import credentials, launch_ministack, paths, tools
from nudgekit.cli.local.processes import Server, await_answer, free_port, start


def launch(root: Path, sink: str) -> tuple[Server, str]:
    """Start MiniStack and wait for its health.

    Args:
        root: The project.
        sink: Where the functions' SNS and SES calls go first: the sink records what is sent and passes it on.

    Returns:
        The server and its address.
    """
    home, runtime = tools.ensure(root, "ministack"), tools.ensure(root, "lambda-runtime")
    port = free_port()
    command = [
        str(home / "bin" / "python"),
        "-P",
        launch_ministack.__file__,
    ]  # -P: our neighbours are none of its modules
    log = paths.work(root) / "ministack.log"
    server = start("MiniStack", command, _environment(root, home, runtime, port, sink), root, log)
    address = f"http://127.0.0.1:{port}"
    await_answer(server, f"{address}/_ministack/health")
    return server, address


def _environment(root: Path, home: Path, runtime: Path, port: int, sink: str) -> dict[str, str]:
    """Nothing of the shell's own environment goes in, for the functions inherit this one."""
    temporary = paths.work(root) / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    local = credentials.environment("")
    del local["AWS_ENDPOINT_URL"]
    return local | {
        "PATH": os.pathsep.join([str(runtime / "bin"), str(home / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "S3_DATA_DIR": str(temporary / "s3"),
        "STATE_DIR": str(temporary / "state"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_WARM_TTL_SECONDS": "3600",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": "unix:///dev/null",
        "NUDGEKIT_LAMBDA_PYTHON": str(runtime / "bin" / "python3.13"),
        "AWS_ENDPOINT_URL_SNS": sink,
        "AWS_ENDPOINT_URL_SESV2": sink,
    }

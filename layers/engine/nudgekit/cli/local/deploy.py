"""Build the shipped template with SAM CLI and deploy it, unchanged, to the local AWS."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from nudgekit.cli.local import credentials, paths, tools
from nudgekit.cli.local.clients import client
from nudgekit.cli.local.stack import STACK_NAME
from nudgekit.errors import Problem

BUCKET = "nudgekit-local-artifacts"


def architecture() -> str:
    """Name this machine's architecture as Lambda does."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def build(root: Path) -> None:
    """Build functions and layers for this machine; what has not changed comes from SAM's cache.

    Raises:
        Problem: The build failed; with SAM's last words.
    """
    _sam(root, "", ["build", "--cached", "--parallel", "--parameter-overrides", f"Architecture={architecture()}"])


def deploy(root: Path, aws: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploy what was built.

    Args:
        root: The project.
        aws: The local AWS's address.
        parameters: The template's parameters; empty values are left to the template's defaults.

    Returns:
        The stack's outputs by name.

    Raises:
        Problem: The deployment failed; with SAM's last words.
    """
    client("s3", aws).create_bucket(Bucket=BUCKET)
    overrides = [f"ParameterKey={key},ParameterValue={value}" for key, value in parameters.items() if value]
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
    plan = ["deploy", "--stack-name", STACK_NAME, "--region", credentials.REGION, "--s3-bucket", BUCKET]
    answers = ["--no-confirm-changeset", "--no-progressbar", "--no-resolve-s3", "--on-failure", "DO_NOTHING"]
    _sam(root, aws, [*plan, *answers, "--capabilities", *capabilities, "--parameter-overrides", *overrides])
    return _outputs(aws)


def _outputs(aws: str) -> dict[str, str]:
    stack = client("cloudformation", aws).describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise Problem(f"The stack is {stack['StackStatus']}: {stack.get('StackStatusReason', 'no reason given')}.")
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _sam(root: Path, aws: str, arguments: list[str]) -> None:
    sam = str(tools.ensure(root, "sam") / "bin" / "sam")
    # samconfig.toml is for the account's stages: an environment of ours that it does not have keeps its answers out.
    command = [sam, *arguments, "--config-env", "nudgekit-local"]
    done = subprocess.run(
        command,
        cwd=root,
        env=_environment(root, aws),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    log = paths.work(root) / f"sam-{arguments[0]}.log"
    log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise Problem(f"`sam {arguments[0]}` failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")


def _environment(root: Path, aws: str) -> dict[str, str]:
    """SAM builds with pip, so it keeps the shell's environment, but not its AWS account nor its curiosity."""
    home = paths.work(root) / "sam"
    home.mkdir(parents=True, exist_ok=True)
    looked = {"telemetryEnabled": False, "lastVersionCheck": time.time()}  # it asks the internet for news otherwise
    (home / "metadata.json").write_text(json.dumps(looked))
    shell = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SAM_"))}
    quiet = {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(home)}
    programs = os.pathsep.join([str(root / ".venv" / "bin"), os.environ.get("PATH", "")])
    return shell | credentials.environment(aws) | quiet | {"PATH": programs}

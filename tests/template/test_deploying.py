"""Whoever deploys can set every parameter of the template: the page names it, and the workflow passes it on."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.template import checks

ROOT = Path(__file__).parents[2]
TEMPLATE = checks.load(ROOT / "template.yaml")
PAGE = (ROOT / "docs/how-to/deploy.md").read_text(encoding="utf-8")
JOB: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))["jobs"][
    "deploy"
]
OF_THE_LOCAL_STAGE = {"TimeScale", "EndpointOverride", "SmsEndpointOverride", "SocialEndpointOverride"}
NOT_BY_THE_WORKFLOW = OF_THE_LOCAL_STAGE | {"Architecture"}  # the build of the workflow is that of the default
BY_THE_WORKFLOW = {*TEMPLATE["Parameters"]} - NOT_BY_THE_WORKFLOW
NOT_PARAMETERS = {"AWS_ROLE_ARN", "AWS_REGION"}


def variable(parameter: str) -> str:
    """The environment variable of a parameter: `KMS_KEY_ARN` of `KmsKeyArn`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).upper()


def overrides(**given: str) -> set[str]:
    """What the workflow's last step deploys with, as SAM CLI would be told."""
    script = JOB["steps"][-1]["run"].replace(".tools/sam/bin/sam", "printf '%s\\n'")
    empty = dict.fromkeys(JOB["env"], "")
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], env={**empty, **given}, capture_output=True, text=True, check=True
    )
    return {line for line in done.stdout.splitlines() if "=" in line}


def test_every_parameter_has_its_place_on_the_page() -> None:
    first = " ".join(re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", first)) == {*TEMPLATE["Parameters"]}


def test_outputs_that_the_page_names_exist() -> None:
    named = re.findall(r"outputs?\s+`(\w+)`", PAGE)
    assert {"OnsiteUrl", "OnsiteKeyArn", "EventBusName"} <= {*named} <= {*TEMPLATE["Outputs"]}


def test_the_workflow_passes_on_every_variable_that_is_set() -> None:
    given = {variable(each): f"a-{each}" for each in BY_THE_WORKFLOW}
    assert overrides(**given) == {f"{each}=a-{each}" for each in BY_THE_WORKFLOW}


def test_what_is_not_set_keeps_the_default_of_the_template() -> None:
    assert overrides(STAGE="dev", EMAIL_FROM="a@b.example") == {"Stage=dev", "EmailFrom=a@b.example"}


@pytest.mark.parametrize("parameter", sorted(BY_THE_WORKFLOW - {"Stage"}))
def test_the_variables_come_from_the_environment_that_the_page_describes(parameter: str) -> None:
    name = variable(parameter)
    assert JOB["env"][name] == f"${{{{ vars.{name} }}}}"
    assert f"`{name}`" in PAGE


def test_the_page_asks_for_no_variable_that_nothing_reads() -> None:
    asked = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", PAGE))
    assert asked - {variable(each) for each in BY_THE_WORKFLOW} == NOT_PARAMETERS

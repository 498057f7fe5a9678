"""What is installed is what was pinned, and what runs for this repository may do no more than it must."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PINS = sorted([*ROOT.glob("requirements/*.txt"), ROOT / "layers/engine/requirements.txt"])
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
LOCKS = ("uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "pdm.lock")

# Permissions that a job may have besides reading the code, and why.
WRITES = {("deploy.yml", "id-token"): "asks GitHub for the token that AWS trades for a role"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def requirements(text: str) -> list[str]:
    """The requirements of a file, each with its options on one line."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def unpinned(text: str) -> list[str]:
    """What a file of pins says that is no exact version with a hash: ranges, addresses, options."""
    exact = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,._-]+\])?==[^\s;=]+(\s*;[^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+")
    return [each for each in requirements(text) if not exact.fullmatch(each)]


def far(workflow: dict[str, Any], file: str) -> list[str]:
    """Permissions of a workflow that go further than reading the code, but those with a reason."""
    homes = [workflow, *workflow["jobs"].values()]
    given = [home.get("permissions", {}) for home in homes]
    if not all(isinstance(each, dict) for each in given) or not workflow.get("permissions"):
        return ["all or undeclared"]
    asked = {(permission, level) for each in given for permission, level in each.items()}
    return sorted(what for what, level in asked if level != "read" and (file, what) not in WRITES)


def moving(text: str) -> list[str]:
    """Actions that are not named by a commit."""
    return [each for each in re.findall(r"uses:\s*(\S+)", text) if not re.search(r"@[0-9a-f]{40}$", each)]


def test_there_are_pins_and_workflows() -> None:
    assert len(PINS) >= 5
    assert len(WORKFLOWS) >= 2


@pytest.mark.parametrize("path", PINS, ids=name)
def test_every_requirement_has_a_version_and_a_hash_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unpinned(text) == []
    assert "://" not in text


@pytest.mark.parametrize(
    "line",
    [
        "boto3",
        "boto3==1.44.0",
        "boto3>=1.44 --hash=sha256:" + "0" * 64,
        "boto3==1.44.0 --hash=sha256:short",
        "--index-url https://example.com/simple",
        "boto3 @ https://example.com/boto3.whl --hash=sha256:" + "0" * 64,
    ],
)
def test_a_loose_requirement_is_seen(line: str) -> None:
    assert unpinned(line) == [line]


def test_no_lock_file_that_records_addresses_is_kept() -> None:
    hidden = {".venv", ".tools", ".aws-sam", ".nudgekit"}
    found = [each for lock in LOCKS for each in ROOT.rglob(lock) if hidden.isdisjoint(each.relative_to(ROOT).parts)]
    assert found == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_workflows_may_read_the_code_and_little_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert far(yaml.safe_load(text), path.name) == []
    assert moving(text) == []
    assert "pull_request_target" not in text
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")
    assert not re.findall(r"\$\{\{\s*secrets\.", text), "a stored secret; trade GitHub's token for a role instead"


@pytest.mark.parametrize(
    "workflow",
    [
        {"jobs": {"test": {}}},
        {"permissions": "write-all", "jobs": {"test": {}}},
        {"permissions": {"contents": "write"}, "jobs": {"test": {}}},
        {"permissions": {"contents": "read"}, "jobs": {"test": {"permissions": {"packages": "write"}}}},
        {"permissions": {"contents": "read"}, "jobs": {"test": {"permissions": {"id-token": "write"}}}},
    ],
)
def test_a_workflow_that_may_do_more_is_seen(workflow: dict[str, Any]) -> None:
    assert far(workflow, "check.yml")


def test_an_action_that_can_move_is_seen() -> None:
    assert moving("- uses: actions/checkout@v5") == ["actions/checkout@v5"]


def test_no_workflow_puts_an_input_into_its_shell() -> None:
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            assert [step["run"] for step in job["steps"] if "${{" in step.get("run", "")] == []

"""Every fixture under events/ goes through its function in the real runtime, as `sam local invoke` would send it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nudgekit.cli.environment import environments
from nudgekit.cli.local.stack import Stack, load
from nudgekit.cli.local.stack import running as running_stack
from tests.e2e.runtime import running
from tests.template import checks

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".aws-sam" / "build"
FUNCTIONS = {
    each["CodeUri"].removeprefix("functions/"): name
    for name, each in checks.functions(checks.load(ROOT / "template.yaml")).items()
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The local stack that is up; or one of our own, taken down afterwards. Its deployment builds what runs here."""
    standing = load(ROOT) is not None
    if not standing:
        _nudgekit("up")
    yield running_stack(ROOT)
    if not standing:
        _nudgekit("down")


def _nudgekit(command: str) -> None:
    program = Path(sys.executable).with_name("nudgekit")
    subprocess.run([str(program), command], cwd=ROOT, check=True)


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_function_answers_every_fixture(folder: str, stack: Stack, tmp_path: Path) -> None:
    fixtures = sorted((ROOT / "events" / folder).glob("*.json"))
    assert fixtures, f"events/{folder}/ has no fixture"
    variables = environments(stack)[FUNCTIONS[folder]]
    with running(BUILT, FUNCTIONS[folder], variables, tmp_path / "log") as runtime:
        answers = {path.name: runtime.invoke(json.loads(path.read_text(encoding="utf-8"))) for path in fixtures}
    pages = {name: answer["statusCode"] for name, answer in answers.items() if "statusCode" in answer}
    assert set(pages.values()) <= {200, 401, 404}, "what is signed with another key than this stack's opens nothing"
    assert all("batchItemFailures" not in answers[name] or answers[name]["batchItemFailures"] == [] for name in answers)
    assert {name for name in answers if name.startswith("http_")} == set(pages)
    assert all("errorType" not in (answer or {}) for answer in answers.values())

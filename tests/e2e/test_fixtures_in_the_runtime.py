"""Every fixture under events/ goes through its function in the real Lambda runtime, as `sam local invoke` would send it."""

import json
from pathlib import Path

import pytest

from nudgekit.cli.local import deploy
from tests.e2e.runtime import running
from tests.template import checks

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".aws-sam" / "build"
FUNCTIONS = {
    each["CodeUri"].removeprefix("functions/"): name
    for name, each in checks.functions(checks.load(ROOT / "template.yaml")).items()
}


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    deploy.build(ROOT)


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_function_answers_every_fixture(folder: str, tmp_path: Path, local_environment: dict[str, str]) -> None:
    fixtures = sorted((ROOT / "events" / folder).glob("*.json"))
    assert fixtures, f"events/{folder}/ has no fixture"
    variables = local_environment | {"POWERTOOLS_SERVICE_NAME": folder}
    with running(BUILT, FUNCTIONS[folder], variables, tmp_path / "log") as runtime:
        answers = {path.name: runtime.invoke(json.loads(path.read_text(encoding="utf-8"))) for path in fixtures}
    assert {name: answer for name, answer in answers.items() if answer and answer.get("batchItemFailures")} == {}

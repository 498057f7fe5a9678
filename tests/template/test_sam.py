"""SAM's own view of the template, and what its build puts into Lambda."""

import os
import subprocess
from pathlib import Path

import pytest

from nudgekit.cli.local import deploy, tools
from tests.e2e.runtime import python_path
from tests.template import checks

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".aws-sam" / "build"
TOOLS = {"altair", "boto3", "botocore", "cfnlint", "duckdb", "hypothesis", "moto", "polars", "pytest", "rich", "typer"}
LAYER_LIMIT = 120  # MB unzipped; Lambda takes 250 MB of all layers and the function together


KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("key", ["", KEY_ARN], ids=["without a key", "with a key"])
def test_sam_finds_nothing_to_say_about_the_template(key: str, tmp_path: Path) -> None:
    sam = tools.ensure(ROOT, "sam") / "bin" / "sam"
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SAM_CLI_TELEMETRY": "0"}
    command = [str(sam), "validate", "--lint", "--region", "eu-west-1", "--template", str(_with(key, tmp_path))]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _with(key: str, folder: Path) -> Path:
    """A copy of the template whose key defaults to `key`, as the linter looks at defaults alone."""
    before, name, after = (ROOT / "template.yaml").read_text(encoding="utf-8").partition("  KmsKeyArn:\n")
    path = folder / "template.yaml"
    path.write_text(before + name + after.replace('Default: ""', f'Default: "{key}"', 1), encoding="utf-8")
    for each in ("layers", "rules", "functions"):
        (folder / each).symlink_to(ROOT / each)
    return path


def test_every_built_handler_imports_with_its_layers_and_nothing_else() -> None:
    deploy.build(ROOT)
    python = str(tools.ensure(ROOT, "lambda-runtime") / "bin" / "python")
    failures = {
        name: said for name in checks.functions(checks.load(ROOT / "template.yaml")) if (said := _import(python, name))
    }
    assert failures == {}
    _layer_carries_no_tools()


def _import(python: str, logical_id: str) -> str:
    """Import a handler as Lambda would; what it said when that failed."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": python_path(BUILT, logical_id)}
    command = [python, "-P", "-c", "import app; assert callable(app.handler)"]
    done = subprocess.run(command, cwd=BUILT, env=environment, capture_output=True, text=True, check=False)
    return done.stderr[-2000:] if done.returncode else ""


def _layer_carries_no_tools() -> None:
    layer = BUILT / "EngineLayer" / "python"
    files = [path for path in layer.rglob("*") if path.is_file()]
    assert TOOLS.isdisjoint(path.name for path in layer.iterdir())
    assert sum(path.stat().st_size for path in files) < LAYER_LIMIT * 1_000_000
    assert {path.suffix for path in files} >= {".py", ".so"}

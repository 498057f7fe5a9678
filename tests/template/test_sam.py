"""SAM's own view of the template, and what its build puts into Lambda."""

import os
import subprocess
from pathlib import Path

from nudgekit.cli.local import deploy, tools
from tests.e2e.runtime import python_path
from tests.template import checks

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".aws-sam" / "build"
TOOLS = {"altair", "boto3", "botocore", "cfnlint", "duckdb", "hypothesis", "moto", "polars", "pytest", "rich", "typer"}
LAYER_LIMIT = 120  # MB unzipped; Lambda takes 250 MB of all layers and the function together


def test_sam_finds_nothing_to_say_about_the_template() -> None:
    sam = tools.ensure(ROOT, "sam") / "bin" / "sam"
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SAM_CLI_TELEMETRY": "0"}
    command = [str(sam), "validate", "--lint", "--region", "eu-west-1", "--template", str(ROOT / "template.yaml")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


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

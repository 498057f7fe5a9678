"""A cold start pays for what it imports: handlers leave the dear things until they are needed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEAR = ("boto3", "botocore", "liquid", "mjml", "aws_lambda_powertools", "jinja2", "moto", "typer", "rich")
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_handler_imports_nothing_dear(function: str) -> None:
    code = (
        "import sys, importlib\n"
        f"importlib.import_module('functions.{function}.app').handler\n"
        f"print([name for name in {DEAR} if name in sys.modules])"
    )
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/engine'}", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

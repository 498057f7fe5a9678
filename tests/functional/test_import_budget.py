"""What importing a handler may load: nothing that only some invocations need, and nothing that only tools need."""

import subprocess
import sys
from pathlib import Path

import pytest

from nudgekit.book import load_book

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(each.parent.name for each in ROOT.glob("functions/*/app.py"))

DEAR = ("boto3", "botocore", "urllib3", "requests")
"""Clients are built when first needed."""

CONTENT = ("liquid", "mjml", "babel", "nudgekit.content")
"""Most invocations of a trigger write no message."""

TOOLS = ("nudgekit.cli", "typer", "rich", "yaml", "cfnlint", "pytest", "hypothesis", "moto", "samcli")
"""Never in the layer."""

POWERTOOLS = ("aws_lambda_powertools",)
"""Its logger and metrics are built when there is something to tell."""

MOST_MODULES = 350
"""Modules that a handler's import may add to an empty interpreter: about 330 today, pydantic's 43 included."""


def modules_of(function: str) -> set[str]:
    """The names of all modules in a fresh interpreter that has imported the function's handler."""
    code = "import sys; before = set(sys.modules); import app; print(*sorted(set(sys.modules) - before), sep='\\n')"
    path = [str(ROOT / "functions" / function), str(ROOT / "layers" / "engine"), str(ROOT)]
    start = f"import sys; sys.path[:0] = {path!r}; {code}"
    done = subprocess.run([sys.executable, "-P", "-c", start], capture_output=True, text=True, check=True, env={})
    return set(done.stdout.split())


def offenders(loaded: set[str], forbidden: tuple[str, ...]) -> list[str]:
    return sorted(
        each for each in loaded if each.startswith(tuple(f"{name}." for name in forbidden)) or each in forbidden
    )


def test_every_trigger_has_a_function_to_look_at() -> None:
    assert set(load_book(ROOT / "rules").ids) <= set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handlers_import_stays_small(function: str) -> None:
    loaded = modules_of(function)
    assert "app" in loaded
    assert offenders(loaded, DEAR + CONTENT + TOOLS + POWERTOOLS) == []
    assert len(loaded) <= MOST_MODULES, f"{len(loaded)} modules; import what few invocations need inside functions"


def test_an_offender_is_found_by_its_name_or_package() -> None:
    assert offenders({"boto3", "botocore.client", "boto3x"}, DEAR) == ["boto3", "botocore.client"]

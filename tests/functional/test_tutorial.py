"""The tutorial works as it stands: its files are written, its commands run, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

PAGE = Path("docs/tutorial/your-first-trigger.md")
PARTS = ("events", "functions", "layers", "rules", "template.yaml", "tests", "pyproject.toml")
BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<path>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for part in PARTS:
        if Path(part).is_dir():
            shutil.copytree(part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, tmp_path / part)
    return tmp_path


def shell(command: str, project: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(project / "layers/engine"), "COLUMNS": "200"}
    return subprocess.run(
        ["bash", "-ec", command], cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def engine_of(project: Path) -> str:
    files = sorted(path for path in (project / "layers").rglob("*") if path.suffix != ".pyc" and path.is_file())
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def follow(project: Path) -> list[str]:
    """Do what the page says, in its order; what its commands said."""
    said = []
    for block in BLOCK.finditer(PAGE.read_text()):
        if block["path"]:
            (project / block["path"]).write_text(block["text"])
        else:
            done = shell(block["text"], project)
            assert done.returncode == 0, f"{block['text']}\n{done.stdout}\n{done.stderr}"
            said.append(done.stdout)
    return said


def test_following_the_tutorial_adds_a_trigger_and_leaves_the_engine_alone(project: Path) -> None:
    before = engine_of(project)
    said = "\n".join(follow(project))
    assert engine_of(project) == before
    assert "wrote rules/viewed_again/rule.py" in said
    assert re.search(r"viewed_again .*1 \(new\).*push 1 d → email", said)
    assert 'trigger_handler("viewed_again")' in (project / "functions/viewed_again/app.py").read_text()
    assert "ViewedAgainQueue" in (project / "template.yaml").read_text()
    assert (project / "rules/viewed_again/versions/1.json").exists()


def test_the_mistake_that_the_tutorial_proposes_is_told_as_it_says(project: Path) -> None:
    rule = project / "rules/cart_abandonment/rule.py"
    rule.write_text(rule.read_text().replace("user.segments", "user.segment"))
    done = shell("nudgekit validate", project)
    assert done.returncode == 1
    assert re.search(r"rule\.py:\d+: user\.segment is not a field \(did you mean user\.segments", done.stderr)

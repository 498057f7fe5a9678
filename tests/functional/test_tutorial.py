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
PARTS = ("docs", "events", "functions", "layers", "rules", "template.yaml", "tests", "pyproject.toml")
BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: (?P<path>\S+))?(?: before (?P<before>[^\n]+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
CHECK = re.search(r"^check:.*\n((?:\t.+\n)+)", Path("Makefile").read_text(), re.MULTILINE)
CHECKS = re.findall(r"\$\(BIN\)/((?!mypy).+)", CHECK[1] if CHECK else "")
"""What `make check` runs, but for the types, which take minutes."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, without what a reader who has followed the tutorial has made."""
    for part in PARTS:
        if Path(part).is_dir():
            shutil.copytree(part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, tmp_path / part)
    for folder in ("rules", "functions", "events"):
        shutil.rmtree(tmp_path / folder / "viewed_again", ignore_errors=True)
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
        if block["before"]:
            insert(block["text"], project / block["path"], block["before"])
        elif block["path"]:
            (project / block["path"]).write_text(block["text"])
        else:
            said += [content(command, project) for command in commands(block["text"])]
    return said


def insert(text: str, path: Path, before: str) -> None:
    """Put `text` before the one line of the file that begins with `before`, unless it stands there already."""
    found = path.read_text()
    assert len(re.findall(rf"^ *{re.escape(before)}", found, re.MULTILINE)) == 1
    if text not in found:
        path.write_text(re.sub(rf"^(?= *{re.escape(before)})", lambda _: text, found, flags=re.MULTILINE))


def commands(text: str) -> list[str]:
    return CHECKS if text == "make check\n" else [text]


def content(command: str, project: Path) -> str:
    done = shell(command, project)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_following_the_tutorial_adds_a_trigger_and_leaves_the_engine_alone(project: Path) -> None:
    before = engine_of(project)
    said = "\n".join(follow(project))
    assert engine_of(project) == before
    assert "wrote rules/viewed_again/rule.py" in said
    assert re.search(r"viewed_again .*1 \(new\).*push 1 d → email", said)
    assert 'trigger_handler("viewed_again")' in (project / "functions/viewed_again/app.py").read_text()
    assert "ViewedAgainQueue" in (project / "template.yaml").read_text()
    assert (project / "rules/viewed_again/versions/1.json").exists()
    assert (project / "docs/triggers/viewed_again.md").exists()


def test_the_tutorial_ends_with_all_that_make_check_looks_at() -> None:
    last = [block["text"] for block in BLOCK.finditer(PAGE.read_text())][-1]
    assert commands(last) == CHECKS
    assert {"nudgekit template --check", "nudgekit docs --check", "nudgekit validate"} <= {*CHECKS}


def test_the_mistake_that_the_tutorial_proposes_is_told_as_it_says(project: Path) -> None:
    rule = project / "rules/cart_abandonment/rule.py"
    rule.write_text(rule.read_text().replace('per="cart_id"', 'per="product"'))
    done = shell("nudgekit validate", project)
    assert done.returncode == 1
    assert re.search(r"rule\.py:\d+: 'product' is not a key \(did you mean product_id", done.stderr)

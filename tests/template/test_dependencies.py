"""What the engine imports is what it declares: nothing comes along by chance of what another package needs."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ENGINE = Path("layers/engine/nudgekit")
SETTINGS: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text())
PROJECT = SETTINGS["project"]
OF_THE_RUNTIME = {"boto3", "botocore"}
"""What Lambda's Python runtime brings along; on a laptop, the extra `cli` does."""

DISTRIBUTIONS = packages_distributions()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0]) for each in requirements}


def imports(tree: ast.AST) -> Iterator[str]:
    """The top names of what is imported at run time: what only types need is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]
        yield from imports(node)


def used(paths: list[Path]) -> set[str]:
    """The packages, as registries call them, that the files import."""
    names = {name for path in paths for name in imports(ast.parse(path.read_text()))}
    strangers = names - sys.stdlib_module_names - {"nudgekit"}
    return {normal(package) for name in strangers for package in DISTRIBUTIONS[name]}


FILES = sorted(ENGINE.rglob("*.py"))
TOOLS = [path for path in FILES if path.relative_to(ENGINE).parts[0] == "cli"]
SHIPPED = [path for path in FILES if path not in TOOLS]
EXTRAS = {name: declared(each) for name, each in PROJECT["optional-dependencies"].items()}


def test_the_engine_declares_what_it_imports() -> None:
    assert used(SHIPPED) - OF_THE_RUNTIME == declared(PROJECT["dependencies"])


def test_the_tools_import_what_is_declared_and_every_extra_is_for_something() -> None:
    tools = used(TOOLS) - {"botocore"}  # a part of boto3
    extras = set().union(*EXTRAS.values())
    assert tools - declared(PROJECT["dependencies"]) == extras


def test_the_layer_is_made_of_what_the_engine_declares() -> None:
    lines = Path("requirements/runtime.in").read_text().splitlines()
    assert declared([each for each in lines if each and not each.startswith("#")]) == declared(PROJECT["dependencies"])


def test_every_extra_and_dependency_is_pinned_for_the_tests() -> None:
    pins = declared(re.findall(r"^[^\s#]+==", Path("requirements/dev.txt").read_text(), re.MULTILINE))
    assert declared(PROJECT["dependencies"]) | set().union(*EXTRAS.values()) <= pins


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (PROJECT["requires-python"], ">={}"),
        (SETTINGS["tool"]["mypy"]["python_version"], "{}"),
        ("python" + SETTINGS["tool"]["ruff"]["target-version"].replace("py3", "3."), "python{}"),
        ("python{}.{}".format(*sys.version_info), "python{}"),
    ],
    ids=["package", "types", "style", "tests"],
)
def test_the_python_that_is_promised_is_the_one_that_is_tested(what: str, said: str) -> None:
    assert what == said.format(Path(".python-version").read_text().strip())

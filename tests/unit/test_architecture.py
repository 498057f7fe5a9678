"""The house: imports point down only, the pure rooms know no world, exceptions stand in one module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path("layers/engine/nudgekit")

LEVELS = {
    "errors": 0,
    "model": 1,
    "law": 2,
    "language": 3,
    "content": 4,
    "decide": 4,
    "book": 5,
    "runs": 6,
    "adapters": 7,
    "lambdas": 8,
    "cli": 8,
}
"""Rooms by floor: a room may use rooms below it, never one above or beside it."""

PURE = {"errors", "model", "law", "language", "content", "decide"}
WORLD = {"boto3", "botocore", "aws_lambda_powertools", "random", "secrets", "uuid", "socket", "os", "time", "requests"}
CLOCKS = {"now", "utcnow", "today"}


def _modules(rooms: set[str] | None = None) -> Iterator[tuple[str, Path]]:
    for path in sorted(ENGINE.rglob("*.py")):
        room = path.relative_to(ENGINE).parts[0].removesuffix(".py")
        if room != "__init__" and (rooms is None or room in rooms):
            yield room, path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import by full name"
            yield node.module or ""


def test_every_room_has_its_floor() -> None:
    assert {room for room, _ in _modules()} <= set(LEVELS)


@pytest.mark.parametrize(("room", "path"), list(_modules()), ids=str)
def test_imports_point_down_only(room: str, path: Path) -> None:
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "nudgekit" and len(parts) > 1:
            assert parts[1] == room or LEVELS[parts[1]] < LEVELS[room], f"{path} uses {name}"


@pytest.mark.parametrize(("room", "path"), list(_modules(PURE)), ids=str)
def test_pure_rooms_know_no_world_clock_or_chance(room: str, path: Path) -> None:
    assert not WORLD & {name.split(".")[0] for name in _imports(path)}
    for node in ast.walk(ast.parse(path.read_text())):
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        assert called not in CLOCKS, f"{path}:{node.lineno}: the moment is an argument"  # type: ignore[attr-defined]


def test_life_of_a_run_asks_no_clock() -> None:
    for _, path in _modules({"runs"}):
        assert not {"boto3", "random", "uuid", "time"} & {name.split(".")[0] for name in _imports(path)}
        assert ".now(" not in path.read_text(), path


LIQUIDS_OWN = {"NoAmountError"}
"""Liquid lets filters fail with its own kind of error alone."""


def test_exceptions_stand_in_one_module() -> None:
    for _, path in _modules():
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name not in LIQUIDS_OWN:
                bases = {ast.unparse(base) for base in node.bases}
                assert not any(base.endswith(("Error", "Exception")) for base in bases), f"{path}: {node.name}"

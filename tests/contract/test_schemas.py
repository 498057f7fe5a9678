"""The committed schemas say what the models say, and `--check` notices when they do not."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from nudgekit.cli.console import Problem
from nudgekit.cli.schemas import FOLDER, rendered, run

ROOT = Path(__file__).parents[2]


def test_committed_schemas_are_those_of_the_models() -> None:
    run(check=True, root=ROOT)


@pytest.mark.parametrize("name", sorted(rendered()))
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(rendered()[name]))


@pytest.mark.parametrize("spoil", ["change", "remove", "add"])
def test_a_difference_fails_and_says_what_to_do(tmp_path: Path, spoil: str) -> None:
    run(check=False, root=tmp_path)
    event = tmp_path / FOLDER / "event.json"
    if spoil == "change":
        event.write_text(event.read_text() + "\n")
    elif spoil == "remove":
        event.unlink()
    else:
        event.with_name("forgotten.json").write_text("{}")
    with pytest.raises(Problem, match="nudgekit schemas"):
        run(check=True, root=tmp_path)

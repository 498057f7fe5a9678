"""The command line names its commands and loads each only when it is asked for."""

import subprocess
import sys

import pytest

from nudgekit.cli import app
from nudgekit.errors import Problem


def _loaded(*arguments: str) -> set[str]:
    script = (
        "import sys; from nudgekit.cli.app import main; sys.argv[1:] = sys.argv[1:]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*(name for name in sys.modules if name.startswith(('nudgekit.', 'boto3'))))"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_one_command_does_not_load_another() -> None:
    loaded = _loaded("show", "--help")
    assert "nudgekit.cli.explain.show" in loaded
    assert not loaded & {"nudgekit.cli.demo", "nudgekit.cli.send", "boto3"}
    assert {"nudgekit.cli.send", "boto3"} <= _loaded("send", "--help")


def test_every_command_in_the_table_can_be_found() -> None:
    assert {"demo", "up", "down", "send"} <= set(app.LazyCommands().list_commands(None))


def test_a_problem_ends_with_its_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise Problem("the kettle is cold")

    monkeypatch.setattr(app, "app", fail)
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 1
    assert "the kettle is cold" in capsys.readouterr().err

"""Tools that several processes need at once are installed once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from nudgekit.cli.local import tools


def test_whoever_comes_second_waits_and_finds_the_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "sam.txt").write_text("aws-sam-cli\n")
    installed, together = list[Path](), Barrier(4)

    def install(home: Path, pins: Path) -> None:
        assert pins.is_file()
        installed.append(home)
        home.mkdir()

    def ensure(_: int) -> Path:
        together.wait(timeout=10)
        return tools.ensure(tmp_path, "sam")

    monkeypatch.setattr(tools, "_install", install)
    with ThreadPoolExecutor(4) as crowd:
        found = set(crowd.map(ensure, range(4)))
    assert found == {tmp_path / ".tools" / "sam"} == set(installed)
    assert len(installed) == 1

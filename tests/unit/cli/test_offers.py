"""The shell's way to the codes of offers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nudgekit.adapters.memory import MemoryStore
from nudgekit.cli import offers
from nudgekit.errors import Problem

ROOT = Path("tests/offer_rules")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """`nudgekit offers` on a project with two offers and a stack in memory; answers what it printed."""
    (tmp_path / "rules").symlink_to(ROOT.resolve())
    said: list[str] = []
    reached = SimpleNamespace(store=MemoryStore(), outputs={})
    monkeypatch.setattr(offers, "reach", lambda profile, stack: reached)
    monkeypatch.setattr(offers, "_key", lambda profile, reached: b"a key that nobody knows")
    monkeypatch.setattr(offers, "say", said.append)
    monkeypatch.setattr("nudgekit.cli.offers.out.print", lambda table: said.extend(_rows(table)))

    def run(act: str, file: str = "", name: str = "") -> str:
        said.clear()
        offers.run(act, tmp_path / file if file else None, name, tmp_path, None, "nudgekit")  # type: ignore[arg-type]
        return "\n".join(said)

    run.folder = tmp_path  # type: ignore[attr-defined]
    return run


def _rows(table: Any) -> list[str]:
    columns = [list(column.cells) for column in table.columns]
    return [" ".join(map(str, cells)) for cells in zip(*columns, strict=True)]


def test_a_pool_is_filled_and_shown(shell: Any) -> None:
    (shell.folder / "codes.txt").write_text("AAAA-1\nBBBB-2\nAAAA-1\n")
    assert shell("import", "codes.txt", "printed") == "printed: 2 codes imported, 1 were there already or came twice"
    assert shell("import", "codes.txt", "printed") == "printed: 0 codes imported, 3 were there already or came twice"
    assert shell("show").splitlines() == [
        "welcome 10 % generated 100 0 0 100 always",
        "printed 5 EUR pool the pool 0 0 2 2026-06-01 to 2026-06-30",
    ]


def test_the_codes_that_will_be_made_are_exported(shell: Any) -> None:
    assert shell("export", "codes.csv", "welcome").startswith("100 codes of welcome")
    head, *lines = (shell.folder / "codes.csv").read_text().splitlines()
    assert head == "code,offer,worth,valid_until"
    assert len(set(lines)) == 100
    assert lines[0].endswith(",welcome,10 %,")
    assert (shell.folder / "codes.csv").stat().st_mode & 0o077 == 0, "others can read it"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("import", "codes.txt", "welcome"), "are made, not imported"),
        (("export", "codes.csv", "printed"), "were imported"),
        (("import", "codes.txt", "printd"), "did you mean printed"),
        (("export", "", "welcome"), "Name a file"),
        (("show", "", "wellcome"), "did you mean welcome"),
        (("import", "missing.txt", "printed"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_remedy(shell: Any, given: tuple[str, str, str], words: str) -> None:
    with pytest.raises(Problem, match=words):
        shell(*given)

"""Where things stand in a project. Everything we make is below the project, and `down` removes what a stack made."""

from pathlib import Path

from nudgekit.errors import Problem


def project() -> Path:
    """Find the project: the nearest folder, upwards from here, that has a template.yaml and a requirements folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "template.yaml").is_file() and (folder / "requirements").is_dir():
            return folder
    raise Problem(
        f"No nudgekit project at or above {here}: there is no template.yaml beside a requirements folder. "
        "Run this inside the project."
    )


def tools(root: Path) -> Path:
    """Where isolated tool environments live; they outlast a stack."""
    return root / ".tools"


def work(root: Path) -> Path:
    """Where a running stack keeps its state, logs and temporary files."""
    return root / ".nudgekit"

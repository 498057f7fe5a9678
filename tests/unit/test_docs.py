"""The documents: links lead somewhere, and every reason is explained."""

import re
from pathlib import Path

import pytest

from nudgekit.model.reasons import Reason

PAGES = sorted([Path("README.md"), Path("CHANGELOG.md"), *Path("docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), f"{page} links to {target}, which does not exist"


def test_the_tests_that_guarantee_something_exist() -> None:
    page = Path("docs/guarantees.md").read_text()
    promises = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(promises) > 20
    for promise in promises:
        named = re.findall(r"`(tests/[\w/]+\.py)`", promise)
        assert named, f"nothing holds this: {promise}"
        assert [name for name in named if not Path(name).is_file()] == []


def test_decisions_are_numbered_without_gaps_or_repeats() -> None:
    numbers = [int(page.name[:4]) for page in sorted(Path("docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_reason_is_explained_with_its_sentence() -> None:
    page = Path("docs/reference/reasons.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", page, re.MULTILINE))
    assert told == {reason.value: reason.text for reason in Reason}

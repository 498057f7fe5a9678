"""The documents: links lead somewhere, and every reason is explained."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nudgekit.model.reasons import Reason

PAGES = sorted([Path("README.md"), Path("CHANGELOG.md"), *Path("docs").rglob("*.md")])
ANCHORED = re.compile(r"\]\((?!https?://)([^)#]*)#([^)]+)\)")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), f"{page} links to {target}, which does not exist"


def test_every_page_is_in_the_index() -> None:
    index = Path("docs/README.md")
    linked = {(index.parent / target).resolve() for target in LINK.findall(index.read_text())}
    pages = {page.resolve() for page in Path("docs").rglob("*.md") if page != index and page.parent.name != "triggers"}
    assert pages - linked == set()
    triggers = Path("docs/triggers/README.md")
    assert triggers.resolve() in linked
    written = {page.name for page in triggers.parent.glob("*.md") if page != triggers}
    assert written - set(LINK.findall(triggers.read_text())) == set()


def test_headings_that_links_name_exist() -> None:
    for page in PAGES:
        for target, anchor in ANCHORED.findall(page.read_text()):
            path = (page.parent / target) if target else page
            assert anchor in set(anchors(path)), f"{page} links to {target}#{anchor}, which does not exist"


def anchors(page: Path) -> Iterator[str]:
    """What its headings are called in links."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        yield re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


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

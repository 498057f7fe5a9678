"""Malformed and hostile files at the shell: each line becomes an event, or is named with what is wrong with it.

NUDGEKIT_FILES says how many files there are (make prove: 50,000).
"""

import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nudgekit.cli.formats import READERS, Malformed, opened, products, read
from nudgekit.cli.formats.parts import Entry
from nudgekit.cli.offers import read_codes
from nudgekit.errors import Problem
from tests.fuzz.hostile import MARKS, SPOILS, TEXTS, marked, spoiled_text
from tests.fuzz.test_doors import FIRST, NOW

FILES = int(os.environ.get("NUDGEKIT_FILES", "1500"))
LINES = 12
CALL = {
    "type": "track", "event": "Product Added", "messageId": "m1", "userId": "ada", "timestamp": NOW.isoformat(),
    "properties": {"cart_id": "c1", "name": "Brass lamp", "price": 49.0}, "context": {}, "receivedAt": NOW.isoformat(),
}  # fmt: skip
PLAIN = {
    "segment": marked(json.dumps(CALL)),
    "rees46": "2026-11-01 00:00:00 UTC,{word},1,2,lamp,fern,49.00,zebulonsecret-id,session",
    "retailrocket": "1793620800000,zebulonsecret-id,{word},lamp,7",
    "products": marked(json.dumps({"product_id": "lamp", "name": "Brass lamp", "price": 49.0, "stock": 3})),
    "codes": "CODE-1234-ABCD",
}
WORDS = ("view", "cart", "purchase", "addtocart", "transaction", "remove_from_cart")
CELLS = (
    "nan", "sNaN", "Infinity", "1e999", "-1", "9" * 400, "\u0661", "\u00b2", "", '"', "'", "=cmd|' /C calc'!A0", "\x00",
)  # fmt: skip


def hostile_line(rng: random.Random, form: str) -> str:
    """A line of this form: in order, or spoiled in its values, its shape or its letters."""
    text = PLAIN[form].format(word=rng.choice(WORDS)) if "{word}" in PLAIN[form] else PLAIN[form]
    chance = rng.random()
    if chance < 0.25:
        return text
    if chance < 0.6 and text.startswith("{"):
        return json.dumps(rng.choice(SPOILS)(rng, json.loads(text)), ensure_ascii=rng.random() < 0.5)
    if chance < 0.6:
        cells = text.split(",")
        cells[rng.randrange(len(cells))] = rng.choice((*CELLS, *TEXTS))
        return ",".join(cells)
    return rng.choice((spoiled_text(rng, text), rng.choice(TEXTS), rng.choice(CELLS), '"' + text))


def hostile_file(rng: random.Random, form: str) -> bytes:
    """A file of such lines; some are zipped, and of those some are cut off."""
    raw = "\n".join(hostile_line(rng, form) for _ in range(LINES)).encode(errors="surrogatepass")
    if rng.random() < 0.1:
        raw = raw.replace(b"zebulon", b"\xff\xfe", 1)
    if rng.random() < 0.2:
        raw = gzip.compress(raw)
        raw = raw[: rng.choice((None, None, -3, 12, 2))]
    return raw


def entries(form: str, path: Path) -> Iterator[Entry]:
    """What the command makes of the file."""
    if form == "codes":
        yield from ({"code": each} for each in read_codes(path))
    elif form == "products":
        with opened(path) as lines:
            yield from products.events(lines, NOW)
    else:
        yield from read(path, form)


@pytest.mark.parametrize("form", PLAIN)
def test_no_file_breaks_the_shell(form: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    became, path = Counter[str](), tmp_path / "file"
    for number in range(FIRST, FIRST + FILES):
        rng = random.Random(number)
        path.write_bytes(hostile_file(rng, form))
        try:
            for entry in entries(form, path):
                became[_judged(form, entry, f"seed {number}")] += 1
        except Problem:
            became["refused"] += 1
    assert became["event"] > FILES / 20
    assert became["refused"] > FILES / 100
    record_property("told", f"{FILES} hostile files of {form}: {dict(became.most_common())}")


def _judged(form: str, entry: Entry, where: str) -> str:
    if isinstance(entry, Malformed):
        assert entry.why, where
        assert entry.line > 0, where
        spoken = [mark for mark in MARKS if mark in entry.why.lower()]
        assert form == "products" or not spoken, f"{where}: {entry.why[:300]}"
        return "malformed"
    json.dumps(entry)
    return "event"


def test_every_reader_is_asked() -> None:
    assert set(READERS) < set(PLAIN)


def test_a_reader_that_quotes_a_line_would_be_caught() -> None:
    """The suite can fail."""
    quoted: Any = Malformed(1, "cannot read Zebulonsecret Quincemarmalade", "")
    with pytest.raises(AssertionError, match="Zebulonsecret"):
        _judged("segment", quoted, "planted")

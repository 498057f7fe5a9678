"""Files of products become events of the contract; what is wrong is said by line and remedy, and never by its value."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nudgekit.cli.catalogue import read_products
from nudgekit.errors import Problem
from nudgekit.model.catalogue import Product
from nudgekit.model.event import Event

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
HEAD = "product_id,name,price,currency,stock,variant,updated_at\n"


def described(file: Path, rejects: Path | None = None) -> dict[str, Product]:
    found: dict[str, Product] = {}
    for raw in read_products(file, rejects, NOW):
        event = Event.model_validate(raw)
        product = found.get(event.key("product_id"), Product(product_id=event.key("product_id")))
        found[product.product_id] = product.updated(event)
    return found


def written(folder: Path, text: str, name: str = "products.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_rows_of_a_table_become_products_and_their_sizes(tmp_path: Path) -> None:
    rows = 'lamp,"Lamp, brass",49.00,GBP,7,,\ncoat,,190.00,EUR,0,M,\n\ncoat,,195.00,EUR,2,L,2026-11-01T09:00:00+01:00\n'
    found = described(written(tmp_path, HEAD + rows))
    assert (found["lamp"].name, str(found["lamp"].price), found["lamp"].stock) == ("Lamp, brass", "49.00", 7)
    assert found["coat"].stock == 2
    assert str(found["coat"].variants["L"].price) == "195.00"
    assert found["coat"].variants["L"].written["stock"].at < found["coat"].variants["M"].written["stock"].at


def test_lines_of_json_are_read_as_well_and_gzipped_too(tmp_path: Path) -> None:
    lines = [
        {"product_id": 12, "name": "Lamp", "price": 49.1, "currency": "GBP", "brand": None},
        {"product_id": "coat", "variants": [{"variant": "M", "stock": 3, "price": "190"}], "status": "removed"},
    ]
    file = tmp_path / "products.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    found = described(file)
    assert str(found["12"].price) == "49.1"
    assert (found["coat"].status, found["coat"].stock) == ("removed", 3)


def test_the_same_row_is_the_same_event_and_another_is_not(tmp_path: Path) -> None:
    rows = "lamp,,49,GBP,,,2026-11-01T09:00:00Z\n" * 2 + "lamp,,48,GBP,,,2026-11-01T09:00:00Z\n"
    ids = [each["detail"]["message_id"] for each in read_products(written(tmp_path, HEAD + rows), None, NOW)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("lamp,,cheap,GBP,,,", "line 3: price: write an amount"),
        ("lamp,,-1,GBP,,,", "line 3: price: write an amount"),
        ("lamp,,1,pounds,,,", "line 3: currency: write three capital letters"),
        ("lamp,,1,GBP,some,,", "line 3: stock: write a whole number"),
        (",,1,GBP,,,", "line 3: product_id: name the product"),
        ("lamp,,1,GBP,,,yesterday", "line 3: has no time in updated_at"),
        ("lamp,,1,GBP,,,2026-11-01", "line 3: has no time in updated_at"),
        ("lamp,1", "line 3: has 2 columns where the headings have 7"),
    ],
)
def test_a_wrong_row_is_told_by_its_line_and_what_to_do(tmp_path: Path, row: str, said: str) -> None:
    file = written(tmp_path, f"{HEAD}lamp,,1,GBP,,,\n{row}\n")
    with pytest.raises(Problem) as caught:
        read_products(file, None, NOW)
    assert said in str(caught.value)
    assert "cheap" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: is not JSON"),
        ("[1]", "line 2: is no JSON object"),
        ('{"product_id": "lamp", "prize": 3}', "did you mean price"),
        ('{"product_id": "lamp", "variants": [{"stock": 3}]}', "line 2: variants: write at most 100"),
        ('{"product_id": "lamp", "price": NaN}', "line 2: price"),
        ('{"product_id": "lamp", "status": "asleep"}', "line 2: status: write active, sold or removed"),
    ],
)
def test_a_wrong_line_of_json_is_told_alike(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        read_products(written(tmp_path, f'{{"product_id": "lamp"}}\n{line}\n'), None, NOW)


@pytest.mark.parametrize("head", ["product_id,prise", "name,price", "product_id,price,price"])
def test_wrong_headings_are_told_before_any_row(tmp_path: Path, head: str) -> None:
    with pytest.raises(Problem, match="Line 1"):
        read_products(written(tmp_path, f"{head}\nlamp,1\n"), None, NOW)


def test_wrong_rows_can_be_set_aside(tmp_path: Path) -> None:
    rejects = tmp_path / "rejects"
    found = described(written(tmp_path, f"{HEAD}lamp,,1,GBP,,,\nrug,,cheap,GBP,,,\n"), rejects)
    assert set(found) == {"lamp"}
    assert rejects.read_text() == "rug,,cheap,GBP,,,\n"


@pytest.mark.parametrize("text", ["", HEAD])
def test_a_file_without_products_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(Problem):
        read_products(written(tmp_path, text), None, NOW)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Could not read"):
        read_products(tmp_path / "nowhere.csv", None, NOW)


def test_every_field_of_a_product_can_be_told(tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "product_id": "lamp", "name": "Lamp", "brand": "Fern", "category": "Lighting", "seller_id": "sue",
        "price": "49", "currency": "GBP", "url": "https://shop.example/lamp", "image_url": "https://shop.example/l.png",
        "stock": "3", "status": "active",
    }  # fmt: skip
    text = ",".join(given) + "\n" + ",".join(given.values()) + "\n"
    product = described(written(tmp_path, text))["lamp"]
    assert {name: str(getattr(product, name)) for name in given} == given

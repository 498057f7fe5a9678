"""What goes with what, counted: by people who agree, not by who makes the most noise."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nudgekit.adapters.memory import MemoryStore
from nudgekit.cli.app import app
from nudgekit.cli.covisits import BASKET, PAUSE, VISIT, Bounds, complements, similar, table
from nudgekit.cli.recommend import Written, put_rows
from nudgekit.model.recommendation import Scored, Similar
from nudgekit.runs.documents import Kind, Put, Ref

Row = tuple[str, int, str, str, bool]


def visit(person: str, *products: str, at: int = 0, gap: int = 60_000) -> Iterator[Row]:
    return ((person, at + place * gap, product, "", False) for place, product in enumerate(products))


def order(person: str, **bought: str) -> Iterator[Row]:
    return ((person, 0, product, category, True) for product, category in bought.items())


def with_(rows: dict[str, Similar], product: str) -> list[str]:
    return [each.product_id for each in rows.get(product, Similar()).products]


def test_what_is_looked_at_in_one_visit_goes_together_both_ways() -> None:
    found = similar(table([*visit("a", "mug", "jug"), *visit("b", "jug", "mug"), *visit("c", "lamp")]))
    assert (with_(found, "mug"), with_(found, "jug"), with_(found, "lamp")) == (["jug"], ["mug"], [])
    (both,) = found["mug"].products
    assert both.score == pytest.approx(2 / 2 * 2 / 7, abs=1e-5)  # the cosine is 1; two people are not many


def test_a_pause_ends_the_visit() -> None:
    apart = [row for each in "ab" for row in visit(each, "mug", "jug", gap=PAUSE + 1)]
    assert similar(table(apart)) == {}
    together = [row for each in "ab" for row in visit(each, "mug", "jug", gap=PAUSE)]
    assert with_(similar(table(together)), "mug") == ["jug"]


def test_one_person_alone_makes_no_pair_however_often_they_come() -> None:
    often = [row for day in range(50) for row in visit("a", "mug", "jug", at=day * 86_400_000)]
    assert similar(table(often)) == {}
    assert with_(similar(table(often), Bounds(people=1)), "mug") == ["jug"]


def test_what_everybody_looks_at_goes_with_nothing_in_particular() -> None:
    crowd = [row for number in range(100) for row in visit(f"x{number}", "gift-card")]
    agreed = [row for number in range(10) for row in visit(f"y{number}", "mug", "jug", "gift-card")]
    found = similar(table([*crowd, *agreed]))
    assert with_(found, "mug") == ["jug", "gift-card"]


def test_a_crawler_adds_at_most_a_bounded_number_of_pairs() -> None:
    crawled = list(visit("crawler", *(f"p{number:04}" for number in range(2000)), gap=1000))
    found = similar(table(crawled), Bounds(people=1, products=1000))
    pairs = sum(len(row.products) for row in found.values()) // 2
    assert pairs == VISIT * (VISIT - 1) // 2


def test_a_row_keeps_the_best_and_its_order_does_not_depend_on_the_order_of_events() -> None:
    rows = [
        row for number in range(40) for each in "ab" for row in visit(each, "mug", f"p{number:02}", at=number * 10**8)
    ]
    found, turned = similar(table(rows), Bounds(products=5)), similar(table(rows[::-1]), Bounds(products=5))
    assert found == turned
    assert with_(found, "mug") == ["p00", "p01", "p02", "p03", "p04"]


def test_buyers_of_one_category_buy_another_more_often_than_by_chance() -> None:
    pairs = [row for number in range(4) for row in order(f"a{number}", chair="Chairs", cushion="Textiles")]
    rug = list(order("a4", chair="Chairs", rug="Textiles"))
    others = [row for number in range(6) for row in order(f"b{number}", lamp="Lighting")]
    chance = [row for number in range(2) for row in order(f"c{number}", lamp="Lighting", chair="Chairs")]
    found = complements(table([*pairs, *rug, *others, *chance]))
    (textiles,) = found["Chairs"].categories  # lamps are bought by chair buyers less often than by others
    assert textiles.category == "Textiles"
    assert textiles.lift == pytest.approx(5 * 13 / (7 * 5), abs=1e-3)
    assert textiles.products == ("cushion", "rug")


def test_too_few_buyers_say_nothing() -> None:
    assert complements(table([*order("a", chair="Chairs", rug="Textiles"), *order("b", lamp="Lighting")])) == {}


def test_a_reseller_s_basket_is_bounded() -> None:
    bought = {f"p{number:03}": f"c{number:03}" for number in range(500)}
    found = complements(table([*order("reseller", **bought), *order("x", z="z")]), Bounds(people=1, categories=1000))
    assert len(found) == BASKET
    assert all(len(row.categories) == BASKET - 1 for row in found.values())


def test_rows_are_written_once_and_only_when_they_changed() -> None:
    store = MemoryStore()
    rows = {Ref(Kind.SIMILAR, f"p{number}"): Similar(products=(Scored("mug", 0.5),)) for number in range(250)}
    assert put_rows(store, rows) == Written(250, 0)
    assert put_rows(store, rows) == Written(0, 250)
    first = Ref(Kind.SIMILAR, "p0")
    assert put_rows(store, {**rows, first: Similar()}) == Written(1, 249)
    assert store.get(first).value == Similar()


def test_a_row_that_somebody_else_writes_meanwhile_is_written_all_the_same() -> None:
    class Contested(MemoryStore):
        def read(self, refs):  # type: ignore[no-untyped-def]
            found = super().read(refs)
            if not self.rows:
                self.commit([Put(Ref(Kind.SIMILAR, "p0"), Similar(at=1), 0)])
            return found

    store = Contested()
    assert put_rows(store, {Ref(Kind.SIMILAR, "p0"): Similar(at=2)}) == Written(1, 0)
    assert store.get(Ref(Kind.SIMILAR, "p0")).value == Similar(at=2)


REES46 = """event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
2019-10-01 10:00:00 UTC,view,1,9,electronics.smartphone,acme,100,1,s1
2019-10-01 10:01:00 UTC,view,2,9,electronics.smartphone,acme,120,1,s1
2019-10-01 10:00:00 UTC,view,1,9,electronics.smartphone,acme,100,2,s2
2019-10-01 10:01:00 UTC,view,2,9,electronics.smartphone,acme,120,2,s2
"""


def test_the_command_writes_rows_that_the_catalogue_can_read(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(REES46)
    called = ["recommend", "build", "--events", str(tmp_path / "events.csv"), "--format", "rees46"]
    done = CliRunner().invoke(app, [*called, "--out", str(tmp_path / "rows.jsonl")])
    assert done.exit_code == 0, done.output
    first, second = map(json.loads, (tmp_path / "rows.jsonl").read_text().splitlines())
    assert (first["kind"], first["of"], second["of"]) == ("similar", "1", "2")
    assert Similar.model_validate(first["row"]).products[0].product_id == "2"


@pytest.mark.parametrize(
    ("text", "arguments", "remedy"),
    [
        (REES46, [], "--out FILE"),
        (REES46[:96], ["--out", "rows"], "nobody looking"),
        ("", ["--format", "xml"], "--out"),
    ],
)
def test_the_command_says_what_is_missing(tmp_path: Path, text: str, arguments: list[str], remedy: str) -> None:
    (tmp_path / "events.csv").write_text(text)
    done = CliRunner().invoke(
        app, ["recommend", "build", "--events", str(tmp_path / "events.csv"), "--format", "rees46", *arguments]
    )
    assert done.exit_code
    assert remedy in str(done.exception)

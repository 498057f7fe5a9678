"""Shop data of three formats becomes events of the contract, and what cannot be read is said, never dropped."""

import gzip
from pathlib import Path

import pytest

from nudgekit.cli.formats import Malformed, read, rees46, retailrocket, segment
from nudgekit.cli.gather import gather
from nudgekit.errors import Problem
from nudgekit.model.event import Event

NINE = "2026-03-02T09:00:00Z"
HEAD = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
CART = "2019-10-01 00:10:00 UTC,cart,11,900,electronics.smartphone,samsung,174.76,u1,s1"
BOUGHT = "2019-10-01 00:12:00 UTC,purchase,11,900,electronics.smartphone,samsung,174.76,u1,s1"
BOUGHT_TOO = "2019-10-01 00:12:00 UTC,purchase,12,901,,,10.00,u1,s1"


def test_a_row_of_rees46_carries_its_cart_product_and_price() -> None:
    (added,) = rees46.events([HEAD, CART])
    assert isinstance(added, dict)
    event = Event.model_validate(added)
    assert event.name == "Product Added"
    assert event.person == "u1"
    assert event.key("cart_id") == "s1"
    assert event.at.isoformat() == "2019-10-01T00:10:00+00:00"
    (line,) = event.lines
    assert (line.product_id, str(line.price), line.brand) == ("11", "174.76", "samsung")
    assert line.category == "electronics.smartphone"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("view", "Product Viewed"), ("cart", "Product Added"), ("remove_from_cart", "Product Removed")],
)
def test_every_kind_of_rees46_row_has_its_name(kind: str, name: str) -> None:
    (event,) = rees46.events([CART.replace(",cart,", f",{kind},")])
    assert isinstance(event, dict)
    assert event["detail-type"] == name


def test_purchases_of_one_session_in_one_second_are_one_order() -> None:
    (order,) = rees46.events([BOUGHT, BOUGHT_TOO])
    assert isinstance(order, dict)
    properties = order["detail"]["properties"]
    assert order["detail-type"] == "Order Completed"
    assert [line["product_id"] for line in properties["products"]] == ["11", "12"]
    assert properties["total"] == properties["value"] == 184.76
    assert properties["cart_id"] == "s1"
    assert properties["order_id"]


def test_purchases_of_other_seconds_are_other_orders() -> None:
    later = BOUGHT_TOO.replace("00:12:00", "00:12:01")
    assert len(list(rees46.events([BOUGHT, later]))) == 2


def test_identical_rows_are_the_same_event_and_others_are_not() -> None:
    one, same, other = (
        event["detail"]["message_id"]
        for event in rees46.events([CART, CART, CART.replace("00:10:00", "00:10:01")])
        if isinstance(event, dict)
    )
    assert one == same != other


def test_retailrocket_orders_gather_their_lines() -> None:
    lines = [
        "timestamp,visitorid,event,itemid,transactionid",
        "1433221332117,257597,view,355908,",
        "1433221332118,257597,addtocart,355908,",
        "1433222531378,121688,transaction,15335,4000",
        "1433222531378,121688,transaction,380775,4000",
    ]
    viewed, added, order = (Event.model_validate(event) for event in retailrocket.events(lines))
    assert (viewed.name, added.name, order.name) == ("Product Viewed", "Product Added", "Order Completed")
    assert [line.product_id for line in order.lines] == ["15335", "380775"]
    assert all(line.price is None for line in order.lines)
    assert order.at.year == 2015


def test_segment_track_and_identify_calls() -> None:
    track = '{"type":"track","event":"Product Added","messageId":"1","userId":"u","timestamp":"2026-03-02T09:00:00Z"}'
    traits = '"traits":{"email":"x"}'
    identify = f'{{"type":"identify","messageId":"2","anonymousId":"a","timestamp":"{NINE}",{traits}}}'
    added, known = (Event.model_validate(event) for event in segment.events([track, "", identify]))
    assert (added.name, added.person) == ("Product Added", "u")
    assert (known.name, known.person) == ("Profile Updated", "anonymous:a")
    assert known.detail.properties.model_dump()["email"] == "x"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "neither a track nor an identify"),
        ('{"type":"page"}', "neither a track nor an identify"),
        ('{"type":"track","messageId":"1","userId":"u","timestamp":"2026-03-02T09:00:00Z"}', "without `event`"),
        ('{"type":"identify","userId":"u","timestamp":"2026-03-02T09:00:00Z"}', "no `messageId`"),
        ('{"type":"identify","messageId":"1","timestamp":"2026-03-02T09:00:00Z"}', "neither `userId`"),
        ('{"type":"identify","messageId":"1","userId":"u","timestamp":"2026-03-02T09:00:00"}', "no `timestamp`"),
        ('{"type":"identify","messageId":"1","userId":"u"}', "no `timestamp`"),
    ],
)
def test_a_segment_line_that_cannot_be_read_says_why(line: str, why: str) -> None:
    (entry,) = segment.events([line])
    assert isinstance(entry, Malformed)
    assert entry.line == 1
    assert why in entry.why


@pytest.mark.parametrize(
    "line",
    ["a,b", CART.replace("2019-10-01", "yesterday"), CART.replace("174.76", "cheap"), CART.replace(",cart,", ",wish,")],
)
def test_a_rees46_line_that_cannot_be_read_is_named(line: str) -> None:
    entries = list(rees46.events([HEAD, line, CART]))
    assert isinstance(entries[0], Malformed)
    assert entries[0].line == 2
    assert isinstance(entries[1], dict)


@pytest.mark.parametrize("line", ["x,1,view,2,", "1,1,buy,2,", "1,1,transaction,2,", "1,1"])
def test_a_retailrocket_line_that_cannot_be_read_is_named(line: str) -> None:
    (entry,) = retailrocket.events([line])
    assert isinstance(entry, Malformed)


def test_zipped_files_read_like_plain_ones(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(f"{HEAD}\n{CART}\n")
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read(plain, "rees46")) == list(read(zipped, "rees46"))


def test_a_bad_line_stops_the_reading_unless_it_may_be_set_aside(tmp_path: Path) -> None:
    file, rejects = tmp_path / "a.csv", tmp_path / "rejects.csv"
    file.write_text(f"{HEAD}\nbroken\n{CART}\n")
    with pytest.raises(Problem, match=r"a\.csv, line 2: .*--rejects"):
        gather(file, "rees46", None)
    events, bad = gather(file, "rees46", rejects)
    assert (len(events), bad) == (1, 1)
    assert rejects.read_text() == "broken\n"


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="segment, rees46, retailrocket"):
        list(read(tmp_path / "a", "excel"))


def test_a_file_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Could not read"):
        list(read(tmp_path / "none.jsonl", "segment"))


def test_a_file_without_events_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text(f"{HEAD}\n")
    with pytest.raises(Problem, match="has no event"):
        gather(tmp_path / "empty.csv", "rees46", None)

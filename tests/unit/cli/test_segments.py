"""`nudgekit segments` folds a file and tells who belongs where, and why."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from nudgekit.cli.app import app
from nudgekit.cli.segments import folded, spread
from tests.builders import NOON

SEGMENTS = """
from nudgekit import Segment, event, user

repeat = Segment(user.orders >= 2, "ordered twice")
plant_people = Segment(user.trait("follows").contains("plants"), "follow plants")
"""


def call(person: str, name: str, days_ago: float, **properties: Any) -> dict[str, Any]:
    at = (NOON - timedelta(days=days_ago)).isoformat()
    known = {"messageId": f"{person}-{name}-{days_ago}", "userId": person, "timestamp": at}
    if name == "identify":
        return {"type": "identify", "traits": properties, **known}
    return {"type": "track", "event": name, "properties": properties, **known}


def test_it_shows_size_share_and_members_with_the_reasons(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "segments.py").write_text(SEGMENTS)
    calls = [
        *(call("ada", "Order Completed", ago, order_id=f"o-{ago}", total=20) for ago in (9, 2)),
        call("bob", "Order Completed", 1, order_id="o-3"),
        call("bob", "identify", 1, follows=["plants"]),
        call("cyd", "Product Viewed", 1, product_id="mug", category="kitchen"),
        call("dan", "Chat Started", 1, product_id="mug", category="kitchen"),
    ]
    (tmp_path / "events.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in calls))
    given = ["segments", "--events", str(tmp_path / "events.jsonl"), "--root", str(tmp_path), "--currency", "EUR"]
    result = CliRunner().invoke(app, given)
    lines = [" ".join(line.replace("│", " ").split()) for line in result.output.splitlines()]
    assert result.exit_code == 0, result.output
    assert "4 people" in lines
    assert "repeat ordered twice 1 25.0%" in lines
    assert "plant_people follow plants 1 25.0%" in lines
    assert "kitchen 1" in lines
    assert lines[lines.index("repeat: ada") + 1] == "yes user.orders >= 2 is 2"
    assert lines[lines.index("plant_people: bob") + 1] == 'yes user.trait("follows").contains("plants") is yes'
    assert "repeat: bob" not in lines


def test_a_book_without_segments_is_told_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    result = CliRunner().invoke(app, ["segments", "--events", "nothing.jsonl", "--root", str(tmp_path)])
    assert "Write one, as in regulars = Segment(...)" in str(result.exception)


def test_what_happened_after_the_moment_asked_about_is_left_out() -> None:
    raw = [
        {"source": "shop", "detail-type": "Order Completed", "detail": {
            "message_id": str(day), "user_id": "ada", "timestamp": datetime(2026, 6, day, tzinfo=UTC).isoformat(),
            "properties": {"order_id": str(day)}}}
        for day in (1, 5, 9)
    ]  # fmt: skip
    (ada,) = folded(raw, datetime(2026, 6, 5, tzinfo=UTC), "EUR")
    assert ada.scope.facts.order_count(NOON) == 2


def test_members_are_taken_from_the_whole_list() -> None:
    assert spread(range(10), 2) == [0, 5]
    assert spread(range(2), 5) == [0, 1]
    assert spread([], 3) == []

"""A rule folder tells all its mistakes together, with file, line and remedy, and keeps its released versions."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nudgekit import Book, load_book
from nudgekit.errors import MistakesError, RuleError
from nudgekit.language import is_recorded, record_version

RULE = """from nudgekit import Trigger, cart, days, event, hours, minutes, rung, user

trigger = Trigger(
    id="reminder",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Added"),
    unless=event("Order Completed"),
    within=minutes(30),
    per="cart_id",
    audience=cart.value >= 20,
    ladder=(
        rung("push", wait=hours(2)),
        rung("email"),
    ),
    expires_after=days(3),
)
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    write(tmp_path, RULE)
    return tmp_path


def write(rules: Path, rule: str, channels: tuple[str, ...] = ("push", "email")) -> Path:
    folder = rules / "reminder"
    (folder / "messages").mkdir(parents=True, exist_ok=True)
    (folder / "rule.py").write_text(rule)
    for channel in channels:
        (folder / "messages" / f"{channel}.liquid").write_text("")
    return folder


def mistakes(rules: Path) -> list[tuple[int, str]]:
    """The line and text of every mistake."""
    with pytest.raises(RuleError) as raised:
        load_book(rules).trigger("reminder")
    error = raised.value
    each = error.mistakes if isinstance(error, MistakesError) else (error,)
    assert all(one.where.startswith(str(rules)) and one.remedy for one in each)
    return [(int(one.where.rpartition(":")[2]) if one.where[-1].isdigit() else 0, one.what) for one in each]


def test_a_good_folder_loads(rules: Path) -> None:
    book = load_book(rules)
    assert [each.id for each in book.triggers] == ["reminder"]
    assert book.trigger("reminder") is book.triggers[0]


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("cart.value >= 20", "cart.vlaue >= 20", (12, "cart.vlaue is not a field")),
        ("cart.value >= 20", "user.segment.contains('x')", (12, "user.segment is not a field")),
        ("cart.value >= 20", "(cart.value >= 20) and (cart.size > 1)", (12, "a condition has no truth of its own")),
        ("cart.value >= 20", "True", (12, "the audience is not a condition")),
        ('event("Product Added")', 'event("")', (8, "event('') names no event")),
        ('rung("push", wait=hours(2))', 'rung("pigeon", wait=hours(2))', (14, "'pigeon' is not a channel")),
        ('rung("push", wait=hours(2))', 'rung("push")', (14, 'the rung "push" has no wait')),
        ('rung("email"),', 'rung("push"),', (15, '"push" stands in the ladder twice')),
        ('rung("email"),', 'rung("email", wait=hours(1)),', (15, 'the last rung "email" waits for nothing')),
        ("days(3)", "hours(2)", (17, "the last rung comes minutes(150) after the start, when the run has expired")),
        ('"promotional"', '"fun"', (7, "'fun' is not a purpose")),
        ('"cart_id"', '"basket_id"', (11, "'basket_id' is not a key")),
        ('id="reminder"', 'id="remind"', (4, 'the folder is called "reminder", the trigger "remind"')),
        ("    expires_after=days(3),\n", "", (3, "expires_after= is missing")),
        ("    within=minutes(30),\n", "", (3, "within= is missing")),
        ("    per=", "    every=days(7),\n    per=", (11, "every=datetime.timedelta(days=7) is not known")),
        ("trigger = ", "rule = ", (0, "the file declares no trigger")),
        ("minutes(30)", "minutes(30", (3, "Python cannot read it: '(' was never closed")),
        ("import Trigger", "import Trigger, sundays", (1, "it fails with ImportError: cannot import name 'sundays'")),
    ],
)
def test_a_mistake_is_told_with_its_line(rules: Path, right: str, wrong: str, expected: tuple[int, str]) -> None:
    assert right in RULE
    write(rules, RULE.replace(right, wrong, 1))
    line, what = expected
    found = mistakes(rules)
    assert any(each[0] == line and each[1].startswith(what) for each in found), found


def test_several_mistakes_are_told_together(rules: Path) -> None:
    wrong = (
        RULE.replace("cart.value", "cart.vlaue").replace('"promotional"', '"fun"').replace("minutes(30)", "minutes(0)")
    )
    write(rules, wrong.replace("    per=", "    every=days(7),\n    per="), ("push", "email", "sms"))
    assert sorted(mistakes(rules)) == [
        (0, "no rung sends this message"),
        (7, "'fun' is not a purpose"),
        (10, "minutes(0) is not a length of time"),
        (11, "every=datetime.timedelta(days=7) is not known"),
        (13, "cart.vlaue is not a field"),
    ]


def test_a_rung_needs_its_message(rules: Path) -> None:
    (rules / "reminder" / "messages" / "email.liquid").unlink()
    assert mistakes(rules) == [(13, 'the rung "email" has no message')]


def test_mistakes_of_several_rules_are_told_together(rules: Path) -> None:
    for name in ("first", "second"):
        (rules / name).mkdir()
        (rules / name / "rule.py").write_text("trigger = 5\n")
    with pytest.raises(MistakesError) as raised:
        _ = load_book(rules).triggers
    assert len(raised.value.mistakes) == 2


def test_loading_one_trigger_runs_no_other(rules: Path) -> None:
    (rules / "broken").mkdir()
    (rules / "broken" / "rule.py").write_text("raise SystemExit\n")
    assert load_book(rules).trigger("reminder").id == "reminder"


def test_an_unknown_trigger_or_folder_is_named(rules: Path) -> None:
    with pytest.raises(RuleError, match="did you mean reminder"):
        load_book(rules).trigger("reminders")
    with pytest.raises(RuleError, match="no such folder"):
        load_book(rules / "nowhere")


class TestVersions:
    def test_a_change_needs_a_new_version(self, rules: Path) -> None:
        assert record_version(rules / "reminder", load_book(rules).trigger("reminder"))
        write(rules, RULE.replace("minutes(30)", "minutes(45)"))
        assert mistakes(rules) == [(5, "the rule has changed since version 1 was released")]
        write(rules, RULE.replace("minutes(30)", "minutes(45)").replace("version=1", "version=2"))
        assert load_book(rules).trigger("reminder").version == 2

    def test_a_version_does_not_go_back(self, rules: Path) -> None:
        folder = write(rules, RULE.replace("version=1", "version=3"))
        record_version(folder, load_book(rules).trigger("reminder"))
        write(rules, RULE.replace("version=1", "version=2"))
        assert mistakes(rules) == [(5, "version 2 is older than the released 3")]

    def test_runs_in_flight_find_the_version_that_armed_them(self, rules: Path) -> None:
        before = load_book(rules).trigger("reminder")
        record_version(rules / "reminder", before)
        write(rules, RULE.replace("minutes(30)", "minutes(45)").replace("version=1", "version=2"))
        book = load_book(rules)
        assert book.trigger("reminder", 1) == before
        assert book.trigger("reminder", 1).digest == before.digest
        assert book.trigger("reminder", 2) is book.trigger("reminder")
        with pytest.raises(RuleError, match="version 7 was never released"):
            book.trigger("reminder", 7)

    def test_recording_twice_changes_nothing(self, rules: Path) -> None:
        trigger = load_book(rules).trigger("reminder")
        assert not is_recorded(rules / "reminder", trigger)
        assert record_version(rules / "reminder", trigger)
        assert is_recorded(rules / "reminder", trigger)
        assert not record_version(rules / "reminder", replace(trigger, owner="somebody"))

    def test_an_edited_record_is_found_out(self, rules: Path) -> None:
        record_version(rules / "reminder", load_book(rules).trigger("reminder"))
        path = rules / "reminder" / "versions" / "1.json"
        record = json.loads(path.read_text())
        assert "generated" in record["note"]
        record["trigger"]["within"] = 60
        path.write_text(json.dumps(record))
        write(rules, RULE.replace("version=1", "version=2"))
        with pytest.raises(RuleError, match="was edited"):
            Book(rules).trigger("reminder", 1)


def test_the_rules_of_this_shop_have_no_mistakes() -> None:
    assert {"cart_abandonment"} <= {each.id for each in load_book(Path("rules")).triggers}


def test_a_rule_leaves_nothing_behind_in_the_interpreter(rules: Path) -> None:
    load_book(rules).trigger("reminder")
    assert not [name for name in sys.modules if name.startswith("rules.reminder")]


def policy_with(topics: str) -> str:
    shop = 'Shop("Fern", "https://shop.example", "1 Market Row", "help@shop.example")'
    lines = ("from datetime import date", "from nudgekit import Policy, Shop, Topic")
    given = f'valid_from=date(2026, 1, 1), shop={shop}, default_timezone="UTC", currency="EUR", topics={topics}'
    return "\n".join((*lines, f"policy = Policy({given})"))


@pytest.mark.parametrize(
    ("topics", "remedy"),
    [('(Topic("news", "News"),)', "did you mean news, or declare it in"), ("()", "declare it in")],
)
def test_a_topic_that_the_policy_does_not_name_is_a_mistake(rules: Path, topics: str, remedy: str) -> None:
    write(rules, RULE.replace('purpose="promotional",', 'purpose="promotional",\n    topic="nwes",'))
    (rules / "policy.py").write_text(policy_with(topics))
    with pytest.raises(RuleError, match="the policy names no topic 'nwes'") as raised:
        load_book(rules).trigger("reminder")
    assert raised.value.where == f"{rules / 'reminder' / 'rule.py'}:8"
    assert raised.value.remedy.startswith(remedy)
    assert "topics=(Topic('nwes', \"...\"),)" in raised.value.remedy


def test_a_topic_that_the_policy_names_is_none(rules: Path) -> None:
    write(rules, RULE.replace('purpose="promotional",', 'purpose="promotional",\n    topic="news",'))
    (rules / "policy.py").write_text(policy_with('(Topic("news", "News"),)'))
    assert load_book(rules).trigger("reminder").topic == "news"

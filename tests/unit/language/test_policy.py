"""The shop's numbers are checked where they are written."""

from datetime import UTC, date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import Cap, Override, QuietHours, Shop, Topic, days
from nudgekit.errors import MistakesError, RuleError
from nudgekit.language import load_policy
from tests.builders import make_policy

SHOP = make_policy().shop


def override(**changes: Any) -> Override:
    given = {"row": "us-fl-sms", "reason": "an opinion", "approved_by": "legal", "on": date(2026, 1, 1)}
    return Override(**{**given, **changes})


def test_an_unknown_row_of_the_law_is_told_with_the_nearest() -> None:
    with pytest.raises(RuleError, match="did you mean us-fl-sms"):
        override(row="us-fl-smss")


def test_it_knows_which_rows_of_the_law_are_set_aside() -> None:
    policy = make_policy(overrides=(override(), override(row="in-sms-dlt")))
    assert policy.overridden == {"us-fl-sms", "in-sms-dlt"}
    assert str(policy.override("us-fl-sms")) == "us-fl-sms: an opinion (approved by legal on 2026-01-01)"
    assert make_policy().overridden == frozenset()


def test_it_knows_what_holds_for_a_channel() -> None:
    night = QuietHours("push", time(21), time(8))
    every, texts = Cap("promotional", 3, days(1)), Cap("promotional", 1, days(7), channels=("sms",))
    policy = make_policy(quiet_hours=(night,), caps=(every, texts))
    assert policy.quiet_window("push") == night
    assert policy.quiet_window("email") is None
    assert policy.caps_on("promotional", "sms", "t") == (every, texts)
    assert policy.caps_on("promotional", "email", "t") == (every,)
    assert policy.caps_on("transactional", "sms", "t") == ()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: QuietHours("mail", time(21), time(8)), "is not a channel"),
        (lambda: QuietHours("push", time(8), time(8)), "have no length"),
        (lambda: QuietHours("push", time(21, tzinfo=UTC), time(8)), "name a zone or parts of a second"),
        (lambda: QuietHours("push", time(21, 0, 0, 1), time(8)), "name a zone or parts of a second"),
        (lambda: Cap("fun", 3, days(1)), "is not a purpose"),  # type: ignore[arg-type]
        (lambda: Cap("promotional", 0, days(1)), "is not a limit"),
        (lambda: Cap("promotional", 3, days(31)), "has no window"),
        (lambda: Cap("promotional", 3, timedelta()), "has no window"),
        (lambda: Cap("promotional", 3, days(1), channels=("mail",)), "is not a channel"),
        (lambda: Shop("", "https://shop.example", "1 Street", "https://shop.example/u"), "has no name"),
        (lambda: Shop("Shop", "http://shop.example", "1 Street", "https://shop.example/u"), "not a web address"),
        (lambda: Shop("Shop", "https://shop.example", "", "https://shop.example/u"), "has no postal_address"),
        (lambda: override(row="us-fl-text"), "the law has no row 'us-fl-text'"),
        (lambda: override(reason=" "), "has no reason"),
        (lambda: override(approved_by=""), "has no approved_by"),
        (lambda: override(on="yesterday"), "has no date"),
        (lambda: make_policy(overrides=2 * (override(),)), "overridden twice"),
        (lambda: make_policy(valid_from="today"), "is not a date"),
        (lambda: make_policy(default_timezone="Berlin"), "is not a time zone"),
        (lambda: make_policy(currency="euro"), "is not a currency"),
        (lambda: make_policy(leave_out="staff"), "leave_out is not a condition"),
        (lambda: make_policy(shop="Shop"), "not a Shop"),
        (lambda: make_policy(overrides=((override(),),)), "not a tuple of Override"),
        (lambda: make_policy(overrides=override()), "not a tuple of Override"),
        (lambda: make_policy(caps=[Cap("promotional", 3, days(1))]), "not a tuple of Cap"),
        (lambda: make_policy(quiet_hours=("push",)), "not a tuple of QuietHours"),
        (lambda: make_policy(safety=(100,)), "not a tuple of SafetyLimit"),
        (lambda: make_policy(holdouts=(0.05,)), "not a tuple of Holdout"),
        (lambda: make_policy(topics=("offers",)), "not a tuple of Topic"),
        (lambda: make_policy(topics=tuple(Topic(str(each), "x") for each in range(41))), "there are 41 topics"),
        (lambda: Topic("a|b", "x"), "is not a topic"),
        (lambda: Topic("größen", "x"), "is not a topic"),
        (lambda: Topic("x" * 65, "x"), "is not a topic"),
        (lambda: make_policy(quiet_hours=2 * (QuietHours("push", time(21), time(8)),)), "twice"),
    ],
)
def test_a_mistake_is_named(make: Any, what: str) -> None:
    with pytest.raises(RuleError) as raised:
        make()
    assert what in raised.value.what
    assert raised.value.remedy


def test_all_mistakes_of_a_file_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "policy.py"
    path.write_text(
        "from datetime import date\n"
        "from nudgekit import Cap, Policy, Shop, days\n"
        "policy = Policy(\n"
        "    valid_from=date(2026, 1, 1),\n"
        "    shop=Shop('S', 'https://s.example', '1 Street', 'https://s.example/u'),\n"
        "    default_timezone='Nowhere',\n"
        "    currency='EUR',\n"
        "    caps=(\n"
        "        Cap('promotional', limit=0, per=days(1)),\n"
        "    ),\n"
        "    nights=(),\n"
        ")\n"
    )
    with pytest.raises(MistakesError) as raised:
        load_policy(path)
    assert [(each.what, each.where) for each in raised.value.mistakes] == [
        ("nights= is not known", f"{path}:11"),
        ("0 is not a limit", f"{path}:9"),
        ("'Nowhere' is not a time zone", f"{path}:6"),
    ]


def test_whom_it_leaves_out_may_be_a_segment_of_the_shop(tmp_path: Path) -> None:
    (tmp_path / "segments.py").write_text(
        "from nudgekit import Segment, user\nstaff = Segment(user.segments.contains('staff'), 'work for us')\n"
    )
    (tmp_path / "policy.py").write_text(
        "from datetime import date\n"
        "from nudgekit import Policy, Shop, segment\n"
        "policy = Policy(\n"
        "    valid_from=date(2026, 1, 1),\n"
        "    shop=Shop('S', 'https://s.example', '1 Street', 'https://s.example/u'),\n"
        "    default_timezone='Europe/London',\n"
        "    currency='EUR',\n"
        "    leave_out=segment('staff'),\n"
        ")\n"
    )
    policy = load_policy(tmp_path / "policy.py")
    assert str(policy.left_out("promotional")) == "leave_out"
    assert str(policy.leave_out) == 'segment("staff")'
    assert policy.left_out("transactional") is None


def test_the_shops_own_policy_loads() -> None:
    assert load_policy(Path("rules/policy.py")).valid_from >= date(2026, 1, 1)

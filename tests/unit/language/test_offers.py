"""Offers tell their mistakes with file, line and remedy; what a rule keeps of one is pinned, the rest is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from nudgekit import Trigger, load_book
from nudgekit.errors import MistakesError, RuleError
from nudgekit.language import Terms, record_version

OFFERS = """from nudgekit import Offer, days, event, user
from datetime import date

NOBODY_YET = ~event("Order Completed").happened(days(90))

welcome = Offer(
    percent=10,
    to=NOBODY_YET,
    expires_after=days(7),
    codes="generated",
    budget=1000,
)
"""
RULE = """from nudgekit import Trigger, days, event, minutes, rung

trigger = Trigger(
    id="visit",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed"),
    within=minutes(30),
    per="person",
    ladder=(rung("push"),),
    expires_after=days(3),
    offer="welcome",
)
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "visit" / "messages").mkdir(parents=True)
    (tmp_path / "visit" / "messages" / "push.liquid").write_text("")
    (tmp_path / "visit" / "rule.py").write_text(RULE)
    (tmp_path / "offers.py").write_text(OFFERS)
    return tmp_path


def trigger(rules: Path) -> Trigger:
    return load_book(rules).trigger("visit")


def mistakes(rules: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(RuleError) as raised:
        trigger(rules)
    error = raised.value
    each = error.mistakes if isinstance(error, MistakesError) else (error,)
    places = [one.where.rpartition(":") for one in each]
    assert all(one.remedy for one in each)
    return [(Path(path).name, int(line), one.what) for (path, _, line), one in zip(places, each, strict=True)]


def test_a_rule_keeps_what_its_offer_promises_and_to_whom(rules: Path) -> None:
    terms = trigger(rules).offer
    assert isinstance(terms, Terms)
    assert (terms.id, terms.percent, terms.expires_after, str(terms)) == ("welcome", 10, timedelta(days=7), "10 %")
    assert Trigger.from_json(trigger(rules).to_json()) == trigger(rules)


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("percent=10", "percent=0", (7, "0 is not a percentage")),
        ("percent=10", "percent=10, amount=5", (7, "it is worth nothing, or two things")),
        ("percent=10", "expires=1", (7, "expires= is not known")),
        ("percent=10", 'amount="5.00"', (6, "None is not a currency")),
        ("percent=10", 'amount="-5", currency="EUR"', (7, "'-5' is not an amount")),
        ("to=NOBODY_YET", "to=True", (8, "nobody is named who may get it")),
        ("to=NOBODY_YET", "to=user.contry == 'AT'", (8, "user.contry is not a field")),
        ("expires_after=days(7)", "expires_after=7", (9, "expires_after=7 is not a length of time")),
        ('codes="generated"', 'codes="made"', (10, "codes='made' is not known")),
        ("budget=1000", "budget=-1", (11, "-1 is not a number of people")),
        ("budget=1000", "budget=None", (11, "nothing ends it: codes are made without limit")),
        ("budget=1000", "budget=1, valid_until='soon'", (11, "valid_until is not a date")),
        (
            "budget=1000",
            "budget=1, valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1)",
            (11, "it ends before it begins"),
        ),
        ("    budget=1000,\n", "", (6, "nothing ends it: codes are made without limit")),
        ("    expires_after=days(7),\n", "", (6, "expires_after= is missing")),
    ],
)
def test_a_mistake_in_an_offer_is_told_where_it_stands(
    rules: Path, right: str, wrong: str, expected: tuple[int, str]
) -> None:
    assert right in OFFERS
    (rules / "offers.py").write_text(OFFERS.replace(right, wrong))
    assert ("offers.py", *expected) in mistakes(rules)


def test_an_offer_that_there_is_not_is_told_with_the_nearest_name(rules: Path) -> None:
    (rules / "visit" / "rule.py").write_text(RULE.replace('"welcome"', '"welcom"'))
    with pytest.raises(RuleError) as raised:
        trigger(rules)
    assert (raised.value.what, raised.value.remedy) == ('there is no offer "welcom"', "did you mean welcome")
    assert raised.value.where.endswith("rule.py:13")


def test_a_shop_without_offers_says_where_to_declare_one(rules: Path) -> None:
    (rules / "offers.py").unlink()
    with pytest.raises(RuleError, match="there is no offer"):
        trigger(rules)
    assert load_book(rules).offers == {}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("percent=10", "percent=20"), ("days(7)", "days(8)"), ("to=NOBODY_YET", "to=NOBODY_YET | (user.orders == 0)")],
)
def test_a_promise_that_changed_asks_for_a_new_version_of_the_rule(rules: Path, right: str, wrong: str) -> None:
    record_version(rules / "visit", trigger(rules))
    (rules / "offers.py").write_text(OFFERS.replace(right, wrong))
    with pytest.raises(RuleError, match="the rule has changed since version 1 was released"):
        trigger(rules)


def test_a_budget_that_changed_does_not(rules: Path) -> None:
    record_version(rules / "visit", trigger(rules))
    (rules / "offers.py").write_text(OFFERS.replace("budget=1000", "budget=50, valid_until=date(2026, 12, 31)"))
    book = load_book(rules)
    assert book.trigger("visit").version == 1
    assert book.offers["welcome"].budget == 50


def test_a_run_keeps_the_promise_of_the_version_that_armed_it(rules: Path) -> None:
    record_version(rules / "visit", trigger(rules))
    (rules / "offers.py").write_text(OFFERS.replace("percent=10", "percent=20"))
    (rules / "visit" / "rule.py").write_text(RULE.replace("version=1", "version=2"))
    book = load_book(rules)
    promised = [book.trigger("visit", number).offer for number in (1, 2)]
    assert [each.percent for each in promised if isinstance(each, Terms)] == [10, 20]

"""docs/security.md says what is so: tests, policies, periods and doors are those of the code and the template."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nudgekit.lambdas.envelopes import DEEPEST, MOST_RECORDS
from nudgekit.model.event import CLOCK_SKEW, MAX_BYTES, OLDEST
from nudgekit.runs.places import LEDGER_KEPT
from nudgekit.runs.step import KEPT
from tests.template import checks, security

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
POLICIES: list[dict[str, Any]] = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)]
TEMPLATE = checks.with_key(checks.load(ROOT / "template.yaml"), True)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_the_tests_it_names_exist(path: str) -> None:
    assert (ROOT / path).is_file()


def test_every_row_of_threats_and_doors_names_a_test() -> None:
    rows = [line for part in ("Doors", "Threats") for line in section(part).splitlines() if line.startswith("| ")]
    held = [row for row in rows if "tests/" in row]
    assert len(rows) - len(held) == 2, "the heads of the two tables"


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_keys_policy_lets_in_every_service_that_uses_it() -> None:
    _, key = POLICIES
    admitted = {
        service for each in key["Statement"] for service in checks.as_list(each["Principal"].get("Service", []))
    }
    needed = {
        statement["Principal"]["Service"]
        for _, statement in security.allowing(TEMPLATE)
        if "Service" in statement.get("Principal", {})
    }
    assert needed <= admitted
    assert admitted - needed == {"logs.<region>.amazonaws.com"}


def test_every_service_is_tied_to_the_account() -> None:
    _, key = POLICIES
    assert all("Condition" in each for each in key["Statement"] if "Service" in each["Principal"])


def test_limits_and_periods_are_the_codes() -> None:
    assert f"{MAX_BYTES // 1024} KB a record, {DEEPEST} levels" in PAGE
    assert f"{MOST_RECORDS:,} records" in PAGE
    assert f"no more than {CLOCK_SKEW.seconds // 60} minutes ahead, {OLDEST.days} days old" in PAGE
    assert section("Personal data, and how long it stays").count(f"| {KEPT.days} days after") == 3
    assert f"| {LEDGER_KEPT.days} days after the last message" in PAGE
    assert f"`LogRetentionDays`, {TEMPLATE['Parameters']['LogRetentionDays']['Default']}" in PAGE
    assert f"| {checks.DEAD_LETTER_RETENTION // 86_400} days |" in PAGE


def test_every_door_without_an_authorizer_is_told() -> None:
    doors = section("Doors")
    assert [each for each in security.TOKEN_DOORS if each.split(" ")[1].split("/")[1] not in doors] == []


def test_secrets_are_told() -> None:
    assert [name for name in checks.of_type(TEMPLATE, "AWS::SecretsManager::Secret") if f"`{name}`" not in PAGE] == []


def test_wildcards_are_counted() -> None:
    words = {3: "three", 4: "four", 5: "five", 6: "six"}
    assert f"refused, but for {words[len(security.WILDCARDS)]} with a stated reason" in PAGE

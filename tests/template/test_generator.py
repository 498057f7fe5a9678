"""`nudgekit template` writes the triggers' blocks: text in, text out, and says what disagrees."""

import shutil
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from nudgekit import daily, event, everyone, similar
from nudgekit.cli import template as command
from nudgekit.cli.template import OUTPUTS, RESOURCES, camel, folder_findings, render
from nudgekit.language.cohorts import Among, Every
from tests.builders import TRIGGER
from tests.template import checks, security

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "template.yaml").read_text(encoding="utf-8")
EMPTY = "Resources:\n  Before: {}\n" + "".join(RESOURCES) + "Outputs:\n" + "".join(OUTPUTS) + "# after\n"


@dataclass(frozen=True)
class FakeTrigger:
    id: str
    start_events: tuple[str, ...] = ("Product Viewed",)
    every: Every | None = None
    among: Among | None = None
    picks: object | None = None


BROWSE, PRICE = FakeTrigger("seen_twice"), FakeTrigger("price_drop", ("Price Changed", "Product Added"))


def parsed(text: str, tmp_path: Path) -> checks.Template:
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return checks.load(path)


def test_rendering_twice_changes_nothing() -> None:
    once = render(SHIPPED, [BROWSE, PRICE])
    assert render(once, [PRICE, BROWSE]) == once


def test_text_outside_the_markers_stays_byte_for_byte() -> None:
    rendered = render(EMPTY, [BROWSE])
    assert rendered.startswith("Resources:\n  Before: {}\n" + RESOURCES[0])
    assert rendered.endswith(OUTPUTS[1] + "# after\n")
    assert render(rendered, []) == render(EMPTY, [])


def test_blocks_keep_every_house_rule(tmp_path: Path) -> None:
    template = parsed(render(SHIPPED, [BROWSE, PRICE]), tmp_path)
    for variant in (checks.with_key(template, False), checks.with_key(template, True)):
        found = {check.__name__: check(variant) for check in (*checks.CHECKS, *security.SECURITY)}
        assert {name: findings for name, findings in found.items() if findings} == {}


def test_rules_carry_the_triggers_events(tmp_path: Path) -> None:
    rules = checks.of_type(parsed(render(SHIPPED, [PRICE]), tmp_path), "AWS::Events::Rule")
    start, outcome = rules["PriceDropStartRule"]["EventPattern"], rules["PriceDropOutcomeRule"]["EventPattern"]
    assert start["detail-type"] == ["Price Changed", "Product Added"]
    assert outcome["source"] == ["nudgekit"]
    assert outcome["detail"] == {"trigger": ["price_drop"]}


def test_trigger_of_a_calendar_has_no_start_rule(tmp_path: Path) -> None:
    text = render(SHIPPED, [FakeTrigger("sunday_digest", ())])
    rules = checks.of_type(parsed(text, tmp_path), "AWS::Events::Rule")
    assert "SundayDigestOutcomeRule" in rules
    assert "SundayDigestStartRule" not in text


def test_a_calendar_ticks_and_nothing_else_does(tmp_path: Path) -> None:
    digest = FakeTrigger("sunday_digest", (), every=daily(time(9)), among=everyone())
    template = parsed(render(SHIPPED, [digest, BROWSE]), tmp_path)
    rules = checks.of_type(template, "AWS::Events::Rule")
    assert "SundayDigestTickRule" in rules
    assert "SeenTwiceTickRule" not in rules
    plain = checks.with_key(template, False)
    assert {check.__name__: check(plain) for check in checks.CHECKS if check(plain)} == {}


def test_messages_to_many_go_by_the_bulk_lane(tmp_path: Path) -> None:
    asked = FakeTrigger("sunday_digest", ("Price Changed",), among=everyone())
    resources = parsed(render(SHIPPED, [asked, BROWSE]), tmp_path)["Resources"]
    lanes = {
        name: resources[f"{name}Function"]["Properties"]["Environment"]["Variables"]["PUSH_QUEUE_URL"]["Ref"]
        for name in ("SundayDigest", "SeenTwice")
    }
    assert lanes == {"SundayDigest": "DeliverPushBulkQueue", "SeenTwice": "DeliverPushQueue"}


def test_only_a_trigger_that_recommends_may_ask_personalize_and_only_where_there_is_a_campaign(tmp_path: Path) -> None:
    template = parsed(render(SHIPPED, [replace(BROWSE, picks=similar()), PRICE]), tmp_path)

    def asking(given: bool) -> list[str]:
        roles = checks.of_type(checks.with_key(template, given), "AWS::IAM::Role")
        return [name for name, role in roles.items() if "personalize:" in str(role)]

    assert asking(given=True) == ["SeenTwiceRole"]
    assert asking(given=False) == []


@pytest.mark.parametrize(
    "names", [("on",), ("Café: Opened, #1",), ("123",), tuple(f"Event Number {n:c}" for n in range(65, 85))]
)
def test_any_event_name_survives_yaml(names: tuple[str, ...]) -> None:
    text = command._detail_types(names)
    assert yaml.safe_load(text) == {"detail-type": list(names)}


def test_outputs_name_function_queue_and_logs(tmp_path: Path) -> None:
    outputs = parsed(render(SHIPPED, [BROWSE]), tmp_path)["Outputs"]
    assert {
        "SeenTwiceFunctionName",
        "SeenTwiceQueueUrl",
        "SeenTwiceLogGroupName",
    } <= outputs.keys()


@pytest.mark.parametrize("marker", [*RESOURCES, *OUTPUTS])
def test_a_lost_marker_is_named(marker: str) -> None:
    with pytest.raises(ValueError, match="must stand there exactly once"):
        render(EMPTY.replace(marker, ""), [BROWSE])


def test_camel_is_the_logical_id() -> None:
    assert camel("back_in_stock") == "BackInStock"


def test_trigger_without_function_and_function_without_trigger_are_found(tmp_path: Path) -> None:
    for name in ("lonely", "deliver_push"):
        (tmp_path / "functions" / name).mkdir(parents=True)
        (tmp_path / "functions" / name / "app.py").touch()
    template = EMPTY.replace("  Before: {}\n", "  Before: {CodeUri: functions/deliver_push}\n")
    found = folder_findings(render(template, [BROWSE]), [BROWSE], tmp_path)
    assert [finding.split(":")[0] for finding in found] == ["functions/seen_twice/app.py", "functions/lonely"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one trigger with its function, and a template that does not know it yet."""
    shutil.copy(ROOT / "template.yaml", tmp_path)
    (tmp_path / "rules" / "seen_twice").mkdir(parents=True)
    for folder in ("seen_twice", *_handwritten()):
        (tmp_path / "functions" / folder).mkdir(parents=True)
        (tmp_path / "functions" / folder / "app.py").touch()
    monkeypatch.setattr(command, "load_book", _Book)
    return tmp_path


class _Book:
    def __init__(self, path: Path) -> None:
        browse = replace(TRIGGER, id="seen_twice", when=event("Product Viewed"))
        self.triggers = (browse,) if path.name == "rules" else ()


def _handwritten() -> list[str]:
    empty = render(SHIPPED, [])
    return [line.split("functions/")[1] for line in empty.splitlines() if "CodeUri: functions/" in line]


def test_check_fails_with_the_diff_and_the_remedy_and_writes_nothing(project: Path, capsys: Any) -> None:
    with pytest.raises(typer.Exit) as ended:
        command.run(check=True, root=project)
    said = capsys.readouterr().err
    assert ended.value.exit_code == 1
    assert "+  SeenTwiceQueue:" in said
    assert command.REMEDY in said
    assert (project / "template.yaml").read_text(encoding="utf-8") == SHIPPED


def test_check_is_content_once_written(project: Path, capsys: Any) -> None:
    command.run(root=project)
    command.run(check=True, root=project)
    assert "SeenTwiceQueue:" in (project / "template.yaml").read_text(encoding="utf-8")
    assert capsys.readouterr().err == ""


def test_check_fails_when_a_version_was_not_written_down(project: Path, capsys: Any) -> None:
    command.run(root=project)
    (project / "rules" / "seen_twice" / "versions" / "1.json").unlink()
    with pytest.raises(typer.Exit):
        command.run(check=True, root=project)
    assert "rules/seen_twice/versions/1.json: missing" in capsys.readouterr().err


def test_a_missing_function_fails_even_when_the_blocks_agree(project: Path) -> None:
    command.run(root=project)
    shutil.rmtree(project / "functions" / "seen_twice")
    with pytest.raises(typer.Exit):
        command.run(check=True, root=project)

"""A new trigger begins as a working copy, and never over something that is there."""

from pathlib import Path

import pytest
import typer

from nudgekit import load_book
from nudgekit.cli import new, validate
from nudgekit.errors import RuleError
from nudgekit.law.tables import tables


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "rules" / "reminder"
    (folder / "messages").mkdir(parents=True)
    (folder / "versions").mkdir()
    (folder / "versions" / "3.json").write_text("{}")
    (folder / "messages" / "sms.liquid").write_text(
        '+++\nlink = "https://shop.example"\n+++\n{{ shop.name }}: come back. Reply STOP to opt out.'
    )
    (folder / "situations.yaml").write_text("# reminder, not reminders\n")
    (folder / "rule.py").write_text(
        "from nudgekit import Trigger, days, event, hours, rung\n"
        "trigger = Trigger(\n"
        '    id="reminder",\n'
        "    version=1,\n"
        '    owner="crm",\n'
        '    purpose="promotional",\n'
        '    when=event("Product Viewed"),\n'
        "    within=hours(1),\n"
        '    per="product_id",\n'
        '    ladder=(rung("sms"),),\n'
        "    expires_after=days(2),\n"
        ")\n"
    )
    (tmp_path / "events" / "reminder").mkdir(parents=True)
    (tmp_path / "events" / "reminder" / "wake_up.json").write_text('{"trigger": "reminder"}')
    policy = Path("rules/policy.py").read_text().splitlines(keepends=True)
    of_no_trigger = (line for line in policy if "trigger=" not in line)
    (tmp_path / "rules" / "policy.py").write_text("".join(of_no_trigger))
    return tmp_path


def test_it_copies_everything_but_released_versions(project: Path) -> None:
    rule = project / "rules" / "reminder" / "rule.py"
    rule.write_text(rule.read_text().replace("version=1", "version=4"))
    new.run("second_reminder", "reminder", project)
    trigger = load_book(project / "rules").trigger("second_reminder")
    assert (trigger.id, trigger.version) == ("second_reminder", 1)
    assert (project / "rules/second_reminder/situations.yaml").read_text() == "# second_reminder, not reminders\n"
    assert (project / "events/second_reminder/wake_up.json").read_text() == '{"trigger": "second_reminder"}'
    assert (project / "functions/second_reminder/app.py").read_text() == (
        '"""Decides by rules/second_reminder/rule.py."""\n\n'
        "from nudgekit.lambdas.trigger import trigger_handler\n\n"
        'handler = trigger_handler("second_reminder")\n'
    )


@pytest.mark.parametrize(
    ("trigger", "like", "what"),
    [
        ("Second", "reminder", "cannot be an id"),
        ("../second", "reminder", "cannot be an id"),
        ("second", "nothing", "there is no trigger"),
        ("reminder", "reminder", "is taken"),
    ],
)
def test_it_writes_nothing_when_something_is_wrong(project: Path, trigger: str, like: str, what: str) -> None:
    before = sorted(project.rglob("*"))
    with pytest.raises(RuleError, match=what):
        new.create(project, trigger, like)
    with pytest.raises(typer.Exit):
        new.run(trigger, like, project)
    assert sorted(project.rglob("*")) == before


def test_validate_shows_the_triggers(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rules/reminder/versions/3.json").unlink()
    rule = project / "rules/reminder/rule.py"
    rule.write_text(rule.read_text().replace("version=4", "version=1"))
    validate.run(project)
    shown = capsys.readouterr().out
    assert "reminder" in shown
    assert "1 (new)" in shown


def test_validate_shows_the_law_and_what_the_shop_sets_aside(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rules/reminder/versions/3.json").unlink()
    policy, rule = project / "rules/policy.py", project / "rules/reminder/rule.py"
    rule.write_text(rule.read_text().replace("version=4", "version=1"))
    override = 'Override(row="us-fl-sms", reason="an opinion", approved_by="legal", on=date(2026, 1, 1))'
    text = policy.read_text().replace("import Cap,", "import Cap, Override,")
    policy.write_text(text.replace('    currency="EUR",', f'    currency="EUR",\n    overrides=({override},),'))
    validate.run(project)
    shown = capsys.readouterr().out
    assert f"Law tables {tables().mark}" in shown
    assert "OVERRIDDEN us-fl-sms: an opinion (approved by legal on 2026-01-01)" in shown


def test_validate_tells_the_mistakes_of_rules_messages_and_policy_together(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new.create(project, "second", "reminder")
    policy, rule = project / "rules/policy.py", project / "rules/second/rule.py"
    policy.write_text(policy.read_text().replace('"EUR"', '"euro"'))
    rule.write_text(rule.read_text().replace("hours(1)", "hours(0)"))
    (project / "rules/reminder/versions/3.json").unlink()
    (project / "rules/reminder/messages/sms.liquid").write_text("+++\n+++\n{% if %}")
    with pytest.raises(typer.Exit):
        validate.run(project)
    told = capsys.readouterr().err
    assert "policy.py:" in told
    assert "second/rule.py:8: hours(0) is not a length of time" in told
    assert "sms.liquid:1: link is missing" in told


def test_validate_tries_every_message_on_somebody(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rules/reminder/versions/3.json").unlink()
    (project / "rules/reminder/messages/sms.liquid").write_text('+++\nlink = "https://shop.example"\n+++\n{{ coupon }}')
    with pytest.raises(typer.Exit):
        validate.run(project)
    assert "sms.liquid:4: coupon is not a name" in capsys.readouterr().err


def test_validate_needs_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        validate.run(tmp_path)
    assert "there is no such folder" in capsys.readouterr().err

"""`nudgekit template`: the triggers' blocks of template.yaml, written from rules/.

Text in, text out: between two pairs of markers stands what the rules say, and nothing else of the file is touched.
`trigger_block.yaml` beside this module is the one block that is repeated.
"""

import difflib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer

from nudgekit.book import load_book
from nudgekit.errors import BadInput
from nudgekit.language.trigger import Trigger
from nudgekit.language.versions import KEEP_VERSIONS, is_recorded, lost_versions, record_version

BLOCK = Path(__file__).with_name("trigger_block.yaml")
RESOURCES = (
    "  # --- triggers: written by `nudgekit template`, do not edit ---\n",
    "  # --- end of triggers ---\n",
)
OUTPUTS = (
    "  # --- outputs of triggers: written by `nudgekit template`, do not edit ---\n",
    "  # --- end of outputs of triggers ---\n",
)
REMEDY = "nudgekit: run `nudgekit template` and commit template.yaml"
_PLAIN_YAML = re.compile(r"[A-Za-z][A-Za-z ]*[A-Za-z]")
_YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "null"}
_LINE = 120


class Deployable(Protocol):
    """What the template needs to know of a trigger."""

    @property
    def id(self) -> str:
        """The trigger's id in snake case, which is also its folder."""

    @property
    def start_events(self) -> tuple[str, ...]:
        """The event names that arm a run, sorted; empty for a trigger that a calendar starts."""

    @property
    def every(self) -> object:
        """The calendar that starts it; None: no calendar does."""

    @property
    def among(self) -> object:
        """Who is asked when many are; their messages go by the bulk lane. None: the person whose event it is."""

    @property
    def picks(self) -> object | None:
        """The products that it recommends; None when it recommends none."""


def camel(trigger_id: str) -> str:
    """The logical id's stem: `cart_abandonment` gives `CartAbandonment`."""
    return "".join(part.capitalize() for part in trigger_id.split("_"))


def render(template: str, triggers: Sequence[Deployable]) -> str:
    """The template with the triggers' regions as the rules say; everything outside the markers byte for byte.

    Raises:
        ValueError: a marker is missing from the template.
    """
    ordered = sorted(triggers, key=lambda trigger: trigger.id)
    template = _replace(template, RESOURCES, "\n" + "".join(f"{_block(each)}\n" for each in ordered))
    return _replace(template, OUTPUTS, "".join(_outputs(each) for each in ordered))


def folder_findings(template: str, triggers: Iterable[Deployable], root: Path) -> list[str]:
    """Triggers without a function and functions without a trigger or a block of their own, each with its remedy."""
    wanted = {trigger.id for trigger in triggers}
    folders = {app.parent.name for app in root.glob("functions/*/app.py")}
    handwritten = set(re.findall(r"CodeUri: functions/(\w+)", _replace(template, RESOURCES, "")))
    lacking = [
        f"functions/{name}/app.py: missing; trigger {name} needs its function"
        for name in sorted((wanted | handwritten) - folders)
    ]
    idle = [
        f"functions/{name}: no trigger in rules/ and no block in template.yaml has this name"
        for name in sorted(folders - wanted - handwritten)
    ]
    return lacking + idle


def run(
    check: Annotated[bool, typer.Option("--check", help="Only look; fail when template and rules disagree.")] = False,
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
) -> None:
    """Write the triggers' blocks of template.yaml from rules/."""
    path = root / "template.yaml"
    template = path.read_text(encoding="utf-8")
    triggers = _triggers(root)
    rendered = render(template, triggers)
    findings = folder_findings(rendered, triggers, root)
    if check:
        findings += _unreleased(root, triggers) + _disagreement(template, rendered)
    else:
        _write(path, template, rendered)
        _release(root, triggers)
    if findings:
        print("\n".join(findings), file=sys.stderr)
        raise typer.Exit(1)


def _triggers(root: Path) -> Sequence[Trigger]:
    try:
        return load_book(root / "rules").triggers
    except BadInput as mistake:
        print(mistake, file=sys.stderr)
        raise typer.Exit(1) from None


def _release(root: Path, triggers: Iterable[Trigger]) -> None:
    """Write down what each version is, so that runs in flight can finish by it."""
    for trigger in triggers:
        record_version(root / "rules" / trigger.id, trigger)


def _unreleased(root: Path, triggers: Iterable[Trigger]) -> list[str]:
    missing = [
        f"rules/{trigger.id}/versions/{trigger.version}.json: missing; run `nudgekit template` and commit it"
        for trigger in triggers
        if not is_recorded(root / "rules" / trigger.id, trigger)
    ]
    lost = [
        f"rules/{trigger.id}/versions/{number}.json: missing; {KEEP_VERSIONS}"
        for trigger in triggers
        for number in lost_versions(root / "rules" / trigger.id, trigger)
    ]
    return missing + lost


def _write(path: Path, before: str, after: str) -> None:
    if after != before:
        path.write_text(after, encoding="utf-8")


def _disagreement(template: str, rendered: str) -> list[str]:
    diff = difflib.unified_diff(
        template.splitlines(), rendered.splitlines(), "template.yaml", "template.yaml as rules/ say", lineterm="", n=2
    )
    return [*lines, REMEDY] if (lines := list(diff)) else []


def _replace(text: str, markers: tuple[str, str], content: str) -> str:
    begin, end = markers
    for marker in markers:
        if text.count(marker) != 1:
            raise ValueError(f"template.yaml: the line {marker.strip()!r} must stand there exactly once; put it back")
    head, rest = text.split(begin)
    return head + begin + content + end + rest.split(end)[1]


def _block(trigger: Deployable) -> str:
    block = BLOCK.read_text(encoding="utf-8").rstrip("\n") + "\n"
    if not trigger.start_events:
        block = _without_rule(block, "StartRule")
    if trigger.every is None:
        block = _without_rule(block, "TickRule")
    if trigger.among is not None:
        block = re.sub(r"!Ref (Deliver\w+)Queue", r"!Ref \1BulkQueue", block).replace("Stage, Decide]", "Stage, Ask]")
    if trigger.picks is None:
        block = re.sub(r"              - !If # of triggers that recommend.*?NoValue\n", "", block, flags=re.DOTALL)
    block = block.replace("        detail-type: <start events>\n", _detail_types(trigger.start_events))
    return block.replace("<trigger>", trigger.id).replace("<Trigger>", camel(trigger.id))


def _without_rule(block: str, rule: str) -> str:
    block = re.sub(rf"  <Trigger>{rule}:\n.*?\n\n", "", block, flags=re.DOTALL)
    return re.sub(rf"!GetAtt <Trigger>{rule}\.Arn, |, !GetAtt <Trigger>{rule}\.Arn", "", block)


def _detail_types(names: Sequence[str]) -> str:
    scalars = [_scalar(name) for name in names]
    flow = f"        detail-type: [{', '.join(scalars)}]\n"
    if len(flow) <= _LINE:
        return flow
    return "        detail-type:\n" + "".join(f"          - {scalar}\n" for scalar in scalars)


def _scalar(name: str) -> str:
    plain = _PLAIN_YAML.fullmatch(name) and name.lower() not in _YAML_WORDS
    return name if plain else json.dumps(name)


def _outputs(trigger: Deployable) -> str:
    stem = camel(trigger.id)
    return (
        f"  {stem}FunctionName: {{Value: !Ref {stem}Function}}\n"
        f"  {stem}QueueUrl: {{Value: !Ref {stem}Queue}}\n"
        f"  {stem}LogGroupName: {{Value: !Ref {stem}Logs}}\n"
    )

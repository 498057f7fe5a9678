"""`nudgekit validate`: read every rule, message and the policy, and tell every mistake at once."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from nudgekit.book import Book, load_book
from nudgekit.cli.explain.rule import calendar
from nudgekit.cli.samples import sample_start
from nudgekit.content.lint import lint
from nudgekit.content.sample import sample_context
from nudgekit.content.template import Template
from nudgekit.errors import RuleError
from nudgekit.language.durations import brief
from nudgekit.language.folder import line_of
from nudgekit.language.mistakes import flat
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Trigger
from nudgekit.language.versions import KEEP_VERSIONS, is_recorded, lost_versions
from nudgekit.law.tables import tables


def run(root: Annotated[Path, typer.Option(help="The project's folder.")] = Path()) -> None:
    """Read all rules and show them; fail with every mistake that stands in them."""
    try:
        book = load_book(root / "rules")
    except RuleError as error:
        _complain([error])
    mistakes = list(flat(list(find_mistakes(book))))
    if mistakes:
        _complain(mistakes)
    console = Console(soft_wrap=True)
    console.print(_table(book))
    for line in _law(book):
        console.print(line, markup=False, highlight=False)


def find_mistakes(book: Book) -> Iterator[RuleError]:
    """Every mistake in policy, offers, triggers and their messages, which are written to a made-up person to see."""
    try:
        policy = book.policy
    except RuleError as error:
        policy = None
        yield error
    for read in (lambda: book.segments, lambda: book.offers):
        try:
            read()
        except RuleError as error:
            yield error
    for trigger_id in book.ids:
        try:
            trigger = book.trigger(trigger_id)
            for number in lost_versions(book.path / trigger_id, trigger):
                yield RuleError(f"version {number} is not in versions/", str(book.path / trigger_id), KEEP_VERSIONS)
            yield from _unlimited(book, trigger, policy)
            for template in book.messages(trigger_id).values():
                yield from _mistakes_of(book, trigger, template, policy)
        except RuleError as error:
            yield error


def _unlimited(book: Book, trigger: Trigger, policy: Policy | None) -> Iterator[RuleError]:
    """A trigger that asks many people, and would stop itself at the limit for those that ask one at a time."""
    limit = policy.safety_limit(trigger.id) if policy is not None else None
    if trigger.among is None or limit is None or limit.trigger is not None:
        return
    what = f"it asks many people and would stop itself after {limit.people} within {brief(limit.per)}"
    remedy = f'add SafetyLimit(people=..., per=hours(1), trigger="{trigger.id}") to safety in rules/policy.py'
    yield RuleError(what, str(line_of(book.path / trigger.id / "rule.py", "among")), remedy)


def _mistakes_of(book: Book, trigger: Trigger, template: Template, policy: Policy | None) -> Iterator[RuleError]:
    """What is wrong with one message: by itself, and with what it says to the sample shopper in each locale."""
    try:
        template.compile()
        if policy is not None:
            start = sample_start(book.path, trigger.id)
            halves = (True, False) if trigger.offer else (True,)  # with a code, and for who gets none
            for locale, offered in product(policy.locales, halves):
                context = sample_context(policy, trigger.id, locale, start, offered=offered)
                yield from lint(trigger, template, context)
    except RuleError as error:
        yield error


def _complain(mistakes: list[RuleError]) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for each in mistakes:
        console.print(f"nudgekit: {each}", style="red", markup=False)
    raise typer.Exit(1)


def _table(book: Book) -> Table:
    columns: list[Column | str] = [Column("trigger", no_wrap=True), "version", "purpose", "when", "within", "ladder"]
    columns += ["wordings"] if any(each.experiment for each in book.triggers) else []
    table = Table(*columns, title="Triggers", title_justify="left")
    for trigger in book.triggers:
        released = is_recorded(book.path / trigger.id, trigger)
        version = str(trigger.version) if released else f"{trigger.version} (new)"
        when = " or ".join((*trigger.start_events, *([calendar(trigger.every)] if trigger.every else ())))
        cells = (trigger.id, version, trigger.purpose, when, brief(trigger.within), _ladder(trigger))
        table.add_row(*cells, *([_wordings(trigger)] if "wordings" in columns else []))
    return table


def _law(book: Book) -> Iterator[str]:
    """Which law tables decide, and every row that the shop sets aside."""
    yield f"Law tables {tables().mark}, {len(tables().ids)} rows; not legal advice, see docs/reference/law.md"
    yield from (f"OVERRIDDEN {each}" for each in book.policy.overrides)


def _ladder(trigger: Trigger) -> str:
    return " → ".join(
        f"{each.channel} {brief(each.wait)}" if each.wait else str(each.channel) for each in trigger.ladder
    )


def _wordings(trigger: Trigger) -> str:
    """The experiment and each variant's share, as in `subject: b 50 %, control 50 %`; empty when there is none."""
    if trigger.experiment is None:
        return ""
    shares = ", ".join(
        f"{name} {share:.0%}".replace("%", " %") for name, share in sorted(trigger.experiment.shares.items())
    )
    return f"{trigger.experiment.id}: {shares}"

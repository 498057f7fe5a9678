"""A trigger's run and ladder, drawn: as a tree for the terminal, as a Mermaid diagram for pages."""

from collections.abc import Iterator

from rich.tree import Tree

from nudgekit.cli.explain.rule import at_which, goes_on
from nudgekit.cli.explain.words import a_message
from nudgekit.language.deeds import OCCASIONS, deed, either
from nudgekit.language.plain import length
from nudgekit.language.trigger import Trigger


def started(trigger: Trigger) -> str:
    """What arms a run, in a few words."""
    parts = [OCCASIONS.get(name) or deed(name).third for name in trigger.start_events]
    return either([*parts, *([f"the calendar: {trigger.every}"] if trigger.every else [])])


def waited(trigger: Trigger) -> str:
    """What passes between start and decision, in a few words."""
    if trigger.at is not None:
        return at_which(trigger.at)
    return "at once" if trigger.decides_at_once else f"wait {length(trigger.within)}"


def tree(trigger: Trigger) -> Tree:
    """The run as a tree: what arms it, what is asked, and the ladder, rung below rung."""
    top = Tree(f"[bold]{started(trigger)}[/bold]", guide_style="dim")
    wait = top.add(f"{waited(trigger)}")
    stops = either(deed(name).plain for name in trigger.stop_events)
    if stops:
        wait.add(f"[dim]they {stops}: silence (unless_met)[/dim]")
    branch = wait.add("ask every gate [dim](any may end it, make it wait, or pass over a rung)[/dim]")
    for rung in trigger.ladder:
        branch = branch.add(f"[bold]{a_message(rung)}[/bold]")
        if note := goes_on(rung):
            branch = branch.add(f"[dim]{note}: ask again, then[/dim]")
    branch.add("[dim]the end of the ladder[/dim]")
    return top


def mermaid(trigger: Trigger) -> Iterator[str]:
    """The run as the lines of a Mermaid flowchart."""
    yield "flowchart TD"
    yield f'    start(["{_safe(started(trigger))}"]) --> wait["{_safe(waited(trigger))}"]'
    stops = either(deed(name).plain for name in trigger.stop_events)
    if stops:
        yield f'    wait -- "they {_safe(stops)}" --> silence(["silence: unless_met"])'
    yield '    wait --> gates{"every gate"}'
    yield '    gates -- "one says no" --> stated(["silence, with its reason"])'
    before, arrow = "gates", '-- "all pass" -->'
    for number, rung in enumerate(trigger.ladder):
        yield f'    {before} {arrow} rung{number}["{_safe(a_message(rung))}"]'
        before, arrow = f"rung{number}", f'-- "{_safe(goes_on(rung))}; every gate again" -->'
    yield f'    {before} --> over(["the end of the ladder"])'


def _safe(text: str) -> str:
    """`text` within the quotes of a diagram."""
    return text.replace('"', "'")
